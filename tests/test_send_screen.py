"""The Send wizard and the mailbox as people use them: nothing typed is lost, one field
for everybody who gets the mail, nothing lies over what one clicks."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.kit import settle, wait_for

# Whether no notice lies over an element.
IS_FREE = """node => {
    const {x, y, width, height} = node.getBoundingClientRect();
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    return top && !top.closest(".o_notification, .o_notification_manager");
}"""
WIDTHS = {"desktop": (1366, 768), "phone": (390, 844)}
DRAFT = "document_draft:"
TYPED = (
    'Doe, Jane <jane@example.com>; info@münchen.example, "Roe, Rob" <rob@example.com>'
)
both_widths = pytest.mark.parametrize("device", sorted(WIDTHS))


class Letter:
    """The Send wizard of one document, as somebody has it on the screen."""

    def __init__(self, page, settings, quote):
        self.page, self.quote = page, quote
        self.address = f"{settings.odoo_url}/odoo/bmasia-quotes/{quote}"

    @property
    def wizard(self):
        return self.page.locator(".modal:has(.o_document_send)")

    @property
    def body(self):
        return self.wizard.locator("[name=body] .odoo-editor-editable")

    @property
    def subject(self):
        return self.wizard.locator("[name=subject] input")

    def open(self):
        self.page.goto(self.address)
        return self.press_send()

    def press_send(self):
        self.page.locator(".o_form_view button[name=action_send]:visible").click()
        expect(
            self.wizard.locator(".o_field_pdf_viewer iframe, iframe")
        ).to_be_visible()
        expect(self.body).to_be_visible()
        return self

    def write(self, words):
        """Add a line to the text, and stay in it."""
        self.body.locator("p").first.click()
        self.page.keyboard.press("Home")
        self.page.keyboard.type(words)

    def field(self, name):
        return self.wizard.locator(f"[name={name}]")

    def chips(self, name):
        return self.field(name).locator(".o_tag")

    def empty(self, name):
        chips = self.chips(name)
        expect(chips).not_to_have_count(0)
        for left in reversed(range(chips.count())):
            chips.last.locator(".o_delete").click()
            expect(chips).to_have_count(left)

    def type_into(self, name, text):
        box = self.field(name).locator("input")
        box.click()
        box.fill(text)
        self.subject.focus()

    def send(self):
        self.wizard.get_by_role("button", name="Send", exact=True).click()
        expect(self.page.locator(".o_notification")).to_contain_text("was sent")
        expect(self.wizard).to_have_count(0)

    def drafts(self):
        """Keys of this letter's; the browser may still write down what somebody typed
        on a page that was closed just before."""
        keys = self.page.evaluate("Object.keys(localStorage)")
        own = f"bmasia.quote,{self.quote}"
        return [key for key in keys if key.startswith(DRAFT) and own in key]

    def kept(self, words):
        """Wait until the browser has kept a text."""
        wait_for(
            lambda: words in self.page.evaluate("JSON.stringify(localStorage)"), 20
        )

    def dialog(self):
        dialog = self.page.locator(".modal", has_text="Close without sending?")
        expect(dialog).to_be_visible()
        return dialog

    def answer(self, name):
        self.dialog().get_by_role("button", name=name).click()

    def offer(self):
        return self.wizard.locator(".o_widget_document_draft")


@pytest.fixture
def quote(json2):
    """A draft of Nikki's, made for one test."""
    client = json2.user("nikki.h")
    (first,) = client.call(
        "bmasia.quote", "search", domain=[("name", "=", "Q-2025-1006-426")], limit=1
    )
    (copy,) = client.call("bmasia.quote", "copy", [first])
    return copy


@pytest.fixture
def letter(page_of, settings, quote):
    """The Send wizard of that draft: ``letter("phone")``."""

    def open_it(device="desktop", login="nikki.h"):
        return Letter(page_of(login, *WIDTHS[device]), settings, quote).open()

    return open_it


class Account:
    """Keith's mail account, by the API, as from another machine."""

    def __init__(self, client, settings, password):
        self.client = client
        domain = [("login", "=", "keith@bmasiamusic.com")]
        self.me = client.call("res.users", "search", domain=domain)
        self.typed = {
            "smtp_host": "localhost",
            "smtp_port": settings.smtp_port,
            "smtp_security": "starttls",
            "smtp_password": password,
        }

    def forget(self):
        self.client.call("res.users", "action_clear_smtp", self.me)

    def set_up(self):
        call = self.client.call
        assert call("res.users", "try_smtp", self.me, typed=self.typed)["works"]

    def works(self):
        return self.client.call("res.users", "try_smtp", self.me)["works"]


