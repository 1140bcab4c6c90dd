"""A new kind of document is one folder: small, named nowhere else, and works at once in
the browser, in the mail, behind its link and over REST."""

import io
import json
import re
import subprocess
import sys
import urllib.request
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.kit import browser_page, wait_for
from tests.test_architecture import ADDONS, code_files
from tools.main_job import Client
from tools.settings import EXAMPLES, HOST, ROOT, free_ports
from tools.stack import Stack

FOLDER = EXAMPLES / "delivery_note"
LARGEST = 150  # lines of Python and XML
NAMES = re.compile(r"delivery[._-]note(?!_hold)", re.I)
LIMIT = 600  # seconds for one process on a busy machine
GOODS = "2 players"
LOGIN = "nikki.h"
ADDRESS = f"{LOGIN}@bmasiamusic.com"
NUMBER = re.compile(r"^\s*(\S*DN\S*\d{3})\s*$")
WIDTHS = {"laptop": (1366, 768), "phone": (390, 844)}


def own_files():
    """What the new kind is made of, apart from its tests and rights."""
    files = [path for path in FOLDER.rglob("*") if path.suffix in (".py", ".xml")]
    return [path for path in files if FOLDER / "tests" not in path.parents]


def test_it_is_small():
    lines = sum(len(path.read_text().splitlines()) for path in own_files())
    assert 50 < lines <= LARGEST


def test_nothing_outside_its_folder_names_it():
    places = [path for name in ADDONS for path in code_files(name)]
    places += [ROOT / "run", *(ROOT / "tools").rglob("*.py")]
    places += [path for path in (ROOT / "config").rglob("*") if path.is_file()]
    own = [path for path in places if "node_modules" not in path.parts]
    assert len(own) > 300
    found = [str(path) for path in own if NAMES.search(path.read_text(errors="ignore"))]
    assert found == []


def test_it_stands_on_the_generic_addon_alone():
    manifest = (FOLDER / "__manifest__.py").read_text()
    assert '"depends": ["document_flow"],' in manifest


