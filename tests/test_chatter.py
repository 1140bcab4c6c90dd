"""Chatter and composer: who sends, seen before sending; what is refused stays."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def chatter_of(page_of, settings, json2):
    """The chatter of a contact, on the page of a user."""

    def open_chatter(login, **size):
        domain = [("email", "like", "@"), ("user_ids", "=", False)]
        contacts = json2.user(login).call("res.partner", "search", domain=domain)
        page = page_of(login, **size)
        page.goto(f"{settings.odoo_url}/odoo/contacts/{contacts[0]}")
        chatter = page.locator(".o-mail-Chatter")
        chatter.get_by_role("button", name="Send message").click()
        return chatter

    return open_chatter


@pytest.mark.parametrize("width", [1280, 390])
def test_without_a_mailbox_nothing_leaves_and_the_text_stays(chatter_of, inbox, width):
    chatter = chatter_of("admin", width=width)
    page = chatter.page
    expect(chatter.locator(".o_mail_sender")).to_contain_text("no mailbox yet")
    text = chatter.locator(".o-mail-Composer-input")
    text.fill("Dear customer")
    send = chatter.locator(".o-mail-Composer-send")
    send.click()
    dialog = page.locator(".modal")
    expect(dialog).to_contain_text("Nothing was sent")
    expect(dialog).to_contain_text("no mailbox yet")
    with page.context.expect_page() as opened:
        dialog.get_by_role("button", name="Set up my mailbox").click()
    opened.value.get_by_role("tab", name="My Mailbox").wait_for()
    expect(text).to_have_value("Dear customer")
    expect(text).to_be_editable()
    expect(send).to_be_enabled()
    assert inbox.messages() == []


def test_chatter_and_composer_say_who_sends(chatter_of, inbox):
    chatter = chatter_of("nikki.h")
    page = chatter.page
    sender = "<nikki.h@bmasiamusic.com> via localhost, verified"
    expect(chatter.locator(".o_mail_sender")).to_contain_text(sender)
    chatter.locator("[name=open-full-composer]").click()
    composer = page.locator(".modal")
    expect(composer.locator("[name=sender_line]:visible")).to_contain_text(sender)
    composer.locator("[name=subject] input").fill("From the composer")
    composer.locator("[name=body] [contenteditable=true]").fill("Dear customer")
    composer.get_by_role("button", name="Send", exact=True).click()
    message = inbox.wait_for("From the composer")
    assert message["Username"] == "nikki.h@bmasiamusic.com"
