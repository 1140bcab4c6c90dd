"""In the browser, a company is found however it is typed, and not entered twice."""

import re

import pytest
from playwright.sync_api import expect

from tests.kit import search

NAME = "Đà Lạt Café"
TAX_IDS = ("0105536000315", "0994000158378")


@pytest.fixture(scope="module")
def company(json2):
    norbert = json2.user("norbert")
    values = {"name": NAME, "vat": TAX_IDS[0]}
    (key,) = norbert.call("bmasia.company", "create", vals_list=[values])
    quote = {"customer_id": key, "line_ids": [[0, 0, {"name": "Music"}]]}
    norbert.call("bmasia.quote", "create", vals_list=[quote])
    yield key
    norbert.call("bmasia.company", "write", [key], vals={"name": "Other Q18"})


def listed(page, text):
    search(page, text)
    expect(page.locator(".o_facet_value", has_text=text)).to_be_visible()
    return page.locator(".o_data_row")


@pytest.mark.parametrize("path", ["bmasia-companies", "bmasia-quotes"])
@pytest.mark.parametrize("typed", ["da lat cafe", "dalat", "ｄａ\u2011ｌａｔ"])
def test_lists_find_it(page_of, settings, company, path, typed):
    page = page_of("norbert")
    page.goto(f"{settings.odoo_url}/odoo/{path}")
    expect(page.locator(".o_data_row").first).to_be_visible()
    for filtered in page.locator(".o_facet_remove").all():
        filtered.click()
    rows = listed(page, typed)
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(NAME)


def test_a_picker_finds_it(page_of, settings, company):
    page = page_of("nikki.h")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-quotes/new")
    page.locator("[name=customer_id] input").fill("dalat ca")
    found = page.locator(".o-autocomplete--dropdown-item", has_text=NAME)
    found.click()
    expect(page.locator("[name=customer_id] input")).to_have_value(NAME)


def test_who_enters_it_again_is_shown_the_other_one(page_of, settings, company):
    page = page_of("nikki.h")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-companies/new")
    page.locator(".o_form_view [name=name]").first.locator("input, textarea").fill(
        "Da Lat Cafe Co., Ltd."
    )
    page.keyboard.press("Tab")
    warning = page.locator(".alert", has_text="here already")
    tag = warning.locator(".o_tag", has_text=NAME)
    expect(tag).to_be_visible()
    expect(warning.get_by_role("button", name="Merge")).to_have_count(0)
    tag.click()
    shown = page.locator(".modal")
    expect(shown.locator("[name=vat] input")).to_have_value(TAX_IDS[0])


def test_a_manager_merges_two_and_is_asked_about_the_tax_id(
    json2, page_of, settings, company
):
    norbert = json2.user("norbert")
    values = {"name": "Dalat Cafe", "vat": TAX_IDS[1]}
    (twin,) = norbert.call("bmasia.company", "create", vals_list=[values])
    page = page_of("norbert")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-companies/{twin}")
    page.get_by_role("button", name="Merge").click()
    dialog = page.locator(".modal")
    expect(dialog.locator("[name=target_id] input")).to_have_value(NAME)
    expect(dialog.locator("[name=question]")).to_contain_text(TAX_IDS[1])
    merge = dialog.get_by_role("button", name="Merge", exact=True)
    merge.click()
    expect(page.locator(".o_error_dialog, .modal").last).to_contain_text("Tick")
    page.locator(".modal").last.get_by_role("button", name="Close").last.click()
    dialog.locator("[name=is_confirmed] input").check()
    merge.click()
    expect(page).to_have_url(re.compile(rf"/{company}\b"))
    read = norbert.call("bmasia.company", "read", [twin], fields=["active"])
    assert read == [{"id": twin, "active": False}]
