"""The pictures of the guides for sales, Finance and managers, as Nikki, Pom and Norbert
see the demo. Nothing is confirmed or sent."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.kit import browser_page
from tools.main_job import Client
from tools.settings import Settings

WIDTH, HEIGHT = 1280, 640
ONE = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
OPTIONAL = ["line_ids.is_optional", "=", True]
OFFER = [OPTIONAL, ["state", "=", "draft"]]
OFFERED = [OPTIONAL, ["state", "=", "sent"], ["archive_ids", "!=", False]]
SENT = [["state", "=", "sent"], ["archive_ids", "!=", False], ["lang", "=", "en_US"]]
DUE = [
    *(["state", "=", "issued"], ["kind", "=", "invoice"], ["amount_due", ">", 0]),
    *(["currency_id.name", "=", "THB"], ["lang", "=", "en_US"]),
    ["archive_ids", "!=", False],
]
DATED = [["item_ids.date_start", "!=", False]]


class Guides:
    """Takes the pictures of one demo.

    :param browser: of :func:`tests.kit.chromium`
    :param tools.settings.Settings settings: of the running system
    :param tools.main_job.Client client: of a manager
    """

    def __init__(self, browser: Browser, settings: Settings, client: Client) -> None:
        self.browser = browser
        self.settings = settings
        self.client = client

    def pictures(self) -> Iterator[tuple[str, bytes]]:
        """Name and PNG of each."""
        yield from self._sales(self._page("nikki.h"))
        yield "my-day-finance", self._day(self._page("pom"))
        yield from self._customer()
        yield from self._manager(self._page("norbert"))

    def _page(self, login: str) -> Page:
        return browser_page(
            self.browser, self.settings, login, "demo", width=WIDTH, height=HEIGHT
        )

    def _open(self, page: Page, address: str, ready: str) -> None:
        page.goto(f"{self.settings.odoo_url}/odoo/{address}")
        page.wait_for_selector(ready)

    def _first(self, model: str, domain: list[Any]) -> int:
        ids: list[int] = self.client.call(
            model, "search", domain=domain, order="id", limit=1
        )
        return ids[0]

    def _day(self, page: Page) -> bytes:
        self._open(page, "my-day", ".o_day_line")
        return _shot(page)

    def _sales(self, page: Page) -> Iterator[tuple[str, bytes]]:
        yield "my-day-sales", self._day(page)
        quote = self._first("bmasia.quote", OFFER)
        self._open(page, f"bmasia-quotes/{quote}", "[name=line_ids] .o_data_row")
        yield "quote-form", _shot(page)
        quote = self._first("bmasia.quote", OFFERED)
        self._open(page, f"bmasia-quotes/{quote}", "[name=line_ids] .o_data_row")
        page.get_by_role("button", name="Mark as accepted", exact=True).click()
        page.wait_for_selector(".modal .o_form_view")
        yield "accept-quote", _dialog(page)
        self._open(page, "bmasia-quotes", ONE)
        page.click(".o_switch_view.o_kanban")
        page.wait_for_selector(".o_kanban_group .o_kanban_record")
        yield "pipeline", _shot(page)
        self._open(page, "document-reminders", ONE)
        yield "follow-ups", _shot(page)

    def _customer(self) -> Iterator[tuple[str, bytes]]:
        """The pages of a quote, of one with options, and of an invoice, on a phone."""
        for name, model, domain in (
            ("customer-page", "bmasia.quote", SENT),
            ("customer-page-options", "bmasia.quote", OFFERED),
            ("customer-page-pay", "bmasia.invoice", DUE),
        ):
            first = [self._first(model, domain)]
            path = self.client.call(model, "get_portal_url", first)
            context = self.browser.new_context(
                viewport={"width": 390, "height": 844}, device_scale_factor=2
            )
            page = context.new_page()
            page.goto(self.settings.odoo_url + path)
            if domain is OFFERED:
                _choose(page)
            yield name, _shot(page)
            context.close()

    def _manager(self, page: Page) -> Iterator[tuple[str, bytes]]:
        self._open(page, "bmasia-renewal-book", ".o_bmasia_report tbody tr")
        yield "renewal-book", _shot(page)
        quote = self._first("bmasia.quote", [["state", "=", "rejected"]])
        self._open(page, f"bmasia-quotes/{quote}", "[name=line_ids] .o_data_row")
        page.get_by_role("button", name="Reopen", exact=True).click()
        page.wait_for_selector(".modal .o_form_view")
        yield "reopen", _dialog(page)
        prices = self._first("product.pricelist", DATED)
        window = "action-product.product_pricelist_action2"
        self._open(page, f"{window}/{prices}", ".o_field_x2many .o_data_row")
        yield "price-list", _shot(page)
        template = self._first("bmasia.contract.template", [])
        self._open(page, f"bmasia-contract-templates/{template}", ONE)
        page.locator(".o_data_row").nth(1).locator("td").nth(1).click()
        page.wait_for_selector(".modal .o_field_widget[name=body]")
        yield "clauses", _dialog(page)


def _choose(page: Page) -> None:
    """Tick the first option, as the customer does, and look at what it comes to."""
    total = page.locator("fieldset output[data-shows-total]")
    offered = total.inner_text()
    page.locator("fieldset input[type=checkbox]").first.check()
    expect(total).not_to_have_text(offered)
    page.locator("#answer").evaluate("panel => panel.scrollIntoView()")


def _shot(page: Page) -> bytes:
    page.wait_for_timeout(700)
    return page.screenshot()


def _dialog(page: Page) -> bytes:
    page.wait_for_timeout(700)
    return page.locator(".modal-content").screenshot()
