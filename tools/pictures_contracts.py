"""The pictures of the guide for contracts that change, as Norbert sees the demo."""

from collections.abc import Iterator
from datetime import date, timedelta

from playwright.sync_api import Browser, Page

from tests.kit import browser_page
from tools.main_job import Client
from tools.settings import Settings

NORBERT = "norbert"
WIDTH, HEIGHT = 1280, 640
ANNUAL = [
    ["state", "=", "active"],
    ["billing_frequency", "=", "annual"],
    ["currency_id.name", "=", "THB"],
    ["lang", "=", "en_US"],
    ["invoice_ids.state", "=", "issued"],
]
NOTE = "Two more zones."


def contract_pictures(
    browser: Browser, settings: Settings, client: Client
) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of each. Nothing is confirmed.

    :param browser: of :func:`tests.kit.chromium`
    :param tools.settings.Settings settings: of the running system
    :param tools.main_job.Client client: of Norbert
    """
    found = client.call("bmasia.contract", "search", domain=ANNUAL, order="id", limit=1)
    page = browser_page(browser, settings, NORBERT, "demo", width=WIDTH, height=HEIGHT)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-contracts/{found[0]}")
    page.click("button[name=action_ask_change]")
    yield "pause-or-end", _dialog(page)
    amendment = _amendment(client, found[0])
    page.goto(f"{settings.odoo_url}/odoo/bmasia-amendments/{amendment}")
    page.wait_for_selector(".o_field_x2many .o_data_row")
    yield "amendment", _shot(page)
    page.click(".nav-link[name=effects]")
    yield "amendment-effects", _shot(page)


def _shot(page: Page) -> bytes:
    page.wait_for_timeout(700)
    return page.screenshot()


def _dialog(page: Page) -> bytes:
    """An end in two weeks."""
    page.check(".modal input[data-value=end]")
    day = page.locator(".modal div[name=last_day] input")
    day.fill(f"{date.today() + timedelta(days=14):%m/%d/%Y}")
    day.press("Enter")
    page.fill(".modal div[name=reason] input", "The venue was sold")
    page.wait_for_selector(".modal .o_data_row")
    return _shot(page)


def _amendment(client: Client, contract: int) -> int:
    """The draft of an amendment; a second run finds the first one's."""
    model = "bmasia.amendment"
    known = [["contract_id", "=", contract], ["state", "=", "draft"]]
    ids: list[int] = client.call(model, "search", domain=known, limit=1)
    if not ids:
        line = {
            "name": "Music for two more zones",
            "location": "Rooftop bar",
            "quantity": 2,
            "unit_price": 14000,
        }
        values = {
            "contract_id": contract,
            "start_date": f"{date.today() + timedelta(days=14)}",
            "note": NOTE,
            "line_ids": [[0, 0, line]],
        }
        ids = client.call(model, "create", vals_list=[values])
    return ids[0]
