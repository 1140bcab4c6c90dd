"""A contract is signed in the browser by two people, each with a link and a code."""

import re

import pytest
from playwright.sync_api import expect

from tests.customers import CODE, DESK, LINK, PHONE, code_of, draw

PEOPLE = {
    "Ada Lovelace": "ada@sign-hotel.example.com",
    "Grace Hopper": "grace@sign-hotel.example.com",
}
WORDS = {
    "en_US": {
        "asked": "Please sign contract {}",
        "sign": "Sign",
        "code": "Code from the e-mail",
        "mail": "Your code for contract {}",
        "confirm": "Confirm",
        "thanks": "We have your signature",
        "done": "Signed by all: contract {}",
    },
    "th_TH": {
        "asked": "กรุณาลงนามในสัญญา {}",
        "sign": "ลงนาม",
        "code": "รหัสจากอีเมล",
        "mail": "รหัสของคุณสำหรับสัญญา {}",
        "confirm": "ยืนยัน",
        "thanks": "เราได้รับลายมือชื่อของคุณแล้ว",
        "done": "ทุกฝ่ายลงนามแล้ว: สัญญา {}",
    },
}


@pytest.fixture
def asked(customer_of, json2):
    """Two people of a customer are asked to sign a contract of Nikki's, in order."""

    def ask(size, lang="en_US"):
        customer = customer_of(size)
        contract = customer.document("bmasia.contract", lang)
        customer.ask_signatures(json2.user("nikki.h"), contract, PEOPLE)
        return customer, contract, customer.read("bmasia.contract", contract, "name")

    return ask


def mail_to(inbox, name, subject):
    """The newest mail to somebody with this subject."""
    return inbox.wait_for(subject, to=PEOPLE[name])


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_two_people_sign_and_get_the_signed_file(axe, asked, inbox, size, lang):
    customer, contract, number = asked(size, lang)
    page, words = customer.page, WORDS[lang]

    for name in PEOPLE:
        mail = mail_to(inbox, name, words["asked"].format(number))
        assert mail["From"]["Address"].startswith("nikki.h@")
        page.goto(LINK.search(mail["HTML"])[1])
        for fold in page.locator("#sign details").all():
            fold.evaluate("node => (node.open = true)")
        customer.look(axe)
        if name == "Ada Lovelace":
            draw(page)
        page.get_by_role("button", name=words["sign"], exact=True).click()
        expect(page.get_by_label(words["code"])).to_be_focused()
        customer.look(axe)
        mail = mail_to(inbox, name, words["mail"].format(number))
        page.keyboard.type(CODE.search(mail["HTML"])[1])
        page.get_by_role("button", name=words["confirm"]).click()
        expect(page.get_by_role("status").first).to_contain_text(words["thanks"])
        customer.look(axe)
    assert customer.read("bmasia.contract", contract, "state") == "active"
    [signing] = customer.read("bmasia.contract", contract, "signing_ids")
    signatures = customer.read("document.signing", signing, "signature_ids")
    ways = [customer.read("document.signature", each, "way") for each in signatures]
    assert ways == ["drawn", "typed"]
    for name in PEOPLE:
        mail = mail_to(inbox, name, words["done"].format(number))
        content = inbox.attachment(mail)
        assert content.startswith(b"%PDF")
        assert number.encode() in content or b"EmbeddedFile" in content


def test_what_was_drawn_is_not_lost_and_can_be_cleared(asked, inbox):
    customer, _contract, number = asked(PHONE)
    mail = mail_to(inbox, "Ada Lovelace", WORDS["en_US"]["asked"].format(number))
    page = customer.page
    page.goto(LINK.search(mail["HTML"])[1])
    draw(page)
    page.get_by_label("Your name", exact=True).fill("Ada")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_alt_text("Your drawing")).to_be_visible()
    page.get_by_role("link", name="Change what you typed").click()
    expect(page.get_by_label("Your name", exact=True)).to_have_value("Ada")
    drawing = page.locator("[name=drawing]")
    assert drawing.input_value().startswith("data:image/png")
    page.get_by_role("button", name="Clear the drawing").click()
    assert drawing.input_value() == ""


