"""A customer opens the link of a mail: on a phone and at a desk, in English and Thai,
with a mouse, with the keyboard alone, and enlarged.
"""

import json
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.customers import DESK, LINK, PHONE
from tests.kit import wait_for

ADA = "ada@page-hotel.example.com"
LANGUAGES = {"en_US": "The document", "th_TH": "เอกสาร"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("model", ["quote", "contract", "invoice"])
def test_a_page_has_no_findings_and_fits(axe, customer_of, model, size, lang):
    customer = customer_of(size)
    customer.open(f"bmasia.{model}", lang)
    page = customer.page
    expect(page.locator("html")).to_have_attribute("lang", lang.replace("_", "-"))
    expect(page.get_by_role("heading", level=2, name=LANGUAGES[lang])).to_be_visible()
    for fold in page.locator("details").all():
        fold.evaluate("node => (node.open = true)")
    customer.look(axe)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_page_of_a_link_that_is_over_has_no_findings(axe, customer_of, size):
    customer = customer_of(size)
    quote = customer.document("bmasia.quote")
    link = customer.link("bmasia.quote", quote)
    customer.call("bmasia.quote", "action_call_back_links", [quote])
    assert customer.page.goto(link).status == 410
    expect(customer.page.locator("h1")).to_have_text("This link was called back")
    customer.look(axe)


def test_twice_as_large_everything_can_be_read_and_done(customer_of):
    """WCAG 2.1, success criteria 1.4.4 and 1.4.10: at 200 % of a window of 1280 pixels
    the page has 640, at 400 % it has 320."""
    for width in (640, 320):
        customer = customer_of((width, 512))
        customer.open("bmasia.invoice")
        assert customer.fits()
        customer.page.get_by_text("I have paid").click()
        customer.page.get_by_role("button", name="Report the payment").click(trial=True)


def test_a_question_is_asked_with_the_keyboard_alone(customer_of):
    customer = customer_of(DESK)
    quote = customer.open()
    page = customer.page

    def tab_to(role, name):
        for _each in range(40):
            page.keyboard.press("Tab")
            item = page.get_by_role(role, name=name)
            if item.count() and item.evaluate("n => n === document.activeElement"):
                return item
        raise AssertionError(f"the keyboard does not reach {name}")

    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for _each in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Ask a question":
            break
    page.keyboard.press("Enter")
    tab_to("textbox", "Your question")
    page.keyboard.type("May we start in May?")
    tab_to("button", "Send the question")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("We have your question")
    expect(page.locator(".talk")).to_contain_text("May we start in May?")
    assert customer.read("bmasia.quote", quote, "question_ids")


def test_opening_is_no_look_but_a_touch_is(customer_of):
    customer = customer_of(PHONE)
    quote = customer.open()
    customer.page.wait_for_load_state("networkidle")
    assert not customer.read("bmasia.quote", quote, "viewed_date")
    customer.page.locator("h1").click()
    wait_for(lambda: customer.read("bmasia.quote", quote, "viewed_date"), 20)


def test_the_answer_reaches_page_and_mailbox(customer_of, inbox, json2):
    customer = customer_of(PHONE)
    quote = customer.open()
    nikki = json2.user("nikki.h")
    customer.of_nikki("bmasia.quote", quote)
    customer.contact("Ada", ADA, receives_quotes=True)
    page = customer.page
    page.get_by_text("Ask a question").click()
    page.get_by_label("Your question").fill("Is the price per zone?")
    page.get_by_role("button", name="Send the question").click()
    number = customer.read("bmasia.quote", quote, "name")
    told = inbox.wait_for(f"Question about {number}")
    assert told["To"][0]["Address"].startswith("nikki.h@")
    [question] = customer.read("bmasia.quote", quote, "question_ids")
    nikki.call("document.question", "give_answer", [question], answer="Yes, per zone.")
    mail = inbox.wait_for(f"Your question about {number}")
    assert mail["From"]["Address"].startswith("nikki.h@")
    assert mail["To"][0]["Address"] == ADA
    page.goto(LINK.search(mail["HTML"])[1])
    expect(page.locator(".reply")).to_contain_text("Yes, per zone.")


def test_the_account_is_copied_and_a_payment_reported(customer_of):
    customer = customer_of(PHONE)
    customer.context.grant_permissions(["clipboard-read", "clipboard-write"])
    invoice = customer.open("bmasia.invoice")
    page = customer.page
    number = customer.read("bmasia.invoice", invoice, "name")
    page.get_by_role("button", name="Copy: Reference").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == number
    page.get_by_text("I have paid").click()
    page.get_by_label("Slip").set_input_files(
        {"name": "slip.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 slip"}
    )
    page.get_by_role("button", name="Report the payment").click()
    expect(page.get_by_role("status").first).to_contain_text(
        "Our Finance team checks it"
    )
    [claim] = customer.read("bmasia.invoice", invoice, "claim_ids")
    assert customer.read("bmasia.payment.claim", claim, "slip_id")
    assert customer.read("bmasia.invoice", invoice, "amount_paid") == 0


def test_an_amount_that_is_none_loses_nothing(customer_of):
    customer = customer_of(PHONE)
    customer.open("bmasia.invoice")
    page = customer.page
    page.get_by_text("I have paid").click()
    page.get_by_label("Amount").fill("all of it")
    page.get_by_label("Note").fill("From our account at SCB")
    page.get_by_role("button", name="Report the payment").click()
    expect(page.get_by_role("alert")).to_contain_text("Type the amount")
    expect(page.get_by_label("Note")).to_have_value("From our account at SCB")
    tomorrow = date.today() + timedelta(days=1)
    assert page.get_by_label("Paid on").get_attribute("max") <= str(tomorrow)


def test_keys_are_not_in_the_server_s_log(customer_of, settings):
    customer = customer_of(DESK)
    quote = customer.document("bmasia.quote")
    link = customer.link("bmasia.quote", quote)
    customer.page.goto(link)
    log = (settings.state / "log" / "odoo.log").read_text()
    assert link.rpartition("/")[2] not in log
    assert json.dumps(link)[1:-1] not in log
