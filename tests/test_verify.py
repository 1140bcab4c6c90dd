"""Whoever has a file asks whether it is ours: in the browser, and by the command."""

import subprocess
import sys
from base64 import b64decode

import pytest
from playwright.sync_api import expect

from tests.kit import PAGE_LIMIT
from tools.settings import ROOT

WIDTHS = {"laptop": (1280, 800), "phone": (390, 844)}
WORDS = {
    "en-US": ("Is this file ours?", "This file is ours", "We do not know this file"),
    "th-TH": ("ไฟล์นี้เป็นของเราหรือไม่", "ไฟล์นี้เป็นของเรา", "เราไม่รู้จักไฟล์นี้"),
}


@pytest.fixture(scope="module")
def files(json2, tmp_path_factory):
    """A quote as it was sent, and the same with one byte changed."""
    nikki = json2.user("nikki.h")
    domain = [("state", "=", "sent"), ("archive_ids", "!=", False)]
    [quote] = nikki.call(
        "bmasia.quote", "search", domain=domain, order="id", limit=1
    ) or [None]
    if not quote:
        [quote] = nikki.call(
            "bmasia.quote", "search", domain=[("state", "=", "draft")], limit=1
        )
        nikki.call("bmasia.quote", "send_email", [quote])
    record = nikki.call("bmasia.quote", "read", [quote], fields=["name", "archive_ids"])
    archived = nikki.call(
        "ir.attachment", "read", record[0]["archive_ids"][-1:], fields=["datas"]
    )
    content = bytearray(b64decode(archived[0]["datas"]))
    folder = tmp_path_factory.mktemp("verify")
    kept, changed = folder / "kept.pdf", folder / "changed.pdf"
    kept.write_bytes(content)
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    return record[0]["name"], kept, changed


@pytest.fixture
def visitor(browser, settings):
    """Opens the page for somebody without a login and without JavaScript."""
    contexts = []

    def visit(language="en-US", size=WIDTHS["laptop"]):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            is_mobile=size[0] < 600,
            locale=language,
            java_script_enabled=False,
        )
        contexts.append(context)
        context.set_default_timeout(PAGE_LIMIT)
        page = context.new_page()
        page.goto(f"{settings.odoo_url}/verify")
        return page

    yield visit
    for context in contexts:
        context.close()


def ask(page, path):
    page.set_input_files("input[type=file]", path)
    page.click("button[type=submit]")
    page.wait_for_selector("[role=status]")


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("language", WORDS)
def test_a_visitor_asks_in_the_browser(visitor, files, settings, language, size):
    number, kept, changed = files
    title, ours, unknown = WORDS[language]
    page = visitor(language, size)
    expect(page.locator("h1")).to_contain_text(title)
    folder = settings.state / "verify"
    folder.mkdir(exist_ok=True)
    for name, path, words in (("kept", kept, ours), ("changed", changed, unknown)):
        ask(page, path)
        expect(page.locator("[role=status] h2")).to_contain_text(words)
        shown = page.locator("[role=status]").inner_text()
        assert (number in shown) is (path == kept)
        assert page.locator("html").get_attribute("lang") == language
        picture = folder / f"{name}-{language}-{size[0]}.png"
        page.screenshot(path=picture, full_page=True)
    box = page.locator("body").bounding_box()
    assert box["width"] <= size[0]


def test_a_visitor_changes_the_language(visitor):
    page = visitor()
    page.click("nav a")
    expect(page.locator("h1")).to_contain_text(WORDS["th-TH"][0])


def test_the_command_says_the_same(stack, settings, files):
    number, kept, changed = files

    def verify(*paths):
        return subprocess.run(
            [
                *(sys.executable, "-m", "odoo", "document", "-d", settings.database),
                *("verify", *map(str, paths)),
            ],
            cwd=ROOT,
            env=stack.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    done = verify(kept)
    assert done.returncode == 0, done.stderr
    assert f"{kept}: This file is ours" in done.stdout
    assert number in done.stdout
    both = verify(kept, changed)
    assert both.returncode == 1
    assert f"{changed}: We do not know this file" in both.stdout
