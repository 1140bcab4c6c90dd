"""What each job costs: clicks and typed fields, counted where they are done.

Each job begins on the screen on which the one before it ended, as a person would. The
table is printed at the end (``-s`` shows it); seconds are told, never asserted.
"""

import re
import time
import uuid

import pytest
from playwright.sync_api import expect

from tests.kit import quote_number

# the most clicks and fields that a job may take
REACH = {
    "company + contact": (4, 6),
    "quote with section, 3 lines, discount": (3, 8),
    "preview + send": (2, 0),
    "accept → contract → sent → signed": (6, 0),
    "invoice from contract, sent": (3, 0),
    "part payment with withholding, receipt sent": (5, 1),
    "credit note for one line": (5, 1),
    "invoice from quote, sent": (4, 0),
}
PRODUCTS = ("Soundtrack Your Brand", "Soundtrack Player", "Installation")


class Counted:
    """A page that counts what is done on it.

    :param page: of playwright
    """

    def __init__(self, page):
        self.page = page
        self.clicks = self.fields = 0

    def click(self, target):
        """Press something with the mouse, once it can be pressed."""
        self.clicks += 1
        self._of(target).click()

    def fill(self, target, text):
        """Type into a field."""
        self.fields += 1
        self._of(target).fill(text)

    def pick(self, target, text):
        """Type into a field that offers records, and take the first with Enter."""
        self.fill(target, text)
        offered = self.page.locator(".o-autocomplete--dropdown-item", has_text=text)
        expect(offered.first).to_be_visible()
        self.press("Enter")

    def press(self, *keys):
        """Keys that go from one field to the next are neither."""
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name):
        """The visible button of a technical name; an icon's, or a dialog's."""
        return self.page.locator(f"button[name={name}]:visible").first

    @property
    def dialog(self):
        """The dialog in front."""
        return self.page.locator(".modal").last

    def _of(self, target):
        return self.page.locator(target).first if isinstance(target, str) else target


class Jobs:
    """One customer's way, job after job.

    :param Counted sales: Nikki's page
    :param Counted finance: Pom's page
    :param str url: of the system
    """

    def __init__(self, sales, finance, url):
        self.sales, self.finance, self.url = sales, finance, url
        self.rows = []

    def at_desk(self, counted, path):
        """Let a job begin on a page where its person is already.

        :param Counted counted: whose page
        :param str path: of the page
        """
        counted.page.goto(f"{self.url}/odoo/{path}")
        return counted.page

    def job(self, name, counted):
        """Count what a job takes.

        :param str name: as in ``REACH``
        """
        return Job(self.rows, name, counted)

    def table(self):
        """What was counted, as text."""
        width = max(map(len, REACH))
        head = f"{'job':<{width}}  clicks  fields  seconds"
        return "\n".join([head, *(row.line(width) for row in self.rows)])


class Job:
    def __init__(self, rows, name, counted):
        self.rows, self.name, self.counted = rows, name, counted

    def __enter__(self):
        self.before = self.counted.clicks, self.counted.fields
        self.start = time.monotonic()
        return self.counted

    def __exit__(self, kind, *_rest):
        self.seconds = time.monotonic() - self.start
        self.clicks = self.counted.clicks - self.before[0]
        self.fields = self.counted.fields - self.before[1]
        self.rows.append(self)

    def took(self):
        """Clicks and fields."""
        return self.clicks, self.fields

    def is_within(self):
        """Whether it took no more than it may."""
        clicks, fields = REACH[self.name]
        return self.clicks <= clicks and self.fields <= fields

    def line(self, width):
        most = "/".join(map(str, REACH[self.name]))
        took = f"{self.clicks:>6}  {self.fields:>6}  {self.seconds:>7.1f}"
        return f"{self.name:<{width}}  {took}   (at most {most})"


def send(do):
    """From a form: open the mail, look at the preview, send it."""
    do.click(do.button("action_send"))
    finish_sending(do)


