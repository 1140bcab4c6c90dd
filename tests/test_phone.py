"""On a phone: by touch to the sent quote; on the home screen."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.kit import quote_number, search

PHONE = (390, 844)
TAPS = 12  # at most, from the first screen to the delivery; typing is not counted


class Thumb:
    """Taps, counts its taps, and takes a picture after each.

    :param page: of a phone
    :param pathlib.Path folder: where the pictures go
    """

    def __init__(self, page, folder):
        self.page, self.folder, self.taps = page, folder, 0
        folder.mkdir(parents=True, exist_ok=True)

    def tap(self, what):
        """Tap the first of what is shown; scrolling to it is free."""
        what.first.tap()
        self.taps += 1
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE[0], f"wider than the screen after {self.taps} taps"
        self.page.screenshot(path=self.folder / f"{self.taps:02d}.png")


@pytest.fixture
def thumb(page_of, settings):
    return Thumb(page_of("nikki.h", *PHONE), settings.state / "phone")


def test_from_the_company_to_the_delivery_in_twelve_taps(inbox, thumb):
    page = thumb.page
    dialog = page.locator(".modal").last
    cards = page.locator(".o_kanban_record:visible")
    thumb.tap(page.locator(".o_menu_toggle"))
    menu = page.locator(".o_app_menu_sidebar")
    thumb.tap(menu.get_by_text("Companies", exact=True).last)
    expect(cards).not_to_have_count(0)
    thumb.tap(page.locator(".o_control_panel button:has(.fa-search)"))
    search(page, "Hilton Pat")
    expect(cards).to_have_count(1)
    thumb.tap(cards)
    thumb.tap(page.get_by_role("button", name="New quote"))
    thumb.tap(page.locator("[name=line_ids] .o-kanban-button-new"))
    thumb.tap(dialog.locator("[name=product_id] input"))
    choices = page.locator(".modal .o_kanban_record, .o-autocomplete--dropdown-item")
    thumb.tap(choices)
    expect(dialog.locator("[name=unit_price] input")).not_to_have_value("0.00")
    thumb.tap(dialog.get_by_role("button", name="Save & Close"))
    thumb.tap(page.locator("button[name=action_send]:visible"))
    expect(dialog.locator("[name=sender_line]:visible")).to_contain_text("verified")
    thumb.tap(dialog.get_by_role("button", name="Send", exact=True))
    expect(page.locator(".o_notification")).to_contain_text("was sent")
    thumb.tap(page.get_by_role("tab", name="E-mails"))
    expect(page.locator("[name=delivery_ids]:visible")).to_contain_text("Sent")
    assert thumb.taps <= TAPS

    number = quote_number(page)
    assert inbox.wait_for(number)["Username"] == "nikki.h@bmasiamusic.com"


def get(settings, path):
    with urllib.request.urlopen(f"{settings.odoo_url}{path}", timeout=20) as answer:
        return answer.headers.get_content_type(), answer.read().decode()


def test_the_web_client_can_be_put_on_the_home_screen(settings):
    kind, text = get(settings, "/web/manifest.webmanifest")
    manifest = json.loads(text)
    assert kind == "application/manifest+json"
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/odoo")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        with urllib.request.urlopen(settings.odoo_url + icon["src"]) as answer:
            assert answer.status == 200


def test_bmasia_alone_can_be_put_on_the_home_screen(settings):
    query = "app_id=bmasia_crm&app_name=BMAsia&path=scoped_app/bmasia-quotes"
    kind, page = get(settings, f"/scoped_app?{query}")
    assert kind == "text/html" and "BMAsia" in page
    address = re.search(r'href="(/web/manifest\.scoped[^"]+)"', page)[1]
    _kind, text = get(settings, address.replace("&amp;", "&"))
    manifest = json.loads(text)
    assert manifest["name"] == "BMAsia"
    assert manifest["start_url"] == "/scoped_app/bmasia-quotes"
    assert "bmasia_crm" in manifest["icons"][0]["src"]
    with urllib.request.urlopen(
        settings.odoo_url + manifest["icons"][0]["src"]
    ) as icon:
        assert icon.status == 200


def test_the_home_screens_address_opens_the_quotes(page_of, settings):
    page = page_of("nikki.h", *PHONE)
    page.goto(f"{settings.odoo_url}/scoped_app/bmasia-quotes")
    expect(page.locator(".o_kanban_record:visible").first).to_be_visible()
