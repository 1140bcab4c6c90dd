"""What is credited: the unpaid part without VAT, only the rest as a credit note."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestCreditsAndTax(CrmCase):
    def setUp(self):
        super().setUp()
        self.bill = self.issued_invoice(self.line(price=10000, kind="one_time"))
        self.assertEqual(self.bill.amount_total, 10700)

    def abroad(self):
        return self.make_company("Ocean Hotel", country="base.hk")

    def credited(self, net, bill=None, **values):
        """Credit a net amount, and issue what becomes of it.

        :returns: the adjustments and the credit notes of the invoice that this made
        """
        bill = bill or self.bill
        before = bill.credit_note_ids
        note = bill.browse(bill.action_credit("Agreed")["res_id"])
        note.line_ids.write({"quantity": 1, "unit_price": net, "discount": 0})
        note.write({"credit_ground": "not_as_agreed", **values})
        note.action_issue()
        made = bill.credit_note_ids - before
        return [made.filtered(lambda n, k=k: n.kind == k) for k in KINDS]

    def test_what_was_never_paid_is_taken_back_without_vat(self):
        self.bill.action_register_payment(4000)
        adjustment, note = self.credited(5000)
        self.assertFalse(note)
        self.assertEqual(adjustment.amount_total, 5350)
        self.assertTrue(adjustment.name.startswith("ADJ-"))
        self.assertEqual(self.bill.amount_due, 1350)

    def test_only_what_tax_invoices_covered_becomes_a_credit_note(self):
        self.bill.action_register_payment(4000)
        adjustment, note = self.credited(7476.64)
        self.assertEqual(adjustment.amount_total, 6700)
        self.assertEqual(note.amount_total, 1300)
        self.assertEqual((note.amount_untaxed, note.amount_tax), (1214.95, 85.05))
        self.assertEqual(self.bill.amount_refund, 1300)
        receipt = self.bill.receipt_ids
        self.assertEqual(
            note._printed_references(),
            [
                {
                    "number": receipt.name,
                    "date": receipt.date,
                    "value": 3738.32,
                    "tax": 261.68,
                }
            ],
        )
        self.assertEqual(note._reference_value(), 3738.32)

    def test_vat_of_tax_invoices_and_credit_notes_agrees_with_the_sale(self):
        self.bill.action_register_payment(4000)
        self.credited(5000)
        self.bill.action_register_payment(1350)
        declared = sum(self.bill.receipt_ids.mapped("amount_tax"))
        self.assertAlmostEqual(declared, 350)
        adjustment, note = self.credited(5000)
        self.assertFalse(adjustment)
        self.assertEqual(note.amount_tax, 350)
        self.assertEqual(self.bill.state, "credited")

    def test_an_unpaid_invoice_is_credited_without_a_tax_document(self):
        adjustment, note = self.credited(10000)
        self.assertFalse(note)
        self.assertEqual(adjustment.amount_total, 10700)
        self.assertEqual(self.bill.state, "credited")
        self.assertEqual(self.bill.amount_refund, 0)

    def test_an_entity_without_vat_has_credit_notes_only(self):
        bill = self.issued_invoice(customer_id=self.abroad().id)
        self.assertFalse(bill._is_taxed())
        note = bill.browse(bill.action_credit("Agreed")["res_id"])
        note.action_issue()
        self.assertEqual((note.kind, note.credit_references), ("credit_note", False))

    def test_a_credit_note_with_vat_has_a_ground_of_the_law(self):
        self.bill.action_register_payment(10700)
        note = self.bill.browse(self.bill.action_credit("Agreed")["res_id"])
        with self.assertRaisesRegex(UserError, "Choose the ground"):
            note.action_issue()
        note.credit_ground = "ended"
        note.action_issue()
        self.assertEqual(note.state, "issued")

    def test_it_comes_in_the_month_of_the_event_or_the_next(self):
        with freeze_time("2026-03-10 03:00:00"):
            bill = self.issued_invoice()
            bill.action_register_payment(bill.amount_total)
        with freeze_time("2026-05-04 03:00:00"):
            note = bill.browse(bill.action_credit("Agreed")["res_id"])
            note.write({"credit_ground": "ended", "credit_event_date": "2026-03-31"})
            with self.assertRaisesRegex(UserError, "30 April 2026 at the latest"):
                note.action_issue()
            note.credit_event_date = date(2026, 4, 30)
            note.action_issue()
        self.assertEqual(note.state, "issued")

    def test_it_takes_tax_back_at_the_rate_at_which_it_was_charged(self):
        self.bill.action_register_payment(10700)
        note = self.bill.browse(self.bill.action_credit("Agreed")["res_id"])
        note.credit_ground = "ended"
        note.line_ids.tax_rate = 0
        with self.assertRaisesRegex(UserError, "charged nothing of it"):
            note.action_issue()

    def test_a_draft_says_what_becomes_of_it(self):
        note = self.bill.browse(self.bill.action_credit("Agreed")["res_id"])
        self.assertIn("Nothing of this was paid", note.credit_split)
        self.bill.action_register_payment(4000)
        note.invalidate_recordset(["credit_split"])
        self.assertIn("THB 6,700.00 of this was never paid", note.credit_split)
        self.assertIn("issued for THB 4,000.00", note.credit_split)

    def test_what_a_credit_note_says_stays_when_more_is_paid(self):
        self.bill.action_register_payment(4000)
        _adjustment, note = self.credited(7476.64)
        printed = note._document_values()
        other = self.issued_invoice()
        other.action_register_payment(other.amount_total)
        self.assertEqual(note._document_values(), printed)


KINDS = ("adjustment", "credit_note")
