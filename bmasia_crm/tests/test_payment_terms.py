"""When an invoice is due: by the customer's payment term, else by the entity's."""

from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CrmCase

ISSUED = date(2026, 11, 10)


@tagged("post_install", "-at_install")
class TestPaymentTerms(CrmCase):
    def due(self, **values):
        self.hilton.write({"payment_term": False, "payment_term_days": 0, **values})
        return self.invoice(issue_date=ISSUED).due_date

    def test_the_due_date_follows_the_customer_then_the_entity(self):
        self.thailand.payment_days = 30
        for values, expected in (
            ({}, date(2026, 12, 10)),
            ({"payment_term": "days", "payment_term_days": 45}, date(2026, 12, 25)),
            (
                {"payment_term": "end_of_month", "payment_term_days": 30},
                date(2026, 12, 30),
            ),
            ({"payment_term": "end_of_month"}, date(2026, 11, 30)),
            ({"payment_term": "on_receipt", "payment_term_days": 9}, ISSUED),
        ):
            with self.subTest(values):
                self.assertEqual(self.due(**values), expected)
        self.thailand.payment_term = "end_of_month"
        self.assertEqual(self.due(), date(2026, 12, 30))
        self.thailand.payment_term = "on_receipt"
        self.assertEqual(self.due(), ISSUED)

    def test_a_mail_names_the_day_before_the_invoice_is_issued(self):
        self.hilton.payment_term = "on_receipt"
        invoice = self.invoice()
        self.assertFalse(invoice.due_date)
        self.assertEqual(invoice._due_in_mail(), invoice._today())
        invoice.action_issue()
        self.assertEqual(invoice.due_date, invoice._today())

    def test_what_was_issued_keeps_its_day(self):
        invoice = self.issued_invoice()
        day = invoice.due_date
        self.hilton.payment_term = "on_receipt"
        self.env.add_to_compute(invoice._fields["due_date"], invoice)
        self.assertEqual(invoice.due_date, day)
        other = self.make_company("Marriott", payment_term="on_receipt")
        draft = self.invoice(issue_date=ISSUED)
        draft.customer_id = other
        self.assertEqual(draft.due_date, ISSUED)

    def test_the_customers_calendar_says_it_in_words(self):
        self.hilton.write(
            {
                "billing_first": 1,
                "billing_last": 10,
                "cheque_week": "last",
                "cheque_weekday": "4",
            }
        )
        self.assertEqual(self.hilton.billing_days, "1–10")
        self.assertEqual(self.hilton.cheque_days, "Last Friday")
        self.assertEqual(self.hilton._billing_day(ISSUED), ISSUED)
        self.assertEqual(self.hilton._cheque_day(ISSUED), date(2026, 11, 27))

    def test_days_that_no_month_has_are_refused(self):
        for words, values in (
            ("between 1 and 31", {"billing_first": 32}),
            ("between 1 and 31", {"cheque_first": 1, "cheque_last": -1}),
            ("between 0 and 366", {"payment_term_days": -1}),
            ("between 0 and 366", {"payment_term_days": 367}),
            (
                "No day is both",
                {"cheque_first": 1, "cheque_week": "last", "cheque_weekday": "0"},
            ),
        ):
            with self.subTest(values):
                with self.assertRaises(ValidationError) as refused:
                    self.hilton.write(values)
                self.assertIn(words, str(refused.exception))
