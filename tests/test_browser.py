"""The main job in a real browser: who sends, who cannot, nothing phones home."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.kit import quote_number
from tools.settings import HOST

# who, the action's path, which document
JOBS = {
    "quote": ("nikki.h", "bmasia-quotes", [("name", "=", "Q-2025-1006-426")]),
    "invoice": (
        "pom",
        "bmasia-invoices",
        [("state", "=", "issued"), ("kind", "=", "invoice")],
    ),
    "contract": ("norbert", "bmasia-contracts", [("name", "=", "C-2025-1006-001")]),
}
WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
WORKS, FAILED = "Works", "Does not work"
WINDOW = "ir.actions.act_window"  # a menu that opens records, not the dashboard


def document_id(json2, login, model, domain):
    ids = json2.user(login).call(model, "search", domain=domain, limit=1)
    assert ids, f"the demo has no {model} with {domain}"
    return ids[0]


def open_wizard(page, settings, path, document):
    page.goto(f"{settings.odoo_url}/odoo/{path}/{document}")
    page.locator("button[name=action_send]:visible").click()
    wizard = page.locator(".modal")
    expect(wizard.locator(".o_field_pdf_viewer iframe")).to_be_visible()
    return wizard


def numberless_draft(json2, login="nikki.h"):
    domain = [
        ("state", "=", "draft"),
        ("name", "=", False),
        ("user_id.login", "=", f"{login}@bmasiamusic.com"),
    ]
    return document_id(json2, login, "bmasia.quote", domain)


@pytest.mark.parametrize("kind", sorted(JOBS))
def test_each_person_sends_from_the_browser(inbox, json2, page_of, settings, kind):
    login, path, domain = JOBS[kind]
    document = document_id(json2, login, f"bmasia.{kind}", domain)
    page = page_of(login)
    wizard = open_wizard(page, settings, path, document)
    address = f"{login}@bmasiamusic.com"
    sender = wizard.locator("[name=sender_line]:visible")
    expect(sender).to_contain_text(f"<{address}> via localhost, verified")
    assert wizard.locator("[name=recipient_ids] .o_tag").count() >= 1
    wizard.locator("[name=subject] input").fill(f"From the browser: {kind}")
    wizard.locator("[name=cc_ids] input").fill("boss@example.com")
    wizard.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".o_notification")).to_contain_text("was sent")

    message = inbox.wait_for(f"From the browser: {kind}")
    assert message["Username"] == message["From"]["Address"] == address
    assert [a["Address"] for a in message["Cc"]] == ["boss@example.com"]
    assert len(message["Attachments"]) == 1
    expect(page.locator(".o-mail-Chatter")).to_contain_text("From the browser")
    page.get_by_role("tab", name="E-mails").click()
    deliveries = page.locator("[name=delivery_ids]")
    expect(deliveries).to_contain_text("boss@example.com")


@pytest.mark.parametrize("kind", sorted(JOBS))
def test_a_draft_is_printed_by_its_button(json2, page_of, settings, kind):
    login, path, _domain = JOBS[kind]
    draft = document_id(json2, login, f"bmasia.{kind}", [("state", "=", "draft")])
    page = page_of(login)
    page.goto(f"{settings.odoo_url}/odoo/{path}/{draft}")
    with page.expect_download() as download:
        page.locator("button[name=action_print]:visible").click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_without_a_mailbox_the_wizard_leads_to_the_settings(json2, page_of, settings):
    _login, path, domain = JOBS["quote"]
    quote = document_id(json2, "admin", "bmasia.quote", domain)
    wizard = open_wizard(page_of("admin"), settings, path, quote)
    expect(wizard).to_contain_text("You have no mailbox yet")
    send = wizard.get_by_role("button", name="Send", exact=True)
    expect(send).to_have_count(0)
    with wizard.page.expect_popup() as popup:
        wizard.get_by_role("button", name="Set up my mailbox").click()
    expect(popup.value.get_by_role("tab", name="My Mailbox")).to_be_visible()


def test_a_refusal_is_shown_with_the_servers_words(inbox, json2, page_of, settings):
    quote = numberless_draft(json2)
    page = page_of("nikki.h")
    wizard = open_wizard(page, settings, "bmasia-quotes", quote)
    expect(wizard).to_contain_text("The number is assigned on sending")
    wizard.locator("[name=recipient_ids] .o_delete").first.click()
    other = wizard.locator("[name=recipient_ids] input")
    other.fill("refuse-550@example.com")
    send = wizard.get_by_role("button", name="Send", exact=True)
    send.click()
    outcome = wizard.locator("[name=outcome]")
    expect(outcome).to_contain_text("refuse-550@example.com")
    expect(outcome).to_contain_text("550")

    read = {"fields": ["name", "state", "send_state"]}
    record = json2.user("nikki.h").call("bmasia.quote", "read", [quote], **read)[0]
    assert (record["state"], record["send_state"]) == ("draft", "refused")

    wizard.locator("[name=recipient_ids] .o_delete").first.click()
    other.fill("works@example.com")
    send.click()
    expect(page.locator(".o_notification")).to_contain_text("was sent")
    after = json2.user("nikki.h").call("bmasia.quote", "read", [quote], **read)[0]
    assert (after["name"], after["state"]) == (record["name"], "sent")
    assert inbox.wait_for(record["name"])["To"][0]["Address"] == "works@example.com"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("somchai at hilton", "no e-mail address: somchai at hilton"),
        ("", "Nobody to send this to"),
    ],
)
def test_bad_recipients_are_named_and_nothing_is_lost(
    inbox, json2, page_of, settings, typed, words
):
    quote = numberless_draft(json2)
    page = page_of("nikki.h")
    wizard = open_wizard(page, settings, "bmasia-quotes", quote)
    for _tag in wizard.locator("[name=recipient_ids] .o_delete").all():
        wizard.locator("[name=recipient_ids] .o_delete").first.click()
    wizard.locator("[name=subject] input").fill("Typed with care")
    wizard.locator("[name=recipient_ids] input").fill(typed)
    wizard.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".modal").last).to_contain_text(words)
    if page.locator(".modal").count() > 1:  # else the field itself says it
        page.locator(".modal").last.get_by_role("button").last.click()
    expect(wizard.locator("[name=subject] input")).to_have_value("Typed with care")
    record = json2.user("nikki.h").call("bmasia.quote", "read", [quote])[0]
    assert record["name"] is False and record["state"] == "draft"
    assert inbox.messages() == []


def test_a_provider_fills_host_port_and_security(page_of, settings):
    page = page_of("admin")
    page.locator(".o_user_menu button").click()
    page.locator("[data-menu=preferences]").click()
    page.get_by_role("tab", name="My Mailbox").click()
    page.locator("[name=smtp_preset]:visible input").click()
    page.get_by_text("Gmail", exact=False).last.click()
    host = page.locator("[name=smtp_host] input:visible")
    expect(host).to_have_value("smtp.gmail.com")
    expect(page.locator("[name=smtp_port] input:visible")).to_have_value("587")


def test_the_administrator_sees_who_is_ready_and_no_password(
    page_of, settings, mail_passwords
):
    page = page_of("admin")
    page.goto(f"{settings.odoo_url}/odoo/action-base.action_res_users")
    row = page.locator(".o_data_row", has_text="nikki.h@bmasiamusic.com")
    expect(row).to_contain_text(WORKS)
    row.locator("[name=login]").click()
    expect(page.locator(".o_form_view")).to_contain_text("Nikki")
    assert mail_passwords["nikki.h@bmasiamusic.com"] not in page.content()


@pytest.mark.parametrize("device", sorted(WIDTHS))
def test_the_whole_app_talks_to_this_machine_only(json2, page_of, settings, device):
    """Every menu and one record of each: no script error, no sideways scroll, and no
    connection to anywhere else."""
    width, height = WIDTHS[device]
    page = page_of("norbert", width, height)
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda line: errors.append(line.text) if line.type == "error" else None,
    )
    menus = json2.user("norbert").call("ir.ui.menu", "load_web_menus", debug=False)
    app = next(menu for menu in menus.values() if menu["name"] == "BMAsia")
    actions = sorted(
        menu["actionID"]
        for menu in menus.values()
        if menu["appID"] == app["id"] and menu["actionModel"] == WINDOW
    )
    assert len(actions) >= 12
    for action in actions:
        page.goto(f"{settings.odoo_url}/odoo/action-{action}")
        rows = page.locator(".o_data_row td.o_data_cell, .o_kanban_record:visible")
        # what is only there after somebody has worked is empty, and says so
        rows.or_(page.locator(".o_view_nocontent:visible")).first.wait_for()
        assert sideways(page) <= width, action
        if rows.count() == 0:
            continue
        # a list that is edited in place has no page of its own
        if page.locator(".o_list_renderer .o_list_table").count() == 0 or (
            page.locator("button.o_list_button_add, .o_control_panel").count()
        ):
            try:
                rows.first.click(timeout=10_000)
            except TimeoutError:
                # samples behind the words of an empty list are no rows
                assert page.locator(".o_view_sample_data").count(), action
                continue
            page.wait_for_timeout(700)
            assert sideways(page) <= width, action
    strangers = {
        host for url in asked if (host := urlsplit(url).hostname) and host != HOST
    }
    assert strangers == set()
    assert errors == []


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth")


def test_sending_by_phone(inbox, json2, page_of, settings):
    quote = numberless_draft(json2)
    page = page_of("nikki.h", *WIDTHS["phone"])
    page.goto(f"{settings.odoo_url}/odoo/bmasia-quotes/{quote}")
    page.locator("button[name=action_send]:visible").click()
    wizard = page.locator(".modal")
    expect(wizard.locator("[name=sender_line]:visible")).to_contain_text("verified")
    assert sideways(page) <= WIDTHS["phone"][0]
    wizard.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".o_notification")).to_contain_text("was sent")
    number = quote_number(page)
    assert inbox.wait_for(number)["Username"] == "nikki.h@bmasiamusic.com"
