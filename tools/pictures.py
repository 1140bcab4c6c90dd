"""``./run pictures``: the pictures of the documentation, from the running demo."""

import io
import json
import os
import subprocess
import sys
import tempfile
from base64 import b64decode
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser

from tests.kit import Inbox, browser_page, chromium
from tools.errors import SetupError
from tools.main_job import Client
from tools.pictures_chain import chain_pictures
from tools.pictures_contracts import contract_pictures
from tools.pictures_finance import finance_pictures
from tools.pictures_first_hour import first_hour_pictures
from tools.pictures_guides import Guides
from tools.progress import step
from tools.settings import ROOT, Settings
from tools.stack import Stack

PICTURES = ROOT / "docs" / "pictures"
GALLERY = ROOT / "docs" / "gallery"
GALLERY_PAGES = {"contract": 2}  # beside each first page
GALLERY_DPI, GALLERY_COLOURS = 64, 32
FINANCE_COLOURS = 48
COLOURS = 128  # a screenshot has few; a third of the bytes
PAGE_DPI = 80
NIKKI = "nikki.h@bmasiamusic.com"
POM = "pom@bmasiamusic.com"
NORBERT = "norbert@bmasiamusic.com"  # may send every kind of document
DOCUMENTS: dict[str, tuple[str, list[Any]]] = {
    "quote": ("bmasia.quote", [("customer_id.name", "ilike", "hilton pattaya")]),
    "contract": ("bmasia.contract", [("name", "=", "C-2025-1006-001")]),
    "invoice": (
        "bmasia.invoice",
        [("kind", "=", "invoice"), ("state", "=", "issued"), ("amount_tax", ">", 0)],
    ),
}


def take_pictures(settings: Settings) -> int:
    """Take every picture again.

    :param tools.settings.Settings settings: of the running system
    :returns: 0
    :raises SetupError: the demo does not run
    """
    stack = Stack(settings)
    if not stack.api_keys_file.exists():
        raise SetupError("the demo is not set up", "Start it with: ./run")
    PICTURES.mkdir(parents=True, exist_ok=True)
    keys = json.loads(stack.api_keys_file.read_text())
    with chromium() as browser:
        with step("My Day and dashboard"):
            _first_screen(browser, settings)
        with step("Send wizard"):
            _wizard(browser, settings, keys)
        with step("Inbox"):
            _inbox(browser, settings, keys)
        with step("Own mailbox"):
            _mailbox(browser, settings)
        with step("First hour, on a new database"):
            for name, png in first_hour_pictures(browser, settings):
                _save(name, png)
        with step("Guide for Finance"):
            pom = Client(settings.odoo_url, keys[POM])
            for name, png in finance_pictures(browser, settings, pom):
                _save(name, png, colours=FINANCE_COLOURS)
        norbert = Client(settings.odoo_url, keys[NORBERT])
        with step("Guides of the roles"):
            for name, png in Guides(browser, settings, norbert).pictures():
                _save(name, png, colours=FINANCE_COLOURS)
        with step("Guide to chains"):
            for name, png in chain_pictures(browser, settings, norbert):
                _save(name, png, colours=FINANCE_COLOURS)
        with step("Guide for contracts"):
            for name, png in contract_pictures(browser, settings, norbert):
                _save(name, png, colours=FINANCE_COLOURS)
    for name, (model, domain) in DOCUMENTS.items():
        with step(f"Document: {name}"):
            _document(Client(settings.odoo_url, keys[NORBERT]), name, model, domain)
    with step("Gallery of documents"):
        _gallery(stack)
    return 0


def _gallery(stack: Stack) -> None:
    GALLERY.mkdir(exist_ok=True)
    stack.cluster.start()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "tools.gallery_job", folder],
            cwd=ROOT,
            env={**os.environ, **stack.environment},
            check=True,
        )
        for file in sorted(Path(folder).glob("*.pdf")):
            for page in range(1, GALLERY_PAGES.get(file.stem, 1) + 1):
                name = file.stem if page == 1 else f"{file.stem}-{page}"
                png = _page(file.read_bytes(), GALLERY_DPI, page)
                _save(name, png, GALLERY, GALLERY_COLOURS)


def _page(pdf: bytes, dpi: int, page: int = 1) -> bytes:
    command = [
        "pdftoppm",
        "-png",
        "-r",
        str(dpi),
        "-f",
        str(page),
        "-l",
        str(page),
        "-",
    ]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


def _save(
    name: str, png: bytes, folder: Path = PICTURES, colours: int = COLOURS
) -> None:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(colours).save(folder / f"{name}.png", optimize=True)


def _hilton_quote(settings: Settings, keys: dict[str, str]) -> int:
    client = Client(settings.odoo_url, keys[NIKKI])
    model, domain = DOCUMENTS["quote"]
    return client.call(model, "search", domain=domain, order="id", limit=1)[0]


def _first_screen(browser: Browser, settings: Settings) -> None:
    page = browser_page(browser, settings, "norbert", "demo", height=900)
    page.goto(f"{settings.odoo_url}/odoo/my-day")
    page.wait_for_selector(".o_day_line")
    page.wait_for_timeout(500)
    _save("my-day", page.screenshot())
    page.goto(f"{settings.odoo_url}/odoo/bmasia-dashboard")
    page.wait_for_selector(".o_bmasia_dashboard canvas")
    page.wait_for_timeout(500)
    _save("dashboard", page.screenshot())


def _wizard(browser: Browser, settings: Settings, keys: dict[str, str]) -> None:
    page = browser_page(browser, settings, "nikki.h", "demo", height=900)
    quote = _hilton_quote(settings, keys)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-quotes/{quote}")
    page.click("button[name=action_send]")
    page.wait_for_selector(".modal .o_field_pdf_viewer iframe")
    # the viewer draws the page after it has loaded it
    page.frame_locator(".modal iframe").last.locator(".textLayer").first.wait_for()
    page.wait_for_timeout(500)
    _save("wizard", page.screenshot())


def _inbox(browser: Browser, settings: Settings, keys: dict[str, str]) -> None:
    client = Client(settings.odoo_url, keys[NIKKI])
    answer = client.call(
        "bmasia.quote",
        "send_email",
        [_hilton_quote(settings, keys)],
        send_again=True,
    )
    message = Inbox(settings.inbox_url).wait_for(answer["number"])
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{settings.inbox_url}/#{message['ID']}")
    page.wait_for_selector("dd.login")
    page.wait_for_timeout(500)
    _save("inbox", page.screenshot())


def _mailbox(browser: Browser, settings: Settings) -> None:
    page = browser_page(browser, settings, "nikki.h", "demo")
    page.click(".o_user_menu button")
    page.click("[data-menu=preferences]")
    page.get_by_role("tab", name="My Mailbox").click()
    page.wait_for_timeout(500)
    _save("mailbox", page.screenshot())


def _document(client: Client, name: str, model: str, domain: list[Any]) -> None:
    ids = client.call(model, "search", domain=domain, order="id", limit=1)
    client.call(model, "send_email", ids, send_again=True)
    archive = client.call(model, "read", ids, fields=["archive_ids"])[0]["archive_ids"]
    files = client.call("ir.attachment", "read", [max(archive)], fields=["datas"])
    _save(name, _page(b64decode(files[0]["datas"]), PAGE_DPI))
