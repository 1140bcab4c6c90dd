"""Fixtures for what needs the whole running system; ``./run test system`` starts it and
says where it is in the environment."""

import json
from types import SimpleNamespace
from xmlrpc.client import ServerProxy

import pytest
from playwright.sync_api import expect

from tests.kit import Inbox, browser_page, chromium
from tools.keys import mailbox_passwords
from tools.main_job import Client
from tools.settings import Settings
from tools.stack import MAIL_USERS, Stack

PASSWORD = "demo"
# the example addons: their tests run inside Odoo, on a database of their own
collect_ignore = ["addons"]
# milliseconds; a document is printed, a mail delivered meanwhile, on a busy machine
expect.set_options(timeout=30_000)


def pytest_runtest_logreport(report):
    """A test that skips itself hides something: here it fails the run."""
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped: {report.longrepr}"


@pytest.fixture(scope="session")
def settings():
    """Where the running system is."""
    return Settings.from_environment()


@pytest.fixture(scope="session")
def stack(settings):
    """The running system's environment, to start further processes against it."""
    stack = Stack(settings)
    stack.cluster.start()
    return stack


@pytest.fixture(scope="session")
def mail_passwords(settings):
    """``{login: password}`` of the local mail server."""
    return mailbox_passwords(settings.state, MAIL_USERS)[0]


@pytest.fixture
def inbox(settings):
    """The inbox, emptied."""
    inbox = Inbox(settings.inbox_url)
    inbox.clear()
    return inbox


@pytest.fixture(scope="session")
def json2(settings):
    """A JSON-2 client for each demo user, by login."""
    keys = json.loads((settings.state / "demo-api-keys.json").read_text())
    return SimpleNamespace(
        user=lambda login: Client(settings.odoo_url, keys[f"{login}@bmasiamusic.com"]),
        key=lambda login: keys[f"{login}@bmasiamusic.com"],
    )


@pytest.fixture(scope="session", autouse=True)
def reminded(json2):
    """The day's e-mails to the team leave now, not in the midst of a test."""
    admin = json2.user("admin")
    for method in ("_cron_draft(", "_cron_digest(", "process_email_queue("):
        cron = admin.call("ir.cron", "search", domain=[("code", "like", method)])
        admin.call("ir.cron", "method_direct_trigger", cron)
    waiting = [("state", "=", "outgoing")]
    assert not admin.call("mail.mail", "search_count", domain=waiting)


@pytest.fixture(scope="session")
def xmlrpc(settings):
    """Call a model over XML-RPC: ``xmlrpc(login, key)(model, method, ...)``."""

    def connect(login, key):
        common = ServerProxy(f"{settings.odoo_url}/xmlrpc/2/common")
        uid = common.authenticate(settings.database, login, key, {})
        models = ServerProxy(f"{settings.odoo_url}/xmlrpc/2/object")

        def call(model, method, *arguments, **keywords):
            return models.execute_kw(
                settings.database, uid, key, model, method, list(arguments), keywords
            )

        return call

    return connect


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the session."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page_of(browser, settings):
    """A page of a logged-in user: ``page_of("nikki.h", width=390)``."""
    contexts = []

    def open_page(login, width=1280, height=800):
        page = browser_page(browser, settings, login, PASSWORD, width, height)
        contexts.append(page.context)
        return page

    yield open_page
    for context in contexts:
        context.close()
