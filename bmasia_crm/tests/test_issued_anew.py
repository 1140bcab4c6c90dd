"""Wrong particulars are put right by a new document, a lost one by a substitute."""

import hashlib
import io
from datetime import timedelta

from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.tests import tagged

from .common import CrmCase
from .documents import DocumentCase


@tagged("post_install", "-at_install")
class TestIssuedAnew(CrmCase):
    def setUp(self):
        super().setUp()
        self.bill = self.issued_invoice(self.line(price=1000, kind="one_time"))

    def again(self, document, reason="The branch was wrong", **values):
        return document.browse(document.action_replace(reason, values)["res_id"])

    def test_a_receipt_has_a_new_number_the_same_day_and_the_customer_as_is(self):
        day = self.bill.issue_date - timedelta(days=1)
        self.bill.action_register_payment(1070, date=day)
        first = self.bill.receipt_ids
        self.hilton.branch = "00005"
        second = self.again(first)
        self.assertEqual((first.state, second.state), ("voided", "issued"))
        self.assertEqual((second.date, second.tax_point), (day, day))
        self.assertNotEqual(second.name, first.name)
        self.assertEqual(second._customer()["branch"], "00005")
        self.assertNotEqual(first._customer()["branch"], "00005")
        self.assertEqual((first.replaced_by_id, second.replaces_id), (second, first))
        self.assertIn(first.name, second._reissue_words())
        amounts = ("amount_untaxed", "amount_tax", "amount_total", "amount_received")
        for name in amounts:
            self.assertEqual(first[name], second[name], name)
        self.assertEqual(self.bill.payment_state, "paid")
        self.assertEqual(self.bill.receipt_ids, second)

    def test_an_invoice_takes_its_payments_and_its_period_along(self):
        contract = self.active_contract(billing_frequency="monthly")
        contract.with_user(self.pom).action_create_invoices()
        first = contract.invoice_ids[0].with_user(self.pom)
        first.action_issue()
        first.action_register_payment(100)
        paid, period = first.amount_paid, first.schedule_id
        second = self.again(first, customer_reference="PO 7")
        self.assertEqual(first.state, "cancelled")
        self.assertEqual(second.state, "issued")
        self.assertEqual((second.amount_paid, first.amount_paid), (paid, 0))
        self.assertEqual(second.schedule_id, period)
        self.assertEqual(second.issue_date, first.issue_date)
        self.assertEqual(second.amount_total, first.amount_total)
        self.assertEqual(second.customer_reference, "PO 7")

    def test_a_paid_invoice_is_paid_under_its_new_number_too(self):
        self.bill.action_register_payment(1070)
        second = self.again(self.bill)
        self.assertEqual((self.bill.state, second.state), ("cancelled", "paid"))

    def test_what_has_credit_notes_stays(self):
        note = self.bill.browse(self.bill.action_credit("Agreed")["res_id"])
        note.line_ids.unit_price = 10
        note.action_issue()
        with self.assertRaisesRegex(UserError, "has credit notes"):
            self.again(self.bill)

    def test_a_caller_may_put_the_buyer_right_and_nothing_else(self):
        self.bill.action_register_payment(1070)
        receipt = self.bill.receipt_ids
        for wrong in ({"amount_total": 1}, {"customer": {"vat": 7}}, {"state": "x"}):
            with self.subTest(wrong), self.assertRaises(UserError):
                self.again(receipt, **wrong)
        second = self.again(receipt, customer={"name": "Hilton Ltd.", "vat": "0105"})
        self.assertEqual(second._customer()["name"], "Hilton Ltd.")

    def test_it_is_done_once_and_with_a_reason(self):
        self.bill.action_register_payment(1070)
        receipt = self.bill.receipt_ids
        with self.assertRaisesRegex(UserError, "Say what was wrong"):
            self.again(receipt, reason=" ")
        self.again(receipt)
        with self.assertRaisesRegex(UserError, "nothing is replaced"):
            self.again(receipt)

    def test_people_of_sales_issue_nothing_anew(self):
        for document in (self.bill, self.bill.with_user(self.customer)):
            other = document.with_user(self.nikki)
            with self.subTest(document.env.user.login), self.assertRaises(AccessError):
                other.action_replace("wrong")
            with self.assertRaises(AccessError):
                other.action_substitute("lost")


@tagged("post_install", "-at_install")
class TestSubstitutes(DocumentCase):
    def test_a_lost_original_has_a_substitute_that_says_so(self):
        invoice = self.invoice(self.hotel)
        invoice.action_issue()
        kept = invoice.archive_ids
        digest = hashlib.sha256(kept.raw).hexdigest()
        for number in (1, 2):
            invoice.action_substitute("Lost in the mail")
            copy = invoice.substitute_ids.sorted("id")[-1]
            text = PdfReader(io.BytesIO(copy.raw)).pages[0].extract_text()
            self.assertIn(f"Substitute no. {number}", text)
            self.assertIn("ใบแทน", text)
            self.assertIn("Lost in the mail", text)
            self.assertIn(invoice.name, text)
        self.assertEqual(invoice.archive_ids, kept)
        self.assertEqual(hashlib.sha256(kept.raw).hexdigest(), digest)
        self.assertEqual(invoice._kept_pdf(), kept)
        self.assertEqual(Date.today(), invoice.substitute_ids[0].create_date.date())
