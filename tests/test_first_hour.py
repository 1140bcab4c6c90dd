"""The first hour of a company, as the guide has it: ``--init``, the server, the login
page, and from there on what the checklist says, up to the first quote in the customer's
inbox. Clicks, fields and time are counted."""

import base64
import os
import re
import resource
import subprocess
import sys
import time
from html import unescape
from types import SimpleNamespace
from xmlrpc.client import ServerProxy

import pytest
from playwright.sync_api import expect

from tests.kit import PAGE_LIMIT, Inbox
from tools.settings import ROOT, Settings
from tools.stack import Stack

CLICKS, SECONDS = 30, 600
# What a person takes who has not seen it before: to find a button, to type a field.
A_CLICK, A_FIELD = 4, 6  # seconds
INIT_LIMIT = 600  # seconds; an idle 2-core machine needs 110
ASSETS_LIMIT = 120_000  # milliseconds; an idle machine needs 10 seconds
SENDER = "norbert@bmasiamusic.com"
COLLEAGUE = "malee@bmasiamusic.com"
CUSTOMER = "somchai@hilton.example.com"
LOGO = ROOT / "tools" / "demo" / "logo.png"
PASSWORD = "a-new-pass-for-the-crm"


@pytest.fixture(scope="module")
def place():
    """An empty database, a key ring and a mail server: what the guide asks for."""
    settings = Settings.from_environment().apart("first_hour")
    stack = Stack(settings, durable=False)
    stack.prepare_folder()
    try:
        stack.cluster.start()
        stack.write_configuration()
        stack.start_mail_server()
        stack.drop_database()
        name = settings.database
        stack._psql("postgres", f'CREATE DATABASE "{name}" TEMPLATE template0')
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def installed(place):
    """``--init``, then the server: what it said and how long it took."""
    relay = f"relay%40bmasiamusic.com:{place.mail_passwords['relay@bmasiamusic.com']}"
    settings = {
        "ODOO_SECRET_KEYS_FILE": "",
        "ODOO_SECRET_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "ODOO_SMTP_RELAY": f"starttls://{relay}@localhost:{place.settings.smtp_port}",
    }
    environment = {**place.environment, **settings}
    command = [sys.executable, "-m", "tools.start"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*command, "--init"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=INIT_LIMIT,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    _let_mail_stay_here(place)
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    place.processes["odoo"] = server
    place.wait_until_up()
    yield SimpleNamespace(
        code=done.returncode,
        said=done.stdout,
        complained=done.stderr,
        # by the processor, for other tests run beside this one; PostgreSQL works, too
        seconds=2
        * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime),
    )


def _let_mail_stay_here(place):
    """A mailbox on this machine, which is refused elsewhere: providers are public."""
    for key, value in (
        ("mail_user_smtp.internal_hosts", "localhost"),
        ("mail_user_smtp.extra_ports", str(place.settings.smtp_port)),
    ):
        place._psql(
            place.settings.database,
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)",
            key,
            value,
        )


@pytest.fixture(scope="module")
def letters(place):
    return Inbox(place.settings.inbox_url)


class Newcomer:
    """Somebody at a page, whose clicks and fields are counted."""

    def __init__(self, page):
        self.page = page
        self.clicks = self.fields = 0

    def click(self, selector, **options):
        self.clicks += 1
        self.page.locator(selector, **options).first.click()

    def fill(self, selector, text):
        """Reached by Tab, or focused already."""
        self.fields += 1
        self.page.locator(selector).first.fill(text)

    def choose(self, selector, text):
        """Type into a field, take the first that is found."""
        self.fill(selector, text)
        found = self.page.locator(".o-autocomplete--dropdown-item", has_text=text)
        found.first.wait_for()
        self.page.keyboard.press("Enter")

    def open(self, step):
        self.click(f"[data-step={step}] button")

    def fill_in(self, step, **fields):
        """Open a step, type, save: the step is done then."""
        self.open(step)
        for name, text in fields.items():
            self.fill(f".modal [name={name}] input", text)
        self.save(step)

    def save(self, step):
        self.click(".modal footer .btn-primary")
        expect(self.page.locator(".modal")).to_have_count(0, timeout=PAGE_LIMIT)
        self.is_done(step)

    def is_done(self, step):
        done = self.page.locator(f"[data-step={step}][data-done]")
        expect(done).to_be_visible(timeout=PAGE_LIMIT)


