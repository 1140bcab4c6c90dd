"""A day's work of each one, in the browser: what they came to do is done."""

import json
import re

from playwright.sync_api import expect

from tests.kit import quote_number, search


def one(json2, login, model, domain, **options):
    found = json2.user(login).call(model, "search", domain=domain, limit=1, **options)
    assert found, f"the demo has no {model} with {domain}"
    return found[0]


def read(json2, login, model, record, *names):
    return json2.user(login).call(model, "read", [record], fields=list(names))[0]


def open_record(page, settings, path, record):
    page.goto(f"{settings.odoo_url}/odoo/{path}/{record}")
    expect(page.locator(".o_form_view")).to_be_visible()


def pick(page, field, text):
    """Type into a many2one and take the first that fits."""
    field.locator("input").fill(text)
    page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()


def send(page):
    page.locator("button[name=action_send]:visible").click()
    wizard = page.locator(".modal")
    pdf = wizard.locator(".o_field_pdf_viewer iframe")
    expect(pdf).to_be_visible()
    wizard.get_by_role("button", name="Send", exact=True).click()
    notice = page.locator(".o_notification")
    expect(notice).to_contain_text("was sent")


def test_sales_writes_a_quote_and_sends_it(inbox, page_of, settings):
    page = page_of("nikki.h")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-quotes/new")
    pick(page, page.locator("[name=customer_id]").first, "Lotus Garden")
    page.get_by_role("button", name="Add a line").click()
    row = page.locator(".o_selected_row")
    pick(page, row.locator("[name=product_id]"), "Soundtrack Your Brand")
    row.locator("[name=quantity] input").fill("3")
    send(page)
    number = quote_number(page)
    message = inbox.wait_for(number)
    assert message["Username"] == "nikki.h@bmasiamusic.com"
    assert number in message["Attachments"][0]["FileName"]


def test_finance_issues_an_invoice_and_sends_the_receipt(
    inbox, json2, page_of, settings
):
    page = page_of("pom")
    invoice = one(
        json2,
        "pom",
        "bmasia.invoice",
        [("state", "=", "draft"), ("kind", "=", "invoice"), ("amount_total", ">", 0)],
    )
    open_record(page, settings, "bmasia-invoices", invoice)
    send(page)
    document = read(
        json2, "pom", "bmasia.invoice", invoice, "name", "state", "amount_due"
    )
    assert document["state"] == "issued"
    assert inbox.wait_for(document["name"])["Username"] == "pom@bmasiamusic.com"

    json2.user("pom").call(
        "bmasia.invoice",
        "action_register_payment",
        [invoice],
        amount=document["amount_due"],
    )
    receipt = one(json2, "pom", "bmasia.receipt", [("invoice_id", "=", invoice)])
    open_record(page, settings, "action-bmasia_crm.bmasia_receipt_action", receipt)
    send(page)
    number = read(json2, "pom", "bmasia.receipt", receipt, "name")["name"]
    message = inbox.wait_for(number)
    assert message["Username"] == "pom@bmasiamusic.com"
    assert message["Attachments"][0]["ContentType"] == "application/pdf"
    assert read(json2, "pom", "bmasia.invoice", invoice, "state")["state"] == "paid"


def test_finance_sends_many_at_once_and_leaves(inbox, json2, page_of, settings):
    page = page_of("pom")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-invoices")
    boxes = page.locator(".o_data_row .o_list_record_selector input")
    boxes.nth(0).wait_for()
    rows = page.locator(".o_data_row", has_text="INV-").filter(
        has_text=re.compile("Not paid|Overdue")
    )
    for number in range(2):
        rows.nth(number).locator(".o_list_record_selector input").click()
    page.get_by_role("button", name="Send by mail").click()
    lines = page.locator("[name=line_ids] .o_data_row")
    expect(lines).to_have_count(2)
    page.get_by_role("button", name="Send all").click()
    progress = re.compile(r"Waiting \d|Queued|Sent \d")
    expect(page.locator(".o_form_view")).to_contain_text(progress)
    batch = one(json2, "pom", "document.send.batch", [], order="id desc")
    page.context.close()  # it goes on without the browser

    line_ids = read(json2, "pom", "document.send.batch", batch, "line_ids")["line_ids"]
    for line in line_ids:
        line = read(json2, "pom", "document.send.batch.line", line, "document_name")
        message = inbox.wait_for(line["document_name"], limit=120)
        assert message["Username"] == "pom@bmasiamusic.com"


def test_the_manager_sets_up_a_user(json2, page_of, settings):
    page = page_of("norbert")
    page.goto(f"{settings.odoo_url}/odoo/action-base.action_res_users/new")
    page.locator("[name=name] input, [name=name] textarea").first.fill("Kuk")
    page.locator("[name=login] input").first.fill("kuk@bmasiamusic.com")
    page.get_by_label("BMAsia CRM").first.click()
    page.locator(".o_select_menu_item", has_text="User").first.click()
    page.locator(".o_form_button_save").click()
    page.wait_for_url(re.compile(r"/\d+$"))
    user = one(json2, "norbert", "res.users", [("login", "=", "kuk@bmasiamusic.com")])
    try:
        names = ("smtp_state", "smtp_password", "all_group_ids")
        seen = read(json2, "norbert", "res.users", user, *names)
        assert (seen["smtp_state"], seen["smtp_password"]) == ("none", False)
        groups = [("privilege_id.name", "=", "BMAsia CRM"), ("name", "=", "User")]
        assert one(json2, "admin", "res.groups", groups) in seen["all_group_ids"]
    finally:
        json2.user("admin").call("res.users", "unlink", [user])


def test_support_finds_a_zone(json2, page_of, settings):
    zone = one(json2, "keith", "bmasia.zone", [])
    name = read(json2, "keith", "bmasia.zone", zone, "name", "customer_id")
    page = page_of("keith")
    page.goto(f"{settings.odoo_url}/odoo/action-bmasia_crm.bmasia_zone_action")
    search(page, name["customer_id"][1])
    rows = page.locator(".o_data_row")
    expect(rows.first).to_contain_text(name["customer_id"][1])
    expect(page.locator(".o_list_view")).to_contain_text(name["name"])


def test_the_administrator_without_account_is_blocked(inbox, json2, page_of, settings):
    quote = one(json2, "admin", "bmasia.quote", [("name", "=", "Q-2025-1006-426")])
    page = page_of("admin")
    open_record(page, settings, "bmasia-quotes", quote)
    page.locator("button[name=action_send]:visible").click()
    wizard = page.locator(".modal")
    expect(wizard).to_contain_text("You have no mailbox yet")
    expect(wizard.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    assert inbox.messages() == []


def test_sales_reviews_a_reminder_and_sends_it(inbox, json2, page_of, settings):
    page = page_of("nikki.h")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-renewals")
    row = page.locator(".o_data_row").first
    row.get_by_role("button", name="Send renewal notice").click()
    wizard = page.locator(".modal")
    expect(wizard.locator("[name=body]")).to_contain_text("C-20")
    wizard.get_by_role("tab", name="Preview").click()
    expect(wizard.locator("[name=mail_preview]")).to_contain_text("Nikki")
    wizard.get_by_role("button", name="Send", exact=True).click()
    notice = page.locator(".o_notification")
    expect(notice).to_contain_text("was sent")
    message = inbox.wait_for("C-20")
    assert message["Username"] == "nikki.h@bmasiamusic.com"
    assert json.dumps(message["Attachments"]) == "[]"
