"""A clause is written in the browser: a variable is picked, the preview follows."""

import pytest
from playwright.sync_api import expect

CONTRACT = "C-2025-1006-001"


@pytest.fixture
def template(json2):
    """A copy of a shipped template, which nothing else in the demo uses."""
    client = json2.user("norbert")
    model = "bmasia.contract.template"
    domain = [("platform", "=", "soundtrack"), ("company_id.entity_code", "=", "TH")]
    first = client.call(model, "search", domain=domain, limit=1)
    (copy,) = client.call(model, "copy", first, default={"name": "Ours"})
    yield copy
    client.call(model, "unlink", [copy])


def legal_name(json2, contract):
    """Whose contract it is, as the picker tells it."""
    listed = json2.user("norbert").call(
        "bmasia.contract.template", "variables", contract_id=contract
    )
    (name,) = [v["example"] for v in listed if v["name"] == "legal_name"]
    assert name
    return name


@pytest.fixture
def form(page_of, settings, template):
    """The template's form, its preview beside it."""

    def open_form(width):
        page = page_of("norbert", width)
        page.goto(f"{settings.odoo_url}/odoo/bmasia-contract-templates/{template}")
        return page, page.locator(".tab-pane [name=preview]")

    return open_form


def show(page, tab):
    page.get_by_role("tab", name=tab).click()


def test_the_preview_shows_the_contract_that_is_chosen(json2, form):
    client = json2.user("norbert")
    domain = [("name", "=", CONTRACT)]
    (contract,) = client.call("bmasia.contract", "search", domain=domain)
    page, preview = form(1280)
    show(page, "Preview")
    page.locator("[name=preview_contract_id] input").fill(CONTRACT)
    page.locator(".o-autocomplete--dropdown-item", has_text=CONTRACT).first.click()
    expect(preview).to_contain_text(legal_name(json2, contract))


@pytest.mark.parametrize("width", [1280, 390])
def test_a_picked_variable_stands_in_text_and_preview(json2, form, template, width):
    values = json2.user("norbert").call(
        "bmasia.contract.template",
        "read",
        [template],
        fields=["preview_contract_id"],
        context={"lang": "en_US"},  # as the page asks
    )
    name = legal_name(json2, values[0]["preview_contract_id"][0])
    page, preview = form(width)
    page.locator("[name=section_ids] .o_data_row [name=name]").first.click()
    clause = page.locator(".modal")
    text = clause.locator("[name=body] .odoo-editor-editable")
    text.click()
    text.press("Control+End")
    text.press_sequentially(" We play for ")
    clause.get_by_placeholder("Find a variable").fill("legal name")
    expect(clause.locator("[data-variable]")).to_have_count(2)
    text.click()
    text.press("Control+End")
    clause.locator("[data-variable=legal_name]").click()
    expect(text).to_contain_text("We play for {{legal_name}}")
    expect(clause.locator("[name=preview]")).to_contain_text(f"We play for {name}")

    text.press_sequentially(" and {{nobody}}")
    clause.locator("[name=name] input").click()
    expect(clause.locator("[name=preview] mark")).to_have_text("{{nobody}}")

    clause.get_by_role("button", name="Save").first.click()
    expect(clause).to_have_count(0)
    show(page, "Preview")
    expect(preview).to_contain_text(f"We play for {name} and {{{{nobody}}}}")