@pytest.fixture(scope="module")
def page(browser, place, installed):
    context = browser.new_context(
        base_url=place.settings.odoo_url, viewport={"width": 1366, "height": 768}
    )
    context.set_default_timeout(PAGE_LIMIT)
    yield context.new_page()
    context.close()


def test_init_ends_with_what_to_do_next(installed, place):
    assert installed.code == 0, installed.complained
    for words in ("is installed", place.settings.odoo_url, "admin", "checklist"):
        assert words in installed.said
    assert "ERROR" not in installed.complained
    assert "docs/administrator.md" in installed.said


def first_password(installed):
    (password,) = re.findall(r"log in as admin, password (\S+) ", installed.said)
    return password


def test_first_password_is_made_and_shown_once(installed, place):
    assert len(first_password(installed)) >= 20
    assert first_password(installed) not in installed.complained
    for password, is_right in (
        ("admin", False),
        (first_password(installed), True),
    ):
        common = ServerProxy(f"{place.settings.odoo_url}/xmlrpc/2/common")
        user = common.authenticate(place.settings.database, "admin", password, {})
        assert bool(user) is is_right


def test_from_init_to_the_first_sent_quote(installed, place, page, letters):
    person, begun = Newcomer(page), time.monotonic()
    page.goto("/web/login")
    person.fill("input[name=login]", "admin")
    person.fill("input[name=password]", first_password(installed))
    person.click("button[type=submit]")
    # the assets of the web client are compiled for whoever comes first
    expect(page.locator("[data-step]")).to_have_count(11, timeout=ASSETS_LIMIT)
    _set_up_the_company(person)
    _invite(person, letters)
    _set_up_the_mailbox(person, place)
    _price(person)
    _add_a_customer(person)
    _send_a_quote(person)

    message = letters.wait_for("Quote Q-")
    assert [who["Address"] for who in message["To"]] == [CUSTOMER]
    assert message["Username"] == SENDER
    assert message["Attachments"]
    machine = installed.seconds + time.monotonic() - begun
    hand = person.clicks * A_CLICK + person.fields * A_FIELD
    print(  # noqa: T201 (the figures that this test is about)
        f"\nFirst hour: {person.clicks} clicks, {person.fields} fields; "
        f"{installed.seconds:.0f} s of --init, {machine:.0f} s of machine, "
        f"about {machine + hand:.0f} s for a newcomer"
    )
    assert person.clicks <= CLICKS
    assert machine + hand <= SECONDS


def _set_up_the_company(person):
    page = person.page
    person.open("entity")
    person.fill(".modal [name=legal_name] input", "Siam Sound Co., Ltd.")
    person.fill(".modal [name=street] input", "1 Sukhumvit Road")
    person.fill(".modal [name=city] input", "Bangkok")
    person.fill(".modal [name=zip] input", "10110")
    person.choose(".modal [name=country_id] input", "Thailand")
    expect(page.locator(".modal [name=currency_id] input")).to_have_value("THB")
    person.fill(".modal [name=vat] input", "0105561000001")
    person.fill(".modal [name=email] input", "info@bmasiamusic.com")
    person.save("entity")
    person.is_done("tax")  # 7 %, proposed with the country

    person.open("logo")
    page.locator(".modal [name=logo] input[type=file]").set_input_files(LOGO)
    person.fields += 1
    person.save("logo")
    person.fill_in("bank", acc_number="123-4-56789-0")
    person.fill_in("numbers", entity_code="TH")


def _invite(person, letters):
    person.fill_in("users", name="Malee", login=COLLEAGUE)
    message = letters.wait_for("invites you to connect")
    assert [who["Address"] for who in message["To"]] == [COLLEAGUE]