@pytest.fixture
def account(json2, settings, mail_passwords):
    """It works again afterwards."""
    password = mail_passwords["keith@bmasiamusic.com"]
    account = Account(json2.user("keith"), settings, password)
    yield account
    account.set_up()


# ------------------------------------------------------------
# WHO GETS IT
# ------------------------------------------------------------


@both_widths
def test_one_field_takes_contacts_and_typed_addresses(inbox, letter, json2, device):
    letter = letter(device)
    expect(letter.field("other_recipients").first).to_be_hidden()
    to, cc = letter.chips("recipient_ids"), letter.chips("cc_ids")
    expect(to).to_contain_text(["somchai@hilton-pattaya.example.com"])
    letter.type_into("recipient_ids", TYPED)
    expect(to).to_contain_text(
        ["Somchai", "jane@example.com", "info@münchen.example", "rob@example.com"]
    )
    expect(to.nth(1)).to_contain_text("Doe, Jane")
    box = letter.field("cc_ids").locator("input")
    box.click()
    box.fill("accounts@hilton")
    offered = letter.field("cc_ids").locator(".o-autocomplete--dropdown-item")
    offered.filter(has_text="Accounts Payable <accounts@hilton").click()
    expect(cc).to_contain_text(["accounts@hilton-pattaya.example.com"])
    for chip in (to.nth(1), cc.first):
        assert chip.bounding_box()["width"] <= WIDTHS[device][0]
    client, typed = json2.user("nikki.h"), [("email", "ilike", "jane@example.com")]
    before = client.call("res.partner", "search", domain=typed)
    letter.subject.fill("To all of them")
    letter.send()
    message = inbox.wait_for("To all of them")
    assert [person["Address"] for person in message["To"]] == [
        "somchai@hilton-pattaya.example.com",
        "jane@example.com",
        "info@xn--mnchen-3ya.example",
        "rob@example.com",
    ]
    assert message["Cc"][0]["Address"] == "accounts@hilton-pattaya.example.com"
    # who was only typed is no contact now
    assert client.call("res.partner", "search", domain=typed) == before


@both_widths
def test_a_typed_address_of_a_contact_is_that_contact(letter, device):
    letter = letter(device)
    letter.empty("recipient_ids")
    letter.type_into("recipient_ids", "SOMCHAI@hilton-pattaya.example.com")
    expect(letter.chips("recipient_ids")).to_have_count(1)
    expect(letter.chips("recipient_ids")).to_contain_text("Somchai Rattanakul")


@both_widths
def test_what_is_no_address_is_named_and_can_be_corrected(letter, device):
    letter = letter(device)
    letter.type_into("recipient_ids", "somchai at hilton")
    expect(letter.field("recipient_ids")).to_contain_text(
        "This is no e-mail address: somchai at hilton"
    )
    letter.chips("recipient_ids").last.click()
    box = letter.field("recipient_ids").locator("input")
    expect(box).to_have_value("somchai at hilton")
    box.fill("somchai@hilton.example")
    box.press("Enter")
    expect(letter.chips("recipient_ids").last).to_contain_text("somchai@hilton.example")
    expect(letter.field("recipient_ids")).not_to_contain_text("no e-mail address")


def test_what_still_stands_in_the_field_is_sent_to(inbox, letter):
    letter = letter()
    letter.subject.fill("Typed at last")
    box = letter.field("cc_ids").locator("input")
    box.fill("boss@example.com")
    letter.page.keyboard.press("Alt+q")
    expect(letter.page.locator(".o_notification")).to_contain_text("was sent")
    message = inbox.wait_for("Typed at last")
    assert [person["Address"] for person in message["Cc"]] == ["boss@example.com"]


def test_chips_by_keyboard(letter):
    letter = letter()
    box = letter.field("recipient_ids").locator("input")
    box.fill("a@example.com,")
    box.press_sequentially(" b@example.com;")
    expect(letter.chips("recipient_ids")).to_contain_text(
        ["Somchai", "a@example.com", "b@example.com"]
    )
    box.press("Backspace")
    expect(letter.chips("recipient_ids")).to_have_count(2)
    box.press_sequentially("anong")
    options = letter.field("recipient_ids").locator(".o-autocomplete--dropdown-item")
    expect(options).to_contain_text(["New contact…"])


