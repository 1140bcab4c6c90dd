"""The pictures of the guide for Finance, as Pom sees the demo."""

import base64
import csv
import io
from collections.abc import Iterator
from datetime import date

from playwright.sync_api import Browser, Page

from tests.kit import browser_page
from tools.main_job import Client
from tools.settings import Settings

POM = "pom"
WIDTH, HEIGHT, LIST_HEIGHT = 1280, 640, 480
STATEMENT = "statement.csv"
HEADINGS = ("Date", "Descriptions", "Withdrawal", "Deposit", "Details")
OPEN = [
    ["kind", "=", "invoice"],
    ["state", "=", "issued"],
    ["amount_due", ">", 0],
    ["currency_id.name", "=", "THB"],
]
ADDRESSES = {
    "certificates": "bmasia-withholding",
    "receivables": "bmasia-receivables",
    "vat": "bmasia-vat",
    "journal": "bmasia-journal",
}
READY = ".o_data_row, .o_bmasia_report tbody tr"


def finance_pictures(
    browser: Browser, settings: Settings, client: Client
) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of each.

    :param browser: of :func:`tests.kit.chromium`
    :param tools.settings.Settings settings: of the running system
    :param tools.main_job.Client client: of Pom
    """
    page = browser_page(browser, settings, POM, "demo", width=WIDTH, height=HEIGHT)
    yield "payment", _payment(page, settings, client)
    yield "bank-statement", _bank_statement(page, settings, client)
    page.set_viewport_size({"width": WIDTH, "height": LIST_HEIGHT})
    for name, address in ADDRESSES.items():
        page.goto(f"{settings.odoo_url}/odoo/{address}")
        page.wait_for_selector(READY)
        yield name, _shot(page)


def _shot(page: Page) -> bytes:
    page.wait_for_timeout(500)
    return page.screenshot()


def _payment(page: Page, settings: Settings, client: Client) -> bytes:
    """The window for one invoice of which tax is withheld; nothing is booked."""
    ids = client.call(
        "bmasia.invoice",
        "search",
        domain=[*OPEN, ["withholding_expected", ">", 0]],
        order="id",
        limit=1,
    )
    page.goto(f"{settings.odoo_url}/odoo/bmasia-invoices/{ids[0]}")
    page.get_by_role("button", name="Register payment").click()
    page.wait_for_selector(".modal .o_data_row")
    return _shot(page)


def _bank_statement(page: Page, settings: Settings, client: Client) -> bytes:
    """What a bank says of open invoices, read once; a second run shows the same."""
    model = "bmasia.bank.statement"
    known = [["name", "=", STATEMENT], ["state", "=", "read"]]
    ids = client.call(model, "search", domain=known, limit=1)
    if not ids:
        kbank = [["name", "=", "KBank"]]
        mapping = client.call("bmasia.bank.mapping", "search", domain=kbank)
        content = base64.b64encode(_movements(client)).decode()
        values = {"name": STATEMENT, "file": content, "mapping_id": mapping[0]}
        ids = client.call(model, "create", vals_list=[values])
        client.call(model, "action_read", ids)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-bank-statements/{ids[0]}")
    page.wait_for_selector(".o_data_row")
    return _shot(page)


def _movements(client: Client) -> bytes:
    """A file as a Thai bank exports it: money of customers, and a fee."""
    fields = ["customer_id", "amount_due", "withholding_expected", "name"]
    invoices = client.call(
        "bmasia.invoice", "search_read", domain=OPEN, fields=fields, order="id"
    )
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(HEADINGS)
    today = f"{date.today():%d-%m-%y}"
    for number, invoice in enumerate(invoices[:4]):
        payer = invoice["customer_id"][1].upper()
        named = invoice["name"] if number % 2 else ""
        withheld = 0 if number % 2 else invoice["withholding_expected"]
        amount = f"{invoice['amount_due'] - withheld:,.2f}"
        text = f"From SCB X{9876 - number} {payer} {named}".strip()
        rows.writerow((today, "Transfer Deposit", "", amount, text))
    rows.writerow((today, "Transfer Deposit", "", "1,234.00", "From KTB X1111 SOMCHAI"))
    rows.writerow((today, "Fee", "20.00", "", "Service charge"))
    return file.getvalue().encode()
