"""A customer chooses options of a quote in the browser: on a phone and at a desk, in
English and Thai, with the keyboard alone, and without scripts.
"""

import pytest
from playwright.sync_api import expect

from tests.customers import DESK, PHONE, code_of

OPTIONS = (
    {
        "name": "Loudspeakers for the swimming pool, weatherproof, matt black",
        "unit_price": 5000,
        "quantity": 2,
        "kind": "one_time",
        "is_optional": True,
    },
    {"name": "Tablet", "unit_price": 600, "kind": "one_time", "is_optional": True},
)
WORDS = {
    "en_US": {
        "legend": "Options",
        "total": "Total as chosen",
        "accept": "Accept for THB {}",
        "name": "Your name",
        "code": "Code from the e-mail",
        "confirm": "Confirm",
        "mail": "Your code for quote {}",
        "not_chosen": "Not chosen",
    },
    "th_TH": {
        "legend": "รายการทางเลือก",
        "total": "ยอดรวมตามที่เลือก",
        "accept": "ตอบรับในราคา THB {}",
        "name": "ชื่อของคุณ",
        "code": "รหัสจากอีเมล",
        "confirm": "ยืนยัน",
        "mail": "รหัสของคุณสำหรับใบเสนอราคา {}",
        "not_chosen": "ไม่ได้เลือก",
    },
}


def chosen(customer, quote):
    """What the quote says is chosen, and its total."""
    lines = customer.read("bmasia.quote", quote, "line_ids")
    flags = [customer.read("bmasia.quote.line", line, "is_chosen") for line in lines]
    return flags[1:], customer.read("bmasia.quote", quote, "amount_total")


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_options_are_chosen_and_the_total_follows(axe, offered, inbox, size, lang):
    customer, quote, number = offered(size, lang, OPTIONS)
    page, words = customer.page, WORDS[lang]
    group = page.get_by_role("group", name=words["legend"])
    speakers = group.get_by_role("checkbox", name="2 × Loudspeakers")
    tablet = group.get_by_role("checkbox", name="Tablet")
    total = group.get_by_role("status")
    expect(total).to_have_text("THB 14,980.00")
    expect(page.locator("[data-asks-total]")).to_be_hidden()
    customer.look(axe)
    speakers.check()
    expect(total).to_have_text("THB 25,680.00")
    tablet.check()
    expect(total).to_have_text("THB 26,322.00")
    tablet.uncheck()
    expect(total).to_have_text("THB 25,680.00")
    customer.look(axe)
    page.get_by_label(words["name"], exact=True).fill("Ada Lovelace")
    page.get_by_role("button", name=words["accept"].format("25,680.00")).click()
    said = page.locator("#answer-sentence")
    for part in (number, "Loudspeakers", "THB 25,680.00"):
        expect(said).to_contain_text(part)
    customer.look(axe)
    page.get_by_label(words["code"]).fill(code_of(inbox, words["mail"].format(number)))
    page.get_by_role("button", name=words["confirm"]).click()
    expect(page.locator("#answer")).to_contain_text(words["not_chosen"])
    customer.look(axe)
    assert chosen(customer, quote) == ([True, False], 25680)


def test_with_the_keyboard_alone(offered, inbox):
    customer, quote, number = offered(DESK, more=OPTIONS)
    page = customer.page
    boxes = page.get_by_role("group", name="Options").get_by_role("checkbox")
    boxes.first.focus()
    page.keyboard.press("Tab")
    expect(boxes.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("group").get_by_role("status")).to_have_text(
        "THB 15,622.00"
    )
    page.keyboard.press("Tab")
    expect(page.get_by_label("Your name", exact=True)).to_be_focused()
    page.keyboard.type("Ada Lovelace")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code from the e-mail")).to_be_focused()
    page.keyboard.type(code_of(inbox, f"Your code for quote {number}"))
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("Ada Lovelace")
    assert chosen(customer, quote) == ([False, True], 15622)


def test_coming_back_the_total_is_that_of_what_is_ticked(offered):
    customer, _quote, _number = offered(PHONE, more=OPTIONS)
    page = customer.page
    page.get_by_role("checkbox", name="Tablet").check()
    expect(page.get_by_role("group").get_by_role("status")).to_have_text(
        "THB 15,622.00"
    )
    page.get_by_role("link", name="ไทย").click()
    expect(page.locator("html")).to_have_attribute("lang", "th-TH")
    page.go_back()
    expect(page.locator("html")).to_have_attribute("lang", "en-US")
    ticked = page.get_by_role("checkbox", name="Tablet").is_checked()
    expect(page.get_by_role("group").get_by_role("status")).to_have_text(
        "THB 15,622.00" if ticked else "THB 14,980.00"
    )


def test_without_scripts_a_button_shows_the_total(browser, offered, inbox):
    customer, quote, number = offered(PHONE, more=OPTIONS)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(customer.page.url)
    page.get_by_label("Your name", exact=True).fill("Ada Lovelace")
    page.get_by_role("checkbox", name="Tablet").check()
    page.get_by_role("button", name="Show the total of my choice").click()
    expect(page.get_by_role("checkbox", name="Tablet")).to_be_checked()
    expect(page.get_by_label("Your name", exact=True)).to_have_value("Ada Lovelace")
    page.get_by_role("button", name="Accept for THB 15,622.00").click()
    page.get_by_label("Code from the e-mail").fill(
        code_of(inbox, f"Your code for quote {number}")
    )
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#answer")).to_contain_text("Ada Lovelace")
    context.close()
    assert chosen(customer, quote) == ([False, True], 15622)


def test_a_server_that_does_not_answer_leaves_the_button(offered):
    customer, _quote, _number = offered(PHONE, more=OPTIONS)
    page = customer.page
    page.route("**/total*", lambda route: route.abort())
    page.get_by_role("checkbox", name="Tablet").check()
    expect(page.get_by_role("button", name="Show the total")).to_be_visible()
    customer.errors.clear()  # the browser notes the request that was cut off