def test_who_was_removed_stays_away_while_the_server_still_thinks(letter):
    """Somebody takes an address away and types the next one at once."""
    letter = letter()
    letter.empty("recipient_ids")
    letter.type_into("recipient_ids", "wrong@example.com, kept@example.com")
    chips, held = letter.chips("recipient_ids"), []
    expect(chips).to_have_count(2)
    letter.page.route("**/onchange", lambda route: held.append(route), times=1)
    with letter.page.expect_request("**/onchange"):
        letter.type_into("recipient_ids", "also@example.com")
    chips.first.locator(".o_delete").click()
    letter.type_into("recipient_ids", "right@example.com")
    (route,) = held
    route.continue_()
    names = ("kept", "also", "right")
    expect(chips).to_have_text([f"{name}@example.com" for name in names])


# ------------------------------------------------------------
# WHAT WAS WRITTEN STAYS
# ------------------------------------------------------------


@both_widths
def test_closing_asks_before_it_throws_text_away(letter, device):
    letter = letter(device)
    letter.write("Typed with care. ")
    letter.page.keyboard.press("Escape")
    letter.answer("Go on writing")
    expect(letter.body).to_contain_text("Typed with care.")
    letter.wizard.locator(".modal-header .btn-close, .oi-arrow-left").first.click()
    letter.answer("Go on writing")
    letter.wizard.get_by_role("button", name="Cancel").click()
    letter.answer("Discard changes")
    expect(letter.wizard).to_have_count(0)
    assert letter.drafts() == []
    letter.press_send()
    expect(letter.body).not_to_contain_text("Typed with care.")
    expect(letter.offer().locator(".alert")).to_have_count(0)


def test_closing_what_nobody_edited_asks_nothing(letter):
    letter = letter()
    letter.body.click()
    letter.page.keyboard.press("Escape")
    expect(letter.wizard).to_have_count(0)
    assert letter.drafts() == []


@both_widths
def test_a_kept_draft_is_offered_and_gone_once_it_is_sent(inbox, letter, device):
    letter = letter(device)
    letter.write("Typed with care. ")
    letter.subject.fill("A subject of my own")
    letter.type_into("cc_ids", "boss@example.com; Doe, Jane <jane@example.com>")
    expect(letter.chips("cc_ids")).to_have_count(2)
    letter.page.keyboard.press("Escape")
    letter.answer("Keep as draft")
    expect(letter.wizard).to_have_count(0)
    letter.press_send()
    expect(letter.subject).not_to_have_value("A subject of my own")
    letter.offer().get_by_role("button", name="Use that text").click()
    expect(letter.subject).to_have_value("A subject of my own")
    expect(letter.body).to_contain_text("Typed with care.")
    expect(letter.chips("recipient_ids")).to_contain_text(["Somchai Rattanakul"])
    expect(letter.chips("cc_ids")).to_contain_text(["boss@", "Doe, Jane"])
    letter.send()
    message = inbox.wait_for("A subject of my own")
    assert "Typed with care." in message["HTML"]
    assert len(message["Cc"]) == 2
    # the mail can be there before the browser has its answer
    wait_for(lambda: letter.drafts() == [], 20)


def test_a_draft_is_its_users_and_ends(letter, page_of, settings, quote):
    letter = letter()
    letter.write("Typed with care. ")
    letter.kept("Typed with care.")
    (key,) = letter.drafts()
    assert key.endswith(f"bmasia.quote,{quote}")
    assert re.search(r":\d+:bmasia", key)
    letter.page.evaluate(
        """key => {
            const draft = JSON.parse(localStorage.getItem(key));
            draft.when -= 8 * 24 * 3600 * 1000;
            localStorage.setItem(key, JSON.stringify(draft));
        }""",
        key,
    )
    letter.page.goto("about:blank")
    letter.page.goto(letter.address)
    expect(letter.page.locator(".o_form_view")).to_be_visible()
    assert letter.drafts() == []


def test_a_reload_loses_nothing(letter):
    letter = letter()
    letter.write("Typed with care. ")
    letter.kept("Typed with care.")
    letter.page.reload()
    letter.press_send()
    letter.offer().get_by_role("button", name="Use that text").click()
    expect(letter.body).to_contain_text("Typed with care.")


