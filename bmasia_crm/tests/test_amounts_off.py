"""Amounts off: a one-time line with a negative price, and nothing below zero."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools import money
from .common import CrmCase

MODELS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice")


@tagged("post_install", "-at_install")
class TestAmountsOff(CrmCase):
    def off(self, amount, **values):
        return self.line(-amount, kind="one_time", name="Amount off", **values)

    def test_a_list_price_becomes_a_round_sum(self):
        for model in MODELS:
            with self.subTest(model):
                document = self.make(model, self.line(123456), self.off(3456))
                self.assertEqual(document.amount_untaxed, 120000)
                self.assertEqual(document.amount_tax, 8400)
                self.assertEqual(document.amount_total, 128400)
                rows = document._totals_rows()
                self.assertEqual(rows[0]["amount"], 120000)

    def test_no_document_goes_below_zero_on_any_way(self):
        for model in MODELS:
            with self.subTest(model):
                with self.assertRaisesRegex(ValidationError, "more is taken off"):
                    self.make(model, self.line(100), self.off(100.01))
                document = self.make(model, self.line(100), self.off(100))
                self.assertEqual(document.amount_total, 0)
                charged, off = document.line_ids
                for attempt in (
                    lambda line=off: line.write({"unit_price": -100.01}),
                    lambda line=charged: line.write({"quantity": 0.5}),
                    lambda line=charged: line.unlink(),
                    lambda doc=document: doc.write({"line_ids": [self.off(1)]}),
                    lambda line=off: line.copy(
                        {line._document_field: line._document().id}
                    ),
                ):
                    with (
                        self.env.cr.savepoint(),
                        self.assertRaisesRegex(ValidationError, "more is taken off"),
                    ):
                        attempt()
                    self.env.invalidate_all()

    def test_lines_may_be_replaced_in_one_go(self):
        quote = self.quote(self.line(100), self.off(60))
        charged, off = quote.line_ids
        quote.write(
            {
                "line_ids": [
                    (2, charged.id, 0),
                    (1, off.id, {"unit_price": -70}),
                    self.line(90),
                ]
            }
        )
        self.assertEqual(quote.amount_untaxed, 20)

    def test_it_is_taken_off_what_has_the_same_tax(self):
        with self.assertRaisesRegex(ValidationError, "at 0 % tax"):
            self.quote(self.line(1000), self.off(100, tax_rate=0))

    def test_only_what_is_charged_once_is_taken_off(self):
        with self.assertRaisesRegex(ValidationError, "is a one-time line"):
            self.quote(self.line(1000), self.line(-100))
        with self.assertRaisesRegex(ValidationError, "is a one-time line"):
            self.quote(self.line(1000), self.line(100, -1, kind="one_time"))

    def test_a_short_term_is_no_less_than_nothing(self):
        with self.assertRaisesRegex(ValidationError, "more is taken off"):
            self.quote(self.line(1200), self.off(700), term_months=6)
        quote = self.quote(self.line(1200), self.off(700))
        with self.assertRaisesRegex(ValidationError, "more is taken off"):
            quote.term_months = 6

    def test_the_first_bills_take_it_off_as_long_as_they_charge_something(self):
        contract = self.active_contract(
            self.line(12000),
            self.off(2500),
            start_date="2025-01-01",
            billing_frequency="monthly",
        )
        planned = contract.schedule_ids.mapped("amount_untaxed")
        self.assertEqual(planned, [0, 0, 500] + [1000] * 9)
        contract.with_user(self.pom).action_create_invoices()
        bills = contract.invoice_ids.sorted("period_start")
        self.assertEqual(bills.mapped("amount_untaxed"), planned[2:])
        self.assertEqual(
            bills[0].line_ids.mapped("amount_untaxed"), [1000, -500], "the rest of it"
        )
        self.assertIn("-500.00 of -2,500.00", bills[0].line_ids[1].name)
        self.assertEqual(money.add(bills.mapped("amount_untaxed")), contract.term_value)

    def test_a_credit_note_takes_it_back_with_the_rest(self):
        invoice = self.issued_invoice(self.line(1000), self.off(200))
        invoice.action_credit("Closed")
        note = invoice.credit_note_ids
        self.assertEqual(note.amount_total, 856)
        note.action_issue()
        self.assertEqual(invoice.state, "credited")

    def test_a_renewal_charges_in_full_again(self):
        contract = self.active_contract(
            self.line(12000), self.off(2500), start_date="2025-01-01"
        )
        contract.action_renew()
        self.assertEqual(contract.renewal_id.amount_untaxed, 12000)