def _set_up_the_mailbox(person, place):
    page = person.page
    person.open("mailbox")
    person.fill(".modal [name=smtp_email] input", SENDER)
    person.fields += 1
    provider = page.locator(".modal [name=smtp_preset]")
    provider.locator("input, select").first.click()
    person.clicks += 1
    person.click(".o_select_menu_item", has_text="Another mail server")
    person.fill(".modal [name=smtp_password] input", place.mail_passwords[SENDER])
    person.fill(".modal [name=smtp_host] input", "localhost")
    person.fill(".modal [name=smtp_port] input", str(place.settings.smtp_port))
    person.click(".modal button:has-text('Test connection')")
    answer = page.locator(".modal .o_mailbox_answer")
    expect(answer).to_contain_text("Your mailbox works", timeout=PAGE_LIMIT)
    person.click(".modal .btn-close")
    person.is_done("mailbox")


def _price(person):
    page = person.page
    person.open("prices")
    person.click("tr:has-text('Soundtrack Your Brand') [name=list_price]")
    person.fill("tr.o_selected_row [name=list_price] input", "14000")
    page.keyboard.press("Enter")
    person.click(".breadcrumb-item a, .o_back_button")
    person.is_done("prices")


def _add_a_customer(person):
    person.open("company")
    person.fill(".modal [name=name] input", "Hilton Pattaya")
    person.click(".modal .o_field_x2many_list_row_add a")
    row = ".modal .o_selected_row"
    person.fill(f"{row} [name=name] input", "Somchai")
    person.fill(f"{row} [name=email] input", CUSTOMER)
    person.save("company")


def _send_a_quote(person):
    page = person.page
    person.open("quote")
    person.click(".o_field_x2many_list_row_add a")
    person.choose(".o_selected_row [name=product_id] input", "Soundtrack Your Brand")
    price = page.locator(".o_selected_row [name=unit_price] input")
    expect(price).to_have_value(re.compile("14,000"))
    person.click("button[name=action_send], button:has-text('Send')")
    modal = page.locator(".modal .o_document_send")
    expect(modal).to_be_visible(timeout=PAGE_LIMIT)
    # nothing embarrassing is left to warn of
    expect(page.locator(".modal .alert-warning:visible")).to_have_count(0)
    person.click(".modal footer button[name=action_send]")
    expect(modal).to_have_count(0, timeout=PAGE_LIMIT)


def test_a_colleague_follows_the_invitation(browser, place, letters):
    """To an account whose checklist is its own mailbox, and nothing else."""
    message = letters.wait_for("invites you to connect")
    assert "My Company" not in message["Subject"]
    link = re.search(r'href="([^"]*/web/signup[^"]*)"', unescape(message["HTML"]))[1]
    context = browser.new_context(base_url=place.settings.odoo_url)
    context.set_default_timeout(PAGE_LIMIT)
    page = context.new_page()
    page.goto(link)
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=confirm_password]", PASSWORD)
    page.click("form button[type=submit]")
    expect(page.locator("[data-step]")).to_have_count(1, timeout=ASSETS_LIMIT)
    expect(page.locator("[data-step=mailbox]")).to_be_visible()
    page.goto("/web/session/logout")
    page.goto("/web/login")
    page.fill("input[name=login]", COLLEAGUE)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("[data-step=mailbox]")).to_be_visible(timeout=ASSETS_LIMIT)
    context.close()


def test_nobody_makes_an_account_uninvited(browser, place, installed):
    page = browser.new_page(base_url=place.settings.odoo_url)
    page.goto("/web/login")
    assert page.locator("a[href*='/web/signup']").count() == 0
    assert page.goto("/web/signup").status == 404
    page.close()


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_the_checklist_fits(page, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto("/odoo")
    steps = page.locator("[data-step]")
    expect(steps).to_have_count(11)
    for step in steps.all():
        step.scroll_into_view_if_needed()
        box = step.bounding_box()
        assert box["height"] > 20
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]


def test_a_manager_hides_the_checklist_that_is_done(page):
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/odoo")
    page.get_by_role("button", name="Hide the checklist").click()
    expect(page.locator(".o_bmasia_checklist")).to_have_count(0)
    page.reload()
    expect(page.locator(".o_document_day")).to_be_visible()
    expect(page.locator(".o_bmasia_checklist")).to_have_count(0)
    expect(page.locator(".o_bmasia_checklist")).to_have_count(0)
