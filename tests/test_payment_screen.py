"""Pom registers money in a real browser: one transfer for several invoices, too little,
too much, an advance, a cheque dated ahead that is paid and one that bounces.
"""

import uuid
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

SIZES = [(1366, 768), (390, 844)]
THAILAND, HONG_KONG = "TH", "HK"


class Desk:
    """A customer of its own, its documents, and Pom's screen.

    :param settings: of the running system
    :param client: of Pom
    :param page: of Pom
    """

    def __init__(self, settings, client, page, country):
        self.settings, self.client, self.page = settings, client, page
        self.name = f"Payer {uuid.uuid4().hex[:8]}"
        self.country = country
        (self.customer,) = self.create(
            "bmasia.company",
            {
                "name": self.name,
                "country_id": self.one("res.country", [["code", "=", country]]),
                "street": "1 Beach Road",
                "vat": "DEMO 0000000000009",
                "branch": "Head Office",
                "withholding_by": "own",
                "withholding_rate": 0,
            },
        )

    def create(self, model, *values):
        return self.client.call(model, "create", vals_list=list(values))

    def one(self, model, domain):
        return self.client.call(model, "search", domain=domain, limit=1)[0]

    def read(self, model, ids, *fields):
        rows = self.client.call(model, "read", ids, fields=list(fields))
        return [tuple(row[name] for name in fields) for row in rows]

    def document(self, model, price, **values):
        line = [0, 0, {"name": "Music", "unit_price": price, "kind": "one_time"}]
        return self.create(
            model, {"customer_id": self.customer, "line_ids": [line], **values}
        )[0]

    def bill(self, price):
        bill = self.document("bmasia.invoice", price)
        self.client.call("bmasia.invoice", "action_issue", [bill])
        return bill

    def open(self, path, *ids):
        way = "/".join(map(str, (path, *ids)))
        self.page.goto(f"{self.settings.odoo_url}/odoo/{way}")

    @property
    def dialog(self):
        return self.page.locator(".modal").last

    def field(self, name):
        return self.dialog.locator(f"[name={name}]").first

    def register(self, amount):
        """Open the dialog, say who paid and how much."""
        self.open("bmasia-payments")
        self.page.get_by_role("button", name="Register payment").click()
        self.field("customer_id").locator("input").fill(self.name)
        self.page.locator(".o-autocomplete--dropdown-item", has_text=self.name).click()
        expect(self.dialog.locator(".o_data_row")).not_to_have_count(0)
        self.type("amount", amount)

    def type(self, name, value):
        box = self.field(name).locator("input")
        box.fill(str(value))
        box.press("Tab")

    def choose(self, name, label):
        field = self.field(name).locator("input, select").first
        field.click()
        self.page.locator(".o_select_menu_item", has_text=label).first.click()

    def cells(self, name):
        return self.dialog.locator(f".o_data_row [name={name}]")

    def confirm(self):
        self.dialog.get_by_role("button", name="Register payment", exact=True).click()
        expect(self.page.locator(".modal")).to_have_count(0)
        expect(self.page.locator(".o_form_view h1")).to_be_visible()

    def title(self):
        return self.page.locator(".o_form_view h1")


@pytest.fixture
def desk(json2, page_of, settings):
    """A customer of a country, and Pom at her screen."""

    def open_it(country=THAILAND, width=1366, height=768):
        page = page_of("pom", width, height)
        return Desk(settings, json2.user("pom"), page, country)

    return open_it


def test_one_transfer_for_three_invoices(desk):
    desk = desk()
    bills = [desk.bill(price) for price in (1000, 2000, 3000)]
    desk.register(6420)
    expect(desk.cells("amount")).to_contain_text(["1,070.00", "2,140.00", "3,210.00"])
    desk.confirm()
    expect(desk.title()).to_contain_text("REC-TH-")
    states = desk.read("bmasia.invoice", bills, "state", "receipt_ids")
    assert [state for state, _receipts in states] == ["paid"] * 3
    assert len({tuple(receipts) for _state, receipts in states}) == 1


