"""Fixtures for what needs the whole running system; ``./run test system`` starts it and
says where it is in the environment."""

import json
import os
from contextlib import ExitStack
from types import SimpleNamespace
from xmlrpc.client import ServerProxy

import pytest
from playwright.sync_api import expect

from tests.customers import ADA, Customer
from tests.kit import Inbox, SignedIn, chromium
from tests.screens import Chessboard
from tools.keys import mailbox_passwords
from tools.lint import NODE, install_node_packages
from tools.main_job import Client
from tools.settings import Settings
from tools.stack import MAIL_USERS, Stack

PASSWORD = "demo"
# the example addons: their tests run inside Odoo, on a database of their own
collect_ignore = ["addons"]
# half an hour of broken machines, see there
if not os.environ.get("FAULT_SECONDS"):
    collect_ignore.append("test_faults.py")
# milliseconds; a document is printed, a mail delivered meanwhile, on a busy machine
expect.set_options(timeout=30_000)


def pytest_runtest_logreport(report):
    """A test that skips itself hides something: here it fails the run."""
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped: {report.longrepr}"


def pytest_collection_modifyitems(config, items):
    """Of a file that is named, all; of all files, what is looked at daily."""
    if any(".py" in each for each in config.args):
        return
    board, kept, left = Chessboard(), [], []
    for item in items:
        values = item.callspec.params if hasattr(item, "callspec") else {}
        test = item.nodeid.partition("[")[0]
        (kept if board.is_daily(test, values) else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


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
def axe(settings):
    """The text of axe-core, at the version that npm's lock file names."""
    install_node_packages(settings.state / "npm.log")
    return (NODE / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the session."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def signed_in(browser, settings):
    """The contexts of those who have signed in."""
    return SignedIn(browser, settings, PASSWORD)


@pytest.fixture
def page_of(signed_in):
    """A page of a logged-in user: ``page_of("nikki.h", width=390)``."""
    with ExitStack() as opened:
        yield lambda *args, **kwargs: opened.enter_context(
            signed_in.page(*args, **kwargs)
        )


@pytest.fixture
def customer_of(browser, settings, json2):
    """A customer at a size of window: ``customer_of(PHONE)``."""
    made = []

    def customer(size):
        made.append(Customer(browser, settings, json2.user("norbert"), size))
        return made[-1]

    yield customer
    for each in made:
        each.close()
        assert each.errors == [], "a script or a policy was broken"


@pytest.fixture
def offered(customer_of):
    """A customer with one contact, whose quote of Nikki's is open in the browser."""

    def offer(size, lang="en_US", more=()):
        customer = customer_of(size)
        customer.contact("Ada", ADA, lang=lang)
        quote = customer.document("bmasia.quote", lang, more)
        customer.of_nikki("bmasia.quote", quote)
        customer.page.goto(customer.link("bmasia.quote", quote))
        return customer, quote, customer.read("bmasia.quote", quote, "name")

    return offer
