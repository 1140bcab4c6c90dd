"""What somebody has typed on a customer's page is still there after another form was
sent, and goes nowhere else.
"""

import json

from playwright.sync_api import expect

from tests.customers import ADA, DESK, LINK, PHONE, draw
from tests.kit import wait_for

PASSWORD = "typed-Hotel-26"
TABLET = {"name": "Tablet", "unit_price": 600, "kind": "one_time", "is_optional": True}
PUMP = {"name": "Pump", "unit_price": 500, "kind": "one_time", "is_optional": True}

IS_DRAWN_ON = """canvas => canvas.getContext("2d")
    .getImageData(0, 0, canvas.width, canvas.height).data.some(value => value)"""
STAYS = """form => form.addEventListener("submit", (event) => event.preventDefault())"""


def ask(page, question="Is the tablet ours?"):
    page.get_by_text("Ask a question").click()
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Send the question").click()
    expect(page.locator(".talk")).to_contain_text(question)


def test_a_question_leaves_the_choice_and_the_name_as_they_were(offered):
    customer, _quote, _number = offered(PHONE, "en_US", (TABLET, PUMP))
    page = customer.page
    group = page.get_by_role("group", name="Options")
    group.get_by_role("checkbox", name="Tablet").check()
    page.get_by_label("Your name", exact=True).fill("Ada Lovelace")
    ask(page)
    expect(group.get_by_role("checkbox", name="Tablet")).to_be_checked()
    expect(group.get_by_role("checkbox", name="Pump")).not_to_be_checked()
    expect(group.get_by_role("status")).to_have_text("THB 15,622.00")
    expect(page.get_by_label("Your name", exact=True)).to_have_value("Ada Lovelace")
    expect(page.get_by_label("Your question")).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0


def test_what_a_refused_answer_had_is_kept_as_well(offered):
    customer, _quote, _number = offered(PHONE)
    page = customer.page
    page.get_by_label("Your name", exact=True).fill("Ada Lovelace")
    page.locator("#answer summary").click()
    page.get_by_role("button", name="Decline").click()
    expect(page.locator("#fault-reason")).to_be_visible()
    ask(page, "Why?")
    expect(page.get_by_label("Your name", exact=True)).to_have_value("Ada Lovelace")


def test_a_drawing_is_kept(customer_of, inbox, json2):
    customer = customer_of(PHONE)
    contract = customer.document("bmasia.contract")
    customer.ask_signatures(json2.user("nikki.h"), contract, {"Ada": ADA})
    number = customer.read("bmasia.contract", contract, "name")
    mail = inbox.wait_for(f"Please sign contract {number}", to=ADA)
    page = customer.page
    page.goto(LINK.search(mail["HTML"])[1])
    draw(page)
    ask(page, "May we start in May?")
    assert page.locator("[name=drawing]").input_value().startswith("data:image/png")
    wait_for(lambda: page.locator("canvas").evaluate(IS_DRAWN_ON), 10)


def test_neither_an_address_nor_what_nobody_typed_is_kept(customer_of):
    customer = customer_of(DESK)
    customer.open("bmasia.invoice")
    page = customer.page
    page.get_by_text("I have paid").click()
    page.get_by_label("Note (optional)").fill("By SCB")
    page.locator("form[action*='/ask']").evaluate(STAYS)
    page.get_by_text("Ask a question").click()
    page.get_by_label("Your question").fill("When?")
    page.get_by_role("button", name="Send the question").click()
    kept = page.evaluate("sessionStorage.getItem('typed')")
    assert "/d/" not in kept
    assert [box["name"] for box in json.loads(kept)["boxes"]] == ["note"]


def test_nothing_is_kept_for_the_pages_of_a_payment_provider(customer_of):
    customer = customer_of(DESK)
    customer.open("bmasia.invoice")
    page = customer.page
    page.get_by_text("I have paid").click()
    page.get_by_label("Note (optional)").fill("By SCB")
    form = page.locator("form[action*='/ask']")
    form.evaluate(STAYS)
    form.evaluate("form => form.setAttribute('data-leaves', '')")
    page.evaluate("sessionStorage.setItem('typed', '{}')")
    page.get_by_text("Ask a question").click()
    page.get_by_label("Your question").fill("When?")
    page.get_by_role("button", name="Send the question").click()
    assert page.evaluate("sessionStorage.length") == 0


def test_contacts_of_an_account_stay_apart(customer_of, json2):
    admin = json2.user("admin")
    customer = customer_of(DESK)
    customer.document("bmasia.quote")
    receives = {
        "Ada": {"receives_quotes": True},
        "Bob": {},
        "Cleo": {"receives_invoices": True},
    }
    people = {
        name: customer.contact(name, f"{name.lower()}@typed.example.com", **flags)
        for name, flags in receives.items()
    }
    login = {"name": "Ada", "login": "ada@typed.example.com", "password": PASSWORD}
    [group] = admin.call(
        "ir.model.data",
        "search_read",
        domain=[("module", "=", "base"), ("name", "=", "group_portal")],
        fields=["res_id"],
    )
    login |= {"partner_id": people["Ada"], "group_ids": [[6, 0, [group["res_id"]]]]}
    quiet = {"no_reset_password": True}
    admin.call("res.users", "create", vals_list=[login], context=quiet)
    page = customer.page
    page.goto(f"{customer.settings.odoo_url}/web/login")
    page.fill("input[name=login]", login["login"])
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/my**")
    page.goto(f"{customer.settings.odoo_url}/my/documents")
    ticks = "form[action$=receive] input:checked"
    before = page.locator(ticks).count()
    forms = page.locator("form[action$=receive]")
    forms.filter(has_text="Bob").locator("[name=receives_quotes]").check()
    forms.filter(has_text="Bob").get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    assert page.locator(ticks).count() == before + 1
    forms.filter(has_text="Cleo").get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    assert customer.read("res.partner", people["Cleo"], "receives_invoices")
    assert not customer.read("res.partner", people["Cleo"], "receives_quotes")