def test_the_end_of_the_session_loses_nothing(letter, settings):
    letter = letter()
    letter.write("Typed before the end. ")
    other = letter.page.context.new_page()
    other.goto(f"{settings.odoo_url}/web/session/logout")
    letter.page.bring_to_front()
    letter.write("Typed after it. ")
    letter.wizard.get_by_role("button", name="Send", exact=True).click()
    expect(letter.page.locator(".modal").last).to_contain_text("ession")
    letter.kept("Typed after it.")
    other.goto(f"{settings.odoo_url}/web/login")
    other.fill("input[name=login]", "nikki.h@bmasiamusic.com")
    other.fill("input[name=password]", "demo")
    other.click("button[type=submit]")
    other.locator(".o_main_navbar").wait_for()
    letter.page.close()
    letter.page = other
    letter.open()
    letter.offer().get_by_role("button", name="Use that text").click()
    expect(letter.body).to_contain_text("Typed after it.")
    expect(letter.body).to_contain_text("Typed before the end.")


def test_a_failed_send_keeps_the_text_and_who_is_left(inbox, letter):
    letter = letter()
    letter.write("Typed with care. ")
    letter.empty("recipient_ids")
    letter.type_into("recipient_ids", "fine@example.com; refuse-550@example.com")
    letter.wizard.get_by_role("button", name="Send", exact=True).click()
    expect(letter.field("outcome")).to_contain_text("refuse-550@example.com")
    expect(letter.body).to_contain_text("Typed with care.")
    expect(letter.chips("recipient_ids")).to_have_count(1)
    letter.page.keyboard.press("Escape")
    letter.answer("Keep as draft")
    letter.press_send()
    letter.offer().get_by_role("button", name="Use that text").click()
    expect(letter.body).to_contain_text("Typed with care.")
    expect(letter.chips("recipient_ids")).to_contain_text(["refuse-550@example.com"])


@both_widths
def test_setting_up_the_mailbox_keeps_the_text_and_then_it_can_be_sent(
    inbox, letter, account, device
):
    account.forget()
    letter = letter(device, "keith")
    letter.write("Typed with care. ")
    letter.subject.fill(f"Set up on the {device}")
    with letter.page.expect_popup() as popup:
        letter.wizard.get_by_role("button", name="Set up my mailbox").click()
    expect(popup.value.get_by_role("tab", name="My Mailbox")).to_be_visible()
    expect(letter.body).to_contain_text("Typed with care.")
    account.set_up()
    # back in the first tab: a headless browser shows both all the time
    letter.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    send = letter.wizard.get_by_role("button", name="Send", exact=True)
    expect(send).to_be_visible()
    expect(letter.subject).to_have_value(f"Set up on the {device}")
    letter.send()
    message = inbox.wait_for(f"Set up on the {device}")
    assert "Typed with care." in message["HTML"]
    assert message["Username"] == "keith@bmasiamusic.com"


# ------------------------------------------------------------
# THE MAILBOX
# ------------------------------------------------------------


class Mailbox:
    """The mailbox of a user, on the page of their preferences or in its dialog."""

    def __init__(self, page):
        self.page = page

    @property
    def state(self):
        return self.page.locator("[name=smtp_state]:visible")

    @property
    def answer(self):
        return self.page.locator(".o_mailbox_answer")

    def open(self, settings):
        self.page.goto(f"{settings.odoo_url}/odoo")
        # the first screen closes menus when it comes up
        self.page.locator(".o_action_manager .o_action").first.wait_for()
        menus = self.page.locator(".o_mobile_menu_toggle:visible, .o_user_menu button")
        menus.locator("visible=true").first.click()
        mine = self.page.get_by_text("My Preferences").locator("visible=true").first
        settle(mine)
        mine.click()
        self.page.get_by_role("tab", name="My Mailbox").click()
        return self

    def test_with(self, password):
        self.page.locator("[name=smtp_password] input:visible").fill(password)
        self.page.get_by_role("button", name="Test connection").click()
        expect(self.answer).to_be_visible()


@both_widths
def test_a_wrong_password_is_said_in_plain_words_and_not_kept(
    page_of, settings, account, device
):
    mailbox = Mailbox(page_of("keith", *WIDTHS[device])).open(settings)
    expect(mailbox.state).to_have_text("Works")
    expect(mailbox.page.get_by_text("Password (saved)")).to_be_visible()
    mailbox.test_with("not-his-password")
    expect(mailbox.answer).to_contain_text("Your mailbox does not work")
    expect(mailbox.answer).to_contain_text("refused the log-in")
    expect(mailbox.page.locator(".o_notification")).to_have_count(0)
    assert "not-his-password" not in mailbox.page.content()
    mailbox.page.locator(".modal").get_by_role("button", name="Discard").click()
    mailbox.open(settings)
    expect(mailbox.state).to_have_text("Works")
    assert account.works()