def finish_sending(do):
    """The mail's dialog opens: look at the preview, send it."""
    expect(do.dialog.locator(".o_field_pdf_viewer iframe")).to_be_visible()
    do.click(do.dialog.get_by_role("button", name="Send", exact=True))
    expect(do.page.locator(".modal")).to_have_count(0)


def record_of(page):
    """The id of the record whose form is open, once it is saved."""
    page.wait_for_url(re.compile(r"/\d+(\?|$)"))
    return int(re.search(r"/(\d+)(\?|$)", page.url)[1])


@pytest.fixture
def jobs(page_of, settings):
    """Nikki and Pom at their desks."""
    people = (Counted(page_of(login, 1366, 768)) for login in ("nikki.h", "pom"))
    return Jobs(*people, settings.odoo_url)


@pytest.fixture
def read(json2):
    """Fields of a record, as Pom may read them."""

    def values(model, record, *names):
        rows = json2.user("pom").call(model, "read", [record], fields=list(names))
        return tuple(rows[0][name] for name in names)

    return values


def add_company(jobs, name):
    page = jobs.at_desk(jobs.sales, "bmasia-companies")
    with jobs.job("company + contact", jobs.sales) as do:
        do.click(".o_list_button_add")
        do.fill("[name=name] input", name)
        do.fill("[name=street] input", "1 Beach Road")
        do.fill("[name=city] input", "Pattaya")
        do.fill("[name=vat] input", "DEMO 0000000000009")
        do.click("[name=contact_ids] .o_field_x2many_list_row_add a")
        do.fill(".o_selected_row [name=name] input", "Malee Sukjai")
        do.fill(".o_selected_row [name=email] input", "malee@example.com")
        do.click(".o_form_button_save")
        return record_of(page)


def write_quote(jobs, products=PRODUCTS):
    page = jobs.sales.page
    with jobs.job("quote with section, 3 lines, discount", jobs.sales) as do:
        do.click(page.get_by_role("button", name="New quote"))
        do.click(page.get_by_role("button", name="Add a section"))
        do.fill(".o_selected_row [name=name] textarea", "Lobby")
        do.click(page.get_by_role("button", name="Add a line"))
        for number, product in enumerate(products):
            add_line(do, product, number + 2, discount=10 if number == 0 else None)
            if product != products[-1]:
                do.press("Enter")


def add_line(do, product, quantity, discount=None):
    row = do.page.locator(".o_selected_row")
    chosen = row.locator("[name=product_id] input")
    expect(chosen).to_have_value("")
    expect(chosen).to_be_focused()
    do.pick(chosen, product)
    do.fill(row.locator("[name=quantity] input"), str(quantity))
    if discount:
        do.fill(row.locator("[name=discount] input"), str(discount))


def sign_contract(jobs):
    page = jobs.sales.page
    with jobs.job("accept → contract → sent → signed", jobs.sales) as do:
        do.click(page.get_by_role("button", name="Mark as accepted"))
        do.click(do.dialog.get_by_role("button", name="create contract"))
        expect(page.locator(".o_form_view h1")).to_contain_text("Draft contract")
        send(do)
        do.click(page.get_by_role("button", name="Mark as signed"))
        do.click(do.dialog.get_by_role("button", name="Mark as signed"))
        expect(page.locator(".o_arrow_button_current")).to_have_text("Active")
        return record_of(page)


def invoice_contract(jobs, contract):
    page = jobs.at_desk(jobs.finance, f"bmasia-contracts/{contract}")
    with jobs.job("invoice from contract, sent", jobs.finance) as do:
        do.click(do.button("action_create_invoices"))
        expect(page.locator(".o_form_view h1")).to_contain_text("Draft invoice")
        send(do)
        return record_of(page)


def take_payment(jobs):
    page = jobs.finance.page
    with jobs.job("part payment with withholding, receipt sent", jobs.finance) as do:
        do.click(page.get_by_role("button", name="Register payment"))
        do.fill(do.dialog.locator("[name=amount] input").first, "10400")
        do.press("Tab")
        withheld = do.dialog.locator(".o_data_row [name=withholding_amount]")
        expect(withheld).not_to_contain_text("0.00")
        do.click(do.button("action_confirm_and_send"))
        finish_sending(do)


