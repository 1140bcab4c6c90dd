"""From the hint after log-in to a received test mail, as somebody with a Gmail address.

A second Odoo runs on the same database, whose preset for Gmail leads to a mail server
on this machine; nothing else about it is different.
"""

import json
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.kit import PAGE_LIMIT, Inbox
from tools.settings import HOST, ROOT, free_ports

ADDRESS, APP_PASSWORD = "mint.demo@gmail.com", "abcd efgh ijkl mnop"
START_LIMIT = 60  # seconds
PARAMETER = "mail_user_smtp.extra_ports"
ODOO = """
import sys
from dataclasses import replace
import odoo.init
import odoo.http
from odoo.tools import config
port = int(sys.argv.pop(1))
config.parse_config(sys.argv[2:], setup_logging=False)
from odoo.addons.mail_user_smtp.tools.providers import PRESETS
PRESETS["gmail"] = replace(PRESETS["gmail"], host="localhost", port=port)
from odoo.cli.command import main
main()
"""
# counts what a person does: presses, and fields that they type into
COUNTER = """
window.presses = 0;
window.typed = new Set();
addEventListener("click", (e) => (window.presses += e.isTrusted), true);
addEventListener("input", (e) => window.typed.add(e.target), true);
"""


@pytest.fixture
def gmail(tmp_path):
    """A mail server that knows one Gmail user: its SMTP port, inbox and authority."""
    smtp, smtps, http = free_ports(3)
    users = tmp_path / "users.json"
    users.write_text(json.dumps({ADDRESS: "".join(APP_PASSWORD.split())}))
    options = {
        "--state": tmp_path,
        "--users": users,
        "--smtp-port": smtp,
        "--smtps-port": smtps,
        "--inbox-port": http,
    }
    words = [str(word) for pair in options.items() for word in pair]
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.mailserver", *words], cwd=ROOT
    )
    url = f"http://{HOST}:{http}"
    answers(f"{url}/readyz", process)
    yield smtp, Inbox(url), tmp_path / "certificates" / "ca-bundle.pem"
    end(process)


@pytest.fixture
def odoo_with_gmail(stack, settings, gmail, tmp_path):
    """A second Odoo: its address."""
    smtp_port, _inbox, authority = gmail
    (port,) = free_ports(1)
    with open(tmp_path / "odoo.log", "wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", ODOO, str(smtp_port), "server"),
                *(f"--database={settings.database}", f"--http-port={port}"),
                *("--max-cron-threads=0", "--no-database-list"),
            ],
            cwd=ROOT,
            env={**stack.environment, "SSL_CERT_FILE": str(authority)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://{HOST}:{port}"
    answers(f"{url}/web/login", process)
    yield url
    end(process)


@pytest.fixture
def mint(json2, gmail):
    """A new colleague, and the port of her mail server allowed."""
    admin = json2.user("admin")
    domain = [("key", "=", PARAMETER)]
    (parameter,) = admin.call(
        "ir.config_parameter", "search_read", domain=domain, fields=["value"]
    )
    allowed = {"value": f"{parameter['value']},{gmail[0]}"}
    admin.call("ir.config_parameter", "write", [parameter["id"]], vals=allowed)
    values = {"name": "Mint", "login": ADDRESS, "password": "demo"}
    (user,) = admin.call("res.users", "create", vals_list=[values])
    yield user
    admin.call("res.users", "unlink", [user])
    before = {"value": parameter["value"]}
    admin.call("ir.config_parameter", "write", [parameter["id"]], vals=before)


def answers(url, process):
    deadline = time.monotonic() + START_LIMIT
    while True:
        try:
            with urllib.request.urlopen(url, timeout=20):
                return
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, url
            time.sleep(0.2)


def end(process):
    process.terminate()
    process.wait(20)


@pytest.mark.parametrize("width", [1280, 390])
def test_from_the_hint_to_a_received_mail(browser, odoo_with_gmail, gmail, mint, width):
    phone = width < 600
    context = browser.new_context(
        viewport={"width": width, "height": 800}, is_mobile=phone, has_touch=phone
    )
    context.set_default_timeout(PAGE_LIMIT)
    page = context.new_page()
    page.goto(f"{odoo_with_gmail}/web/login")
    page.fill("input[name=login]", ADDRESS)
    page.fill("input[name=password]", "demo")
    first_page = []  # held back: it would close a dialog that was opened before
    page.route("**/web/action/load", lambda route: first_page.append(route))
    with page.expect_request("**/web/action/load"):
        page.click("button[type=submit]")
    hint = page.locator(".o_mailbox_hint")
    expect(page.locator(".o_navbar")).to_be_visible()
    expect(hint).to_be_hidden()
    first_page[0].continue_()
    page.unroute("**/web/action/load")
    expect(hint).to_contain_text("are sent from your address", timeout=PAGE_LIMIT)

    page.evaluate(COUNTER)
    hint.get_by_role("button", name="Open my mailbox").click()
    dialog = page.locator(".modal")
    expect(dialog.locator("[name=smtp_email] input")).to_have_value(ADDRESS)
    expect(dialog.locator("[name=smtp_preset] input")).to_have_value(
        "Gmail or Google Workspace"
    )
    password = dialog.locator("[name=smtp_password] input:visible")
    password.click()
    password.fill(APP_PASSWORD)
    dialog.get_by_role("button", name="Send me a test mail").click()

    message = gmail[1].wait_for("Your mailbox works")
    assert message["Username"] == message["From"]["Address"] == ADDRESS
    assert message["To"][0]["Address"] == ADDRESS
    expect(page.locator("[name=smtp_state]:visible")).to_have_text("Works")
    assert page.evaluate("window.presses") <= 4
    assert page.evaluate("window.typed.size") == 1
    page.reload()
    page.locator(".o_main_navbar").wait_for()
    expect(hint).to_have_count(0)
    context.close()
