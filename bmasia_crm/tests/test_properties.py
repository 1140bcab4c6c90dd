"""What holds for all documents, whatever somebody types: tried with random ones."""

import os
from datetime import date

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.bmasia_crm.models.bmasia_document_totals import AMOUNTS
from odoo.addons.bmasia_crm.tools import money

from .common import CrmCase

# ./run soak tries many more
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "12"))
CURRENCIES = st.sampled_from(["THB", "USD", "JPY"])
DAYS = st.dates(date(2023, 1, 1), date(2025, 12, 31))
LONG_AFTER = "2035-01-01 05:00:00"  # all periods are due by then


def cents(most):
    return st.decimals(0, most, places=2).map(float)


@st.composite
def lines(draw):
    """Values of a line: any tax, any discount, recurring, pro-rated or one-time."""
    values = {
        "price": draw(cents(10**6)),
        "quantity": draw(cents(500) | st.integers(0, 50).map(float)),
        "discount": draw(cents(100) | st.sampled_from([0.0, 100.0])),
        "tax_rate": draw(st.sampled_from([0, 7, 10])),
        "kind": draw(st.sampled_from(["recurring", "recurring", "one_time"])),
    }
    if values["kind"] == "recurring" and draw(st.integers(0, 3)) == 0:
        days = sorted([draw(DAYS), draw(DAYS)])
        values.update(date_from=days[0], date_to=days[1])
    return values


@st.composite
def documents(draw):
    """Lines of a document, and sometimes an amount off that the lines are worth."""
    drawn = draw(st.lists(lines(), min_size=1, max_size=4))
    once = {"quantity": 1.0, "discount": 0.0, "kind": "one_time"}
    for rate in draw(st.sets(st.sampled_from([0, 7, 10]), max_size=2)):
        paid = draw(cents(10**5))
        drawn.append({**once, "price": paid, "tax_rate": rate})
        drawn.append({**once, "price": -draw(cents(paid)), "tax_rate": rate})
    return drawn


DOCUMENTS = documents()


def tried(test):
    """Hypothesis with what a database needs: time, and no examples kept on disk."""
    slow = settings(
        deadline=None,
        database=None,
        max_examples=EXAMPLES,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )
    return slow(test)


@tagged("post_install", "-at_install")
class TestProperties(CrmCase):
    def lines_of(self, document):
        return [self.line(**values) for values in document]

    def assert_adds_up(self, document):
        """Header is the sum of the lines, and the printed rows follow from above."""
        for name in AMOUNTS:
            self.assertEqual(
                money.add(document.line_ids.mapped(name)), document[name], name
            )
            whole = money.to_currency(document[name], document.currency_id.rounding)
            self.assertEqual(float(whole), document[name], name)
        # the column that is printed, before discounts
        running = money.add(map(document._column_amount, document._paid_lines()))
        for row in document._totals_rows():
            if row["kind"] in ("discount", "tax"):
                running = money.add([running, row["amount"]])
            else:
                self.assertEqual(row["amount"], running)
        for row in document._tax_base():
            exact = money.exact(row.base) * money.exact(row.rate) / 100
            rounded = money.to_currency(exact, document.currency_id.rounding)
            self.assertEqual(row.tax, float(rounded), "rate × base, once")
            self.assertGreaterEqual(row.base, 0)

    @given(DOCUMENTS, CURRENCIES)
    @tried
    def test_header_and_printed_ladder_add_up(self, document, currency):
        quote = self.quote(
            *self.lines_of(document), currency_id=self.currency(currency).id
        )
        self.assert_adds_up(quote)

    @given(DOCUMENTS, CURRENCIES)
    @tried
    def test_a_credit_note_mirrors_its_invoice(self, document, currency):
        bill = self.issued_invoice(
            *self.lines_of(document), currency_id=self.currency(currency).id
        )
        note = bill.browse(bill.action_credit("Because")["res_id"])
        for name in AMOUNTS:
            self.assertEqual(note[name], bill[name], name)
            self.assertEqual(note.line_ids.mapped(name), bill.line_ids.mapped(name))
        self.assertEqual(note.currency_id, bill.currency_id)
        note.action_issue()
        self.assertEqual((bill.state, bill.amount_due), ("credited", 0))
        self.assert_adds_up(note)

    @given(
        DOCUMENTS,
        CURRENCIES,
        DAYS,
        st.sampled_from([1, 5, 6, 12, 13, 24]),
        st.sampled_from(["monthly", "quarterly", "half_yearly", "annual", "upfront"]),
    )
    @tried
    def test_the_invoices_of_a_schedule_sum_to_the_value_of_the_term(
        self, document, currency, start, months, frequency
    ):
        if months > 13 and frequency == "monthly":
            frequency = "quarterly"
        with freeze_time(LONG_AFTER):
            contract = self.active_contract(
                *self.lines_of(document),
                currency_id=self.currency(currency).id,
                start_date=start,
                term_months=months,
                billing_frequency=frequency,
            )
            contract.with_user(self.pom).action_create_invoices()
        nets = contract.invoice_ids.mapped("amount_untaxed")
        self.assertEqual(money.add(nets), contract.term_value)
        for invoice in contract.invoice_ids:
            self.assertEqual(invoice.amount_untaxed, invoice.schedule_id.amount_untaxed)
            self.assert_adds_up(invoice)