class Copy:
    """A copy of the running system's database, with the example and a server."""

    def __init__(self, stack, folder):
        ports = replace(stack.settings, odoo_port=free_ports(1)[0])
        name = f"{ports.database}_example"
        self.settings = replace(ports, database=name, extra_addons=(EXAMPLES,))
        self.stack = Stack(self.settings)
        self.stack.cluster.start()
        self.dump = folder / "running.zip"
        self.log = folder / "odoo.log"
        self.process = None

    def make(self, source):
        self.odoo("db", "dump", source, str(self.dump))
        self.odoo("db", "load", "--force", self.settings.database, str(self.dump))
        self.stack._install_extra_addons()  # as EXTRA_ADDONS has it

    def serve(self):
        port = f"--http-port={self.settings.odoo_port}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "odoo", "server", *self.options(), port],
                cwd=ROOT,
                env=self.stack.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for(self.answers, LIMIT)

    def compile_assets(self):
        """Now, not while a page waits for them."""
        code = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"
        done = subprocess.run(
            [sys.executable, "-m", "odoo", "shell", *self.options(), "--no-http"],
            cwd=ROOT,
            env=self.stack.environment,
            input=code,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]

    def options(self):
        name = self.settings.database
        return (f"--database={name}", f"--db-filter=^{name}$", "--max-cron-threads=0")

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            return self.open("/web/login").status == 200
        except OSError:
            return False

    def odoo(self, *words):
        done = subprocess.run(
            [sys.executable, "-m", "odoo", *words],
            cwd=ROOT,
            env=self.stack.environment,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert " ERROR " not in done.stderr and " WARNING " not in done.stderr, (
            done.stderr
        )

    def open(self, address, key=None, body=None):
        """Ask the server, with an API key or as a stranger."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        data = None if body is None else json.dumps(body).encode()
        if data:
            headers["Content-Type"] = "application/json"
        url = f"http://{HOST}:{self.settings.odoo_port}{address}"
        asked = urllib.request.Request(url, data=data, headers=headers)
        return urllib.request.urlopen(asked, timeout=120)

    def rest(self, address, key, body=None):
        return json.load(self.open(f"/api/v1/{address}", key, body))

    def end(self):
        if self.process:
            self.process.terminate()
            self.process.wait(30)
        self.stack.drop_database()


@pytest.fixture(scope="module")
def copy(stack, tmp_path_factory):
    copy = Copy(stack, tmp_path_factory.mktemp("example"))
    try:
        copy.make(stack.settings.database)
        copy.compile_assets()
        copy.serve()
        yield copy
    finally:
        copy.end()


@pytest.fixture(params=sorted(WIDTHS))
def page(request, browser, copy):
    page = browser_page(browser, copy.settings, LOGIN, "demo", *WIDTHS[request.param])
    page.goto(f"{copy.settings.odoo_url}/odoo/action-delivery_note.action")
    yield page
    page.context.close()


def write_note(page, copy, json2):
    """A new delivery note, on the page."""
    page.goto(f"{copy.settings.odoo_url}/odoo/action-delivery_note.action/new")
    page.locator("[name=partner_id] input").fill(contact(copy, json2)["display_name"])
    page.locator(".o-autocomplete--dropdown-item").first.click()
    page.locator("[name=goods] textarea").fill(GOODS)


def make_note(copy, json2):
    """The id of a new delivery note."""
    values = {"partner_id": contact(copy, json2)["id"], "goods": GOODS}
    return client(copy, json2).call("delivery.note", "create", vals_list=[values])[0]


def contact(copy, json2):
    """Somebody at the demo's first customer."""
    domain = [("parent_id.name", "ilike", "Hilton Pattaya"), ("email", "!=", False)]
    options = {"domain": domain, "fields": ["display_name"], "limit": 1}
    return client(copy, json2).call("res.partner", "search_read", **options)[0]


def client(copy, json2):
    return Client(copy.settings.odoo_url, json2.key(LOGIN))


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_one_is_written_sent_and_opened_by_its_link(page, copy, inbox, json2):
    if page.viewport_size["width"] == WIDTHS["laptop"][0]:
        write_note(page, copy, json2)
    else:  # people write at a desk, and send on the way
        note = make_note(copy, json2)
        page.goto(f"{copy.settings.odoo_url}/odoo/action-delivery_note.action/{note}")
    page.locator("button[name=action_send]:visible").click()
    wizard = page.locator(".modal")
    expect(wizard.locator("[name=sender_line]:visible")).to_contain_text(ADDRESS)
    wizard.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".o_notification")).to_contain_text("was sent")
    title = page.locator(".o_form_view h1")
    expect(title).to_have_text(NUMBER)
    number = NUMBER.match(title.inner_text())[1]

    message = inbox.wait_for(f"Delivery note {number}")
    assert message["From"]["Address"] == ADDRESS
    (attached,) = message["Attachments"]
    assert attached["FileName"].startswith(number)
    mailed = inbox.attachment(message)
    for words in ("Delivery note", number, GOODS):
        assert words in text_of(mailed)

    note = int(re.search(r"/(\d+)(?:\?|$)", page.url)[1])
    link = client(copy, json2).call("delivery.note", "get_portal_url", [note])
    path = urlsplit(link).path
    assert number in copy.open(path).read().decode()
    assert copy.open(f"{path}/pdf").read() == mailed


def test_it_has_its_address_in_the_rest_api(copy, inbox, json2):
    note = make_note(copy, json2)
    key, address = json2.key(LOGIN), f"delivery-notes/{note}"
    told = copy.rest(address, key)
    assert (told["state"], told["name"]) == ("draft", None)
    sent = copy.rest(f"{address}/send", key, {"recipients": ["ada@example.com"]})
    assert sent["status"] == "sent"
    message = inbox.wait_for(f"Delivery note {sent['number']}")
    assert message["To"][0]["Address"] == "ada@example.com"
    kept = copy.open(f"/api/v1/{address}/pdf", key).read()
    assert kept == inbox.attachment(message)
    listed = copy.rest(f"delivery-notes?name={sent['number']}", key)
    assert [row["id"] for row in listed["results"]] == [note]
    described = copy.rest("openapi.json", None)
    assert "/api/v1/delivery-notes/{key}/send/" in described["paths"]


def test_the_list_shows_it_with_its_states(page, copy, json2):
    make_note(copy, json2)
    page.goto(f"{copy.settings.odoo_url}/odoo/action-delivery_note.action")
    rows = page.locator(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)")
    expect(rows.first).to_contain_text("Hilton Pattaya")
    expect(rows.first).to_contain_text("Draft")
