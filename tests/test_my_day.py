"""My Day in a real browser, and its daily e-mail in a real mailbox."""

import re

import pytest
from playwright.sync_api import expect

from tests.test_screens import PHONE, TOO_WIDE, pager_total, sideways


@pytest.fixture
def my_day(page_of, settings):
    """My Day of a person, and the errors that it made."""
    errors = []

    def open_it(login="norbert", width=1366, height=768):
        page = page_of(login, width, height)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{settings.odoo_url}/odoo/my-day")
        page.locator(".o_document_day").wait_for()
        return page

    yield open_it
    assert errors == []


def todos(page):
    return [
        each.get_attribute("data-todo") for each in page.locator("[data-todo]").all()
    ]


def test_it_is_what_one_sees_after_the_login(page_of):
    page = page_of("nikki.h")
    page.locator(".o_document_day").wait_for()  # the first page compiles the assets
    expect(page.locator("[data-tab=day]")).to_have_attribute("aria-current", "page")
    expect(page.locator("[data-todo=draft_quotes]")).to_be_visible()


@pytest.mark.parametrize("login", ["nikki.h", "pom", "norbert"])
def test_each_heading_opens_as_many_records_as_it_says(my_day, login):
    page = my_day(login)
    keys = todos(page)
    assert keys
    for key in keys:
        head = page.locator(f"[data-todo={key}]")
        count = int(head.locator(".o_day_count").inner_text())
        head.locator(".o_day_all").click()
        page.locator(".o_list_view").wait_for()
        expect(page.locator(".o_data_row").first).to_be_visible()
        assert (pager_total(page) or page.locator(".o_data_row").count()) == count, key
        page.go_back()
        page.locator(".o_document_day").wait_for()


def test_each_role_has_its_own(my_day):
    sales, finance, manager = (
        set(todos(my_day(login))) for login in ("nikki.h", "pom", "norbert")
    )
    assert not sales & {"overdue_invoices", "to_invoice", "mailboxes"}
    assert {"overdue_invoices", "to_invoice"} <= finance
    assert "mailboxes" not in finance
    assert "mailboxes" in manager


@pytest.mark.parametrize(
    ("login", "key"), [("nikki.h", "follow_ups"), ("pom", "overdue_invoices")]
)
def test_one_click_opens_the_ready_mail(my_day, login, key):
    page = my_day(login)
    page.locator(f"[data-todo={key}] .o_day_do").first.click()
    wizard = page.locator(".modal")
    wizard.locator("[name=subject] input").wait_for()  # its PDF is made first
    wizard.locator(".modal-footer button", has_text="Cancel").click()
    wizard.wait_for(state="detached")
    expect(page.locator(".o_document_day")).to_be_visible()


def test_one_click_makes_the_invoice_that_is_due(my_day):
    page = my_day("pom")
    page.locator("[data-todo=to_invoice] .o_day_do").first.click()
    expect(page.locator(".o_form_view")).to_contain_text("Draft")


def test_a_manager_sees_everybodys_work_and_it_stays(my_day):
    page = my_day("norbert")
    counts = page.locator("[data-todo=draft_quotes] .o_day_count")
    own = int(counts.inner_text())
    page.locator("button[name=team]").click()
    expect(counts).not_to_have_text(str(own))
    assert int(counts.inner_text()) > own
    page.locator("[data-todo=draft_quotes] .o_day_all").click()
    page.locator(".o_list_view").wait_for()
    page.go_back()
    expect(page.locator("button[name=team]")).to_have_attribute("aria-pressed", "true")


def test_it_fits_a_phone(my_day):
    page = my_day("nikki.h", *PHONE)
    expect(page.locator(".o_day_do").first).to_be_visible()
    assert sideways(page) <= PHONE[0]
    assert page.evaluate(TOO_WIDE) == []


def test_the_daily_email_arrives_once_and_leads_to_its_work(
    json2, inbox, page_of, settings
):
    """Of somebody new: the others had today's already."""
    admin, nikki = json2.user("admin"), json2.user("nikki.h")
    login = "dee@bmasiamusic.com"
    entities = admin.call("res.company", "search", domain=[])
    (group,) = admin.call(
        "res.groups", "search", domain=[("full_name", "=", "BMAsia CRM / User")]
    )
    values = {"name": "Dee", "login": login, "email": login, "digest_hour": "0"}
    values |= {"company_id": entities[0], "company_ids": [[6, 0, entities]]}
    values |= {"group_ids": [[4, group]]}
    (user,) = admin.call("res.users", "create", vals_list=[values])
    try:
        drafts = [("state", "=", "draft")]
        (quote,) = nikki.call("bmasia.quote", "search", domain=drafts, limit=1)
        nikki.call("bmasia.quote", "write", [quote], vals={"user_id": user})
        job = [("code", "like", "_cron_digest(")]
        cron = admin.call("ir.cron", "search", domain=job)
        for _run in range(2):
            admin.call("ir.cron", "method_direct_trigger", cron)
        message = inbox.wait_for("to do")
        subjects = [each["Subject"] for each in inbox.messages()]
        assert len([each for each in subjects if "to do" in each]) == 1
        assert [each["Address"] for each in message["To"]] == [login]
        assert "dee@" not in message["From"]["Address"]
        page = page_of("nikki.h")
        link = re.search(r'href="([^"]*/odoo/bmasia\.quote/\d+)"', message["HTML"])
        page.goto(link[1])
        expect(page.locator(".o_form_view")).to_be_visible()
    finally:
        admin.call("res.users", "write", [user], vals={"active": False})
