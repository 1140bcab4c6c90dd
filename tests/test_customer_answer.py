"""A customer accepts or declines a quote in the browser, with the code of a mail."""

import pytest
from playwright.sync_api import expect

from tests.customers import ADA, CODE, DESK, PHONE, code_of

WORDS = {
    "en_US": {
        "name": "Your name",
        "accept": "Accept for THB 14,980.00",
        "code": "Code from the e-mail",
        "confirm": "Confirm",
        "mail": "Your code for quote {}",
        "thanks": "We have your acceptance",
        "told": "You accepted quote {}",
    },
    "th_TH": {
        "name": "ชื่อของคุณ",
        "accept": "ตอบรับในราคา THB 14,980.00",
        "code": "รหัสจากอีเมล",
        "confirm": "ยืนยัน",
        "mail": "รหัสของคุณสำหรับใบเสนอราคา {}",
        "thanks": "เราได้รับการตอบรับของคุณแล้ว",
        "told": "คุณตอบรับใบเสนอราคา {} แล้ว",
    },
}
TAPS = 4  # from the open page to an accepted quote, beside typing name and code


class Hand:
    """Taps on a page, and counts."""

    def __init__(self, page):
        self.page, self.taps = page, 0

    def tap(self, item):
        self.taps += 1
        item.click()

    def type(self, item, text):
        """What has the cursor already needs no tap."""
        if not item.evaluate("node => node === document.activeElement"):
            self.tap(item)
        self.page.keyboard.type(text)


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_quote_is_accepted_in_four_taps(axe, offered, inbox, settings, size, lang):
    customer, quote, number = offered(size, lang)
    page, hand, words = customer.page, Hand(customer.page), WORDS[lang]
    customer.look(axe)
    hand.type(page.get_by_label(words["name"], exact=True), "Ada Lovelace")
    hand.tap(page.get_by_role("button", name=words["accept"]))
    box = page.get_by_label(words["code"])
    expect(box).to_be_focused()
    customer.look(axe)
    mail = inbox.wait_for(words["mail"].format(number))
    assert mail["Username"].startswith("relay@"), "a person's account may be paced"
    assert [to["Address"] for to in mail["To"]] == [ADA]
    code = CODE.search(mail["HTML"])[1]
    hand.type(box, code)
    hand.tap(page.get_by_role("button", name=words["confirm"]))
    expect(page.get_by_role("status").first).to_contain_text(words["thanks"])
    customer.look(axe)
    assert hand.taps <= TAPS
    assert customer.read("bmasia.quote", quote, "state") == "accepted"
    told = inbox.wait_for(words["told"].format(number))
    assert told["From"]["Address"].startswith("nikki.h@")
    [answer] = customer.read("bmasia.quote", quote, "acceptance_ids")
    assert customer.read("document.acceptance", answer, "sha256") in told["HTML"]
    assert code not in (settings.state / "log" / "odoo.log").read_text()


def test_it_is_declined_with_the_keyboard_alone(offered, inbox):
    customer, quote, number = offered(DESK)
    page = customer.page
    page.get_by_label("Your name", exact=True).focus()
    page.keyboard.type("Ada Lovelace")
    page.locator("#answer summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Why do you decline?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("why you decline")
    expect(page.get_by_label("Why do you decline?")).to_be_focused()
    expect(page.get_by_label("Your name", exact=True)).to_have_value("Ada Lovelace")
    page.keyboard.type("Too dear")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code from the e-mail")).to_be_focused()
    page.keyboard.type(code_of(inbox, f"Your code for quote {number}"))
    page.keyboard.press("Enter")
    expect(page.locator(".note.success")).to_contain_text("Thank you")
    assert customer.read("bmasia.quote", quote, "state") == "rejected"
    assert customer.read("bmasia.quote", quote, "reject_reason") == "Too dear"


def test_without_scripts_it_is_the_same(browser, offered, inbox):
    customer, quote, number = offered(PHONE)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(customer.page.url)
    page.get_by_label("Your name", exact=True).fill("Ada Lovelace")
    page.get_by_role("button", name="Accept for THB 14,980.00").click()
    page.get_by_label("Code from the e-mail").fill(
        code_of(inbox, f"Your code for quote {number}")
    )
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#answer")).to_contain_text("Ada Lovelace")
    context.close()
    assert customer.read("bmasia.quote", quote, "state") == "accepted"