def credit_line(jobs, product):
    page = jobs.finance.page
    with jobs.job("credit note for one line", jobs.finance) as do:
        row = page.locator("[name=line_ids] .o_data_row", has_text=product)
        do.click(row.get_by_role("button", name="Credit"))
        do.click(do.dialog.get_by_text("The goods or the service were not as agreed"))
        do.fill(do.dialog.locator("[name=reason] textarea"), "One room less")
        do.click(do.dialog.get_by_role("button", name="Add credit note"))
        expect(page.locator(".o_form_view h1")).to_contain_text("Draft credit note")
        send(do)


def invoice_quote(jobs, quote):
    page = jobs.at_desk(jobs.finance, f"bmasia-quotes/{quote}")
    with jobs.job("invoice from quote, sent", jobs.finance) as do:
        do.click(page.get_by_role("button", name="Create invoice"))
        do.click(do.dialog.get_by_role("button", name="Create invoice"))
        expect(page.locator(".o_form_view h1")).to_contain_text("Draft invoice")
        send(do)
        return record_of(page)


def accepted_event(client, company):
    """A quote of what is charged once, accepted. Nobody's clicks."""
    line = {"name": "Sound for a wedding", "unit_price": 25000, "kind": "one_time"}
    values = {"customer_id": company, "line_ids": [[0, 0, line]]}
    (quote,) = client.call("bmasia.quote", "create", vals_list=[values])
    client.call("bmasia.quote", "action_mark_sent", [quote])
    client.call("bmasia.quote", "action_accept", [quote])
    return quote


def test_the_jobs_cost_no_more_than_they_may(jobs, json2, inbox, read):
    name = f"Sea View {uuid.uuid4().hex[:8]}"
    company = add_company(jobs, name)
    country, branch = read("bmasia.company", company, "country_id", "branch")
    assert (country[1], branch) == ("Thailand", "Head Office")

    write_quote(jobs)
    with jobs.job("preview + send", jobs.sales) as do:
        send(do)
    number = quote_number(jobs.sales.page)
    message = inbox.wait_for(number)
    assert message["To"][0]["Address"] == "malee@example.com"
    quote = record_of(jobs.sales.page)
    state, discount, partner = read(
        "bmasia.quote", quote, "state", "amount_discount", "partner_id"
    )
    assert state == "sent" and discount > 0 and "Malee Sukjai" in partner[1]

    contract = sign_contract(jobs)
    state, signed = read("bmasia.contract", contract, "state", "signed_date")
    assert state == "active" and signed

    invoice = invoice_contract(jobs, contract)
    state, whole = read("bmasia.invoice", invoice, "state", "amount_total")
    assert state == "issued" and whole > 10400
    inbox.wait_for("Invoice")

    take_payment(jobs)
    paid, receipts = read("bmasia.invoice", invoice, "amount_paid", "receipt_ids")
    number, withheld = read("bmasia.receipt", receipts[0], "name", "withholding_amount")
    assert len(receipts) == 1 and withheld > 0
    assert paid == pytest.approx(10400 + withheld)
    assert inbox.wait_for(number)["To"][0]["Address"] == "malee@example.com"

    credit_line(jobs, "Installation")
    notes, credited = read(
        "bmasia.invoice", invoice, "credit_note_ids", "amount_credited"
    )
    assert credited > 0
    assert inbox.wait_for(read("bmasia.invoice", notes[0], "name")[0])

    event = accepted_event(json2.user("nikki.h"), company)
    invoice = invoice_quote(jobs, event)
    state, net, made_of = read(
        "bmasia.invoice", invoice, "state", "amount_untaxed", "quote_id"
    )
    assert (state, net, made_of[0]) == ("issued", 25000, event)
    assert inbox.wait_for(read("bmasia.invoice", invoice, "name")[0])

    print(f"\n{jobs.table()}")
    assert {row.name: row.took() for row in jobs.rows if not row.is_within()} == {}
