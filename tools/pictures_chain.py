"""The pictures of the guide to chains, as the demo has them."""

from collections.abc import Iterator

from playwright.sync_api import Browser, Page

from tests.kit import browser_page
from tools.main_job import Client
from tools.settings import Settings

WIDTH, HEIGHT = 1280, 720
PERCENT = "3"


def chain_pictures(
    browser: Browser, settings: Settings, client: Client
) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of each.

    :param browser: of :func:`tests.kit.chromium`
    :param tools.settings.Settings settings: of the running system
    :param tools.main_job.Client client: of a manager
    """
    master = client.call(
        "bmasia.contract", "search", domain=[["category", "=", "master"]], limit=1
    )[0]
    page = browser_page(
        browser, settings, "norbert", "demo", width=WIDTH, height=HEIGHT
    )
    page.goto(f"{settings.odoo_url}/odoo/bmasia-to-invoice")
    page.wait_for_selector(".o_list_view, .o_view_nocontent")
    page.click(".o_facet_remove")  # what comes next month as well
    page.wait_for_selector(".o_data_row")
    yield "to-invoice", _shot(page)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-chains/{master}")
    page.get_by_role("tab", name="Chain").click()
    page.wait_for_selector("[name=participation_ids] .o_data_row")
    yield "chain", _shot(page)
    page.click("button[name=action_ask_chain]")
    page.fill(".modal [name=percent] input", PERCENT)
    page.keyboard.press("Tab")
    page.wait_for_selector(".modal [name=effect_ids] .o_data_row")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT + 200})
    yield "chain-dialog", _shot(page)


def _shot(page: Page) -> bytes:
    page.wait_for_timeout(500)
    # a form of a contract asks for more than half a second on a busy machine
    page.locator(".o_loading_indicator").wait_for(state="detached")
    return page.screenshot()