def test_enter_in_a_fold_means_its_own_button(asked, inbox):
    customer, _contract, number = asked(DESK)
    mail = mail_to(inbox, "Ada Lovelace", WORDS["en_US"]["asked"].format(number))
    page = customer.page
    page.goto(LINK.search(mail["HTML"])[1])
    page.get_by_text("Let a colleague sign").click()
    page.get_by_label("Your colleague's name").fill("Bob Kahn")
    address = page.get_by_label("Your colleague's e-mail address")
    address.fill("bob@sign-hotel.example.com")
    address.press("Enter")
    expect(page.locator("#sign-sentence")).to_contain_text("in my place")


def test_it_is_declined_without_scripts(browser, asked, inbox):
    customer, contract, number = asked(DESK)
    mail = mail_to(inbox, "Ada Lovelace", WORDS["en_US"]["asked"].format(number))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(LINK.search(mail["HTML"])[1])
    expect(page.locator("canvas")).to_be_hidden()
    page.locator("summary", has_text="Decline").click()
    page.get_by_label("Why do you not sign?").fill("The term is too long")
    page.get_by_role("button", name="Decline to sign").click()
    code = CODE.search(
        mail_to(inbox, "Ada Lovelace", f"Your code for contract {number}")["HTML"]
    )[1]
    page.get_by_label("Code from the e-mail").fill(code)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".note.success")).to_contain_text("Thank you")
    context.close()
    assert customer.read("bmasia.contract", contract, "signing_state") == "declined"
    assert customer.read("bmasia.contract", contract, "state") == "sent"


@pytest.mark.parametrize("width", [1280, 390])
def test_we_ask_on_the_form_and_countersign(customer_of, page_of, inbox, json2, width):
    customer = customer_of(PHONE)
    contract = customer.document("bmasia.contract")
    customer.of_nikki("bmasia.contract", contract)
    signers = [{"name": "Norbert", "side": "seller"}, {"name": "Ada Lovelace"}]
    customer.call(
        "bmasia.contract",
        "write",
        [contract],
        vals={
            "signatory_ids": [[5], *([0, 0, signer] for signer in signers)],
        },
    )
    number = customer.read("bmasia.contract", contract, "name")
    form = page_of("nikki.h", width=width)
    address = f"{customer.settings.odoo_url}/odoo/bmasia.contract/{contract}"
    form.goto(address)
    press(form, "Ask for signatures")
    dialog = form.get_by_role("dialog")
    fill_address(dialog, width)
    dialog.get_by_role("button", name="Ask for signatures").click()
    expect(dialog).to_be_hidden()
    expect(form.get_by_role("tab", name="Signatures")).to_be_visible()
    mail = mail_to(inbox, "Ada Lovelace", f"Please sign contract {number}")
    page = customer.page
    sign(page, inbox, LINK.search(mail["HTML"])[1], PEOPLE["Ada Lovelace"], number)
    told = inbox.wait_for(f"Please sign {number}")
    assert told["To"][0]["Address"].startswith("norbert@")
    ours = page_of("norbert", width=width)
    ours.goto(address)
    with ours.expect_popup() as opened:
        press(ours, "Sign")
    norbert = told["To"][0]["Address"]
    sign(opened.value, inbox, opened.value.url, norbert, number)
    assert customer.read("bmasia.contract", contract, "state") == "active"


def press(page, name):
    """A button of a form, which a phone may have behind three dots."""
    page.locator(".o_form_view").wait_for()
    button = page.locator("button:visible", has_text=re.compile(f"^{name}$"))
    if not button.count():
        page.locator(".o_statusbar_buttons button[title=More]").click()
    # what slides in moves away from a pointer
    button.first.evaluate("node => node.click()")


def fill_address(dialog, width):
    """Of a signer whom nobody has an address of."""
    if width > 800:
        dialog.get_by_text("Ada Lovelace").click()
        dialog.locator(".o_selected_row [name=email] input").fill(
            PEOPLE["Ada Lovelace"]
        )
        return
    dialog.get_by_text("Ada Lovelace").click()
    card = dialog.page.get_by_role("dialog").last
    card.locator("[name=email] input").fill(PEOPLE["Ada Lovelace"])
    card.get_by_role("button", name="Save").first.click()


def sign(page, inbox, link, address, number):
    """Sign on a page that is open, or is to be opened."""
    page.goto(link)
    page.get_by_role("button", name="Sign", exact=True).click()
    code = code_of(inbox, f"Your code for contract {number}", to=address)
    page.get_by_label("Code from the e-mail").fill(code)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status").first).to_contain_text("We have your signature")
