"""What the system tests and the screenshots share: the inbox and the browser."""

import json
import re
import socket
import time
import urllib.request
from contextlib import contextmanager

from playwright.sync_api import expect, sync_playwright

from tools.settings import HOST

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGE_LIMIT = 30_000  # milliseconds; the first page after a start compiles the assets


def answers(port):
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


def wait_for(condition, limit):
    """Wait until a function returns something true.

    :param float limit: seconds
    :raises AssertionError: not in time
    """
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.1)


class Inbox:
    """The demo inbox, by the API that it shares with Mailpit.

    :param str url: of the inbox
    """

    def __init__(self, url):
        self.url = url

    def clear(self):
        """Delete every message."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/messages",
            data=b"{}",
            method="DELETE",
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20):
            pass

    def messages(self):
        """The list of messages, newest first."""
        return self._get("messages")["messages"]

    def wait_for(self, subject, limit=20, to=""):
        """The newest message whose subject holds a text, whole.

        :param str subject: the text
        :param int limit: seconds to wait
        :param str to: an address that it is for
        :raises AssertionError: it did not come
        """
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            for message in self.messages():
                known = [each["Address"] for each in message["To"]]
                if subject in message["Subject"] and (not to or to in known):
                    return self._get(f"message/{message['ID']}")
            time.sleep(0.2)
        subjects = [message["Subject"] for message in self.messages()]
        raise AssertionError(f"no message with {subject!r} in {subjects}")

    def attachment(self, message, number=0):
        """The bytes of a message's attachment."""
        part = message["Attachments"][number]["PartID"]
        return self._get(f"message/{message['ID']}/part/{part}", raw=True)

    def raw(self, message):
        """The message as it came over the wire."""
        return self._get(f"message/{message['ID']}/raw", raw=True)

    def _get(self, path, raw=False):
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", timeout=20) as answer:
            body = answer.read()
        return body if raw else json.loads(body)


@contextmanager
def chromium():
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS)
        )
        try:
            yield browser
        finally:
            browser.close()


def browser_page(browser, settings, login, password, width=1280, height=800):
    """A page of a user who has logged in through the login page.

    :param browser: of :func:`chromium`
    :param str login: without the domain
    :returns: the page, in a context of its own
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=width < 600,
        is_mobile=width < 600,
    )
    context.set_default_timeout(PAGE_LIMIT)
    page = context.new_page()
    page.goto(f"{settings.odoo_url}/web/login")
    page.fill("input[name=login]", f"{login}@bmasiamusic.com")
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar, .o_home_menu")
    return page


class SignedIn:
    """The browser contexts of people who have signed in once.

    A page of a context that has shown Odoo's web client before has its scripts in
    memory: it is there in a third of the time. Nothing but these and the session stays
    from page to page.

    :param browser: of :func:`chromium`
    """

    def __init__(self, browser, settings, password):
        self.browser, self.settings, self.password = browser, settings, password
        self.free = {}

    @contextmanager
    def page(self, login, width=1280, height=800):
        """A page of a user, at Odoo's first screen.

        :param str login: without the domain
        """
        shape = login, width < 600
        context, cookies = self.free.pop(shape, None) or (None, [])
        if context:
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": height})
            page.goto(f"{self.settings.odoo_url}/odoo")
            page.wait_for_selector(".o_main_navbar, .o_home_menu, .oe_login_form")
            if page.locator(".oe_login_form").count():  # a test has ended the session
                context.close()
                context = None
        if not context:
            page = browser_page(
                self.browser, self.settings, login, self.password, width, height
            )
            context = page.context
            cookies = context.cookies()
        is_open = [context]
        context.once("close", lambda _context: is_open.clear())
        try:
            yield page
        finally:
            if is_open and shape not in self.free:
                self._clean(context, cookies)
                self.free[shape] = context, cookies
            elif is_open:
                context.close()

    def _clean(self, context, cookies):
        """Close the pages, and forget what they kept."""
        blank = context.new_page()
        for page in context.pages:
            if page is not blank:
                page.close()
        context.clear_cookies()
        context.add_cookies(cookies)
        context.new_cdp_session(blank).send(
            "Storage.clearDataForOrigin",
            {
                "origin": self.settings.odoo_url,
                "storageTypes": "local_storage,indexeddb",
            },
        )
        blank.close()


def settle(item):
    """Wait until an item of a menu stands still: on a phone the menu slides in, and a
    click on the way scrolls it out again."""
    item.evaluate(
        """async (node) => {
            let [before, now] = [NaN, node.getBoundingClientRect().top];
            while (before !== now) {
                await new Promise((resolve) => setTimeout(resolve, 200));
                [before, now] = [now, node.getBoundingClientRect().top];
            }
        }"""
    )


def search(page, text):
    """Type into the search field of a list and press Enter once Odoo is ready for it:
    what Enter chooses from is there a moment later."""
    page.locator(".o_searchview_input").fill(text)
    expect(page.locator(".o_searchview_autocomplete")).to_contain_text(text)
    page.keyboard.press("Enter")


def quote_number(page):
    """The number that a form of a quote shows, as soon as it does: the notice that the
    quote was sent is there before the form is read again.

    :raises AssertionError: it shows none
    """
    title = page.locator(".o_form_view h1")
    expect(title).to_have_text(re.compile(r"^\s*Q-\d{4}-\d{4}-\d{3}\s*$"))
    return title.inner_text().strip()