def test_a_test_keeps_what_else_was_typed_in_the_form(
    page_of, settings, mail_passwords
):
    mailbox = Mailbox(page_of("keith")).open(settings)
    phone = mailbox.page.locator("[name=phone] input")
    before = phone.input_value()
    phone.fill("+66 1 2345")
    mailbox.test_with(mail_passwords["keith@bmasiamusic.com"])
    expect(mailbox.answer).to_contain_text("Your mailbox works")
    expect(phone).to_have_value("+66 1 2345")
    mailbox.page.locator(".modal").get_by_role("button", name="Discard").click()
    mailbox.open(settings)
    expect(phone).to_have_value(before)


@both_widths
def test_the_hint_lies_over_nothing_and_goes_once_the_mailbox_works(
    page_of, account, device
):
    account.forget()
    page = page_of("keith", *WIDTHS[device])
    hint = page.locator(".o_mailbox_hint")
    expect(hint).to_contain_text("are sent from your address")
    box, bar = hint.bounding_box(), page.locator(".o_main_navbar").bounding_box()
    below = page.locator(".o_action_manager").bounding_box()
    assert bar["y"] + bar["height"] <= box["y"] + 1
    assert box["y"] + box["height"] <= below["y"] + 1
    assert page.locator(".o_notification").count() == 0
    # set up elsewhere, in another tab or on another machine
    account.set_up()
    expect(hint).to_have_count(0)


def test_no_notice_lies_over_what_one_clicks(page_of, settings):
    """Not over menus, the steps of a document, the pager, the × of a dialog."""
    page = page_of("nikki.h", *WIDTHS["desktop"])
    page.goto(f"{settings.odoo_url}/odoo/bmasia-quotes")
    page.locator(".o_data_row td.o_data_cell").first.click()
    page.locator(".o_form_view button[name=action_send]:visible").click()
    close = page.locator(".modal .btn-close")
    close.wait_for()
    page.evaluate(
        """() => odoo.__WOWL_DEBUG__.root.env.services.notification.add(
            "Somebody refused a mail", {sticky: true, type: "danger"})"""
    )
    notice = page.locator(".o_notification")
    notice.wait_for()
    close.click(trial=True)
    close.click()
    for target in (
        ".o_user_menu button",
        ".o_pager_next",
        ".o_statusbar_status button",
    ):
        assert page.locator(f"{target}:visible").last.evaluate(IS_FREE), target


# ------------------------------------------------------------
# KEYS, SIZE, NAMES
# ------------------------------------------------------------


def test_tab_moves_on_out_of_the_text_both_ways(letter):
    letter = letter()
    letter.body.locator("p").first.click()
    inside = "() => !!document.activeElement.closest('[name=body]')"
    assert letter.page.evaluate(inside)
    before = letter.body.inner_html()
    letter.page.keyboard.press("Tab")
    assert not letter.page.evaluate(inside)
    letter.body.locator("p").first.click()
    letter.page.keyboard.press("Shift+Tab")
    assert not letter.page.evaluate(inside)
    assert letter.body.inner_html() == before
    assert "oe-tabs" not in before


def test_the_shortcuts_are_shown_and_work(inbox, letter):
    letter = letter()
    expect(letter.wizard).to_contain_text("Alt + Q sends, Esc closes")
    letter.subject.fill("By keyboard alone")
    letter.page.keyboard.press("Alt+q")
    expect(letter.page.locator(".o_notification")).to_contain_text("was sent")
    inbox.wait_for("By keyboard alone")


def test_two_clicks_send_and_nothing_else(inbox, letter):
    letter = letter()
    name = letter.wizard.locator(".modal-title").inner_text()
    assert name.startswith("Send ")
    letter.send()
    assert json.dumps(inbox.messages()[0]["To"]).count("@") >= 1


def test_a_mail_that_is_nearly_too_large_is_amber(letter):
    letter = letter()
    size = letter.field("size_note")
    expect(size).to_contain_text("of at most")
    expect(size.locator(".text-warning")).to_have_count(0)
    limit = re.search(r"of at most ([\d.]+) ?M", size.inner_text())
    megabytes = float(limit[1])
    letter.wizard.locator("[name=attachment_ids] input[type=file]").set_input_files(
        {
            "name": "songs.bin",
            "mimeType": "application/octet-stream",
            "buffer": b"0" * int(megabytes * 1024 * 1024 * 0.66),
        }
    )
    expect(size).to_contain_text("Nearly too large")
    expect(letter.wizard.locator(".text-warning", has_text="Nearly")).to_be_visible()
