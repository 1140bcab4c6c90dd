"""On a phone: the web client can be put on the home screen."""

import json
import re
import urllib.request

from playwright.sync_api import expect

PHONE = (390, 844)


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
