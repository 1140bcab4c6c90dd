"""The pictures of the guide to the first hour: of a new database, made for them."""

from collections.abc import Iterator
from typing import Any

from tests.kit import PAGE_LIMIT
from tools.settings import Settings
from tools.stack import Stack

ASSETS_LIMIT = 4 * PAGE_LIMIT  # who comes first waits for them to be compiled
MODULES = ("bmasia_crm", "bmasia_portal", "bmasia_rest")
PASSWORD = "only-for-the-pictures"
COMPANY = {
    "legal_name": "Siam Sound Co., Ltd.",
    "street": "1 Sukhumvit Road",
    "city": "Bangkok",
    "zip": "10110",
    "vat": "0105561000001",
    "email": "office@siamsound.example.com",
}


def first_hour_pictures(
    browser: Any, settings: Settings
) -> Iterator[tuple[str, bytes]]:
    """What somebody sees who has just run ``--init``.

    :param browser: of :func:`tests.kit.chromium`
    :param tools.settings.Settings settings: of the running system
    :returns: names and PNG files
    """
    stack = Stack(settings.apart("pictures"), durable=False)
    stack.prepare_folder()
    try:
        stack.cluster.start()
        stack.write_configuration()
        stack.drop_database()
        password = stack.state / "admin-password"
        password.write_text(PASSWORD)
        stack.install(MODULES, ADMIN_PASSWORD_FILE=str(password))
        stack.start_odoo()
        yield from _pictures(browser, stack.settings)
    finally:
        stack.stop()


def _pictures(browser: Any, settings: Settings) -> Iterator[tuple[str, bytes]]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PAGE_LIMIT)
    page.goto(f"{settings.odoo_url}/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("[data-step]", timeout=ASSETS_LIMIT)
    if (hint := page.locator(".o_notification_close")).count():
        hint.first.click()
    page.click("[data-step=entity] button")
    page.wait_for_selector(".modal [name=street] input")
    for name, text in COMPANY.items():
        page.fill(f".modal [name={name}] input", text)
    country = page.locator(".modal [name=country_id] input")
    country.fill("Thailand")
    page.locator(".o-autocomplete--dropdown-item", has_text="Thailand").click()
    page.wait_for_function(
        "document.querySelector('.modal [name=currency_id] input').value === 'THB'"
    )
    yield "first-hour-company", page.locator(".modal-content").screenshot()
    page.click(".modal footer .btn-primary")
    page.wait_for_selector("[data-step=entity][data-done]")
    yield "first-hour", page.screenshot()
    page.close()