def test_banks_kept_a_charge(desk):
    desk = desk(HONG_KONG)
    bill = desk.bill(1000)
    desk.register(975)
    expect(desk.field("amount_missing")).to_contain_text("25.00")
    desk.choose("missing_as", "Bank charge")
    expect(desk.cells("bank_charge")).to_contain_text(["25.00"])
    desk.confirm()
    expect(desk.page.locator("[name=bank_charge]").first).to_contain_text("25.00")
    assert desk.read("bmasia.invoice", [bill], "state") == [("paid",)]


def test_a_cent_too_much_is_rounded(desk):
    desk = desk(HONG_KONG)
    bill = desk.bill(1000)
    desk.register("1000.01")
    expect(desk.field("amount_left")).to_contain_text("0.01")
    desk.choose("excess_as", "Rounding")
    expect(desk.field("amount_left")).to_contain_text("0.00")
    expect(desk.cells("rounding")).to_contain_text(["-0.01"])
    desk.confirm()
    assert desk.read("bmasia.invoice", [bill], "state") == [("paid",)]


def test_an_advance_in_percent_of_a_quote(desk):
    desk = desk()
    quote = desk.document("bmasia.quote", 10000)
    desk.client.call("bmasia.quote", "action_mark_sent", [quote])
    desk.register(0)
    desk.cells("percent").first.click()
    box = desk.dialog.locator(".o_selected_row [name=percent] input")
    box.fill("30")
    box.press("Tab")
    expect(desk.field("amount").locator("input")).to_have_value("3,210.00")
    desk.confirm()
    expect(desk.page.locator(".o_form_view [name=targets]")).to_contain_text("Q-")
    expect(desk.page.locator("[name=amount_received]")).to_contain_text("3,210.00")


@pytest.mark.parametrize("bounces", [False, True])
def test_a_cheque_dated_ahead(desk, bounces):
    desk = desk()
    bill = desk.bill(1000)
    desk.register(1070)
    desk.choose("method", "Cheque")
    ahead = date.today() + timedelta(days=9)
    desk.type("cheque_date", f"{ahead:%m/%d/%Y}")
    desk.confirm()
    page = desk.page
    status = page.locator(".o_arrow_button_current")
    expect(status).to_have_text("Expected")
    assert desk.read("bmasia.invoice", [bill], "state") == [("issued",)]
    page.get_by_role("button", name="Cheque was paid").click()
    expect(status).to_have_text("Booked")
    assert desk.read("bmasia.invoice", [bill], "state") == [("paid",)]
    if bounces:
        page.get_by_role("button", name="Void").click()
        desk.dialog.locator("textarea").fill("The bank sent it back")
        desk.dialog.locator(".modal-footer .btn-primary").click()
        expect(status).to_have_text("Voided")
        assert desk.read("bmasia.invoice", [bill], "state") == [("issued",)]


def test_what_the_buyer_lacks_is_said_where_the_receipt_is_made(desk):
    desk = desk()
    desk.client.call("bmasia.company", "write", [desk.customer], vals={"vat": False})
    desk.bill(1000)
    desk.register(1070)
    notice = desk.dialog.locator(".alert-warning:visible")
    expect(notice).to_contain_text("no tax ID")
    with desk.page.context.expect_page() as opened:
        notice.get_by_role("link", name="Open the company").click()
    expect(opened.value.locator(".o_form_view h1")).to_be_visible()
    desk.confirm()
    expect(desk.page.locator(".alert-warning:visible")).to_contain_text("No tax ID")


def test_the_figures_of_a_customer_open_what_they_count(desk):
    desk = desk()
    desk.client.call(
        "bmasia.payment",
        "register",
        customer_id=desk.customer,
        company_id=desk.one("res.company", [["entity_code", "=", "TH"]]),
        amount=55,
    )
    desk.open("bmasia-companies", desk.customer)
    figure = desk.page.locator(".oe_stat_button", has_text="On account")
    expect(figure).to_contain_text("55.00")
    expect(desk.page.locator(".oe_stat_button", has_text="Overdue")).to_have_count(0)
    figure.click()
    rows = desk.page.locator(".o_list_view .o_data_row")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(desk.name)


@pytest.mark.parametrize("size", SIZES)
def test_the_dialog_fits_the_screen(desk, size):
    desk = desk(THAILAND, *size)
    desk.bill(1000)
    desk.open("bmasia-payments")
    desk.page.get_by_role("button", name="Register payment").click()
    expect(desk.field("amount")).to_be_visible()
    width = desk.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]
