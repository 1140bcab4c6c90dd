"""A payment or a receipt that is taken back, and a cheque that is still to come."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .money import MoneyCase


@tagged("post_install", "-at_install")
class TestPaymentVoids(MoneyCase):
    def test_a_cheque_that_bounced_opens_the_invoice_again(self):
        bill = self.bill()
        answer = bill.action_register_payment(1070, method="cheque", reference="CHQ 1")
        payment, receipt = self.payment_of(answer), bill.receipt_ids
        kept = receipt.archive_ids.raw
        with self.refused("Say why"):
            payment.action_void(" ")
        payment.action_void("Bounced")
        self.assertEqual((bill.state, bill.amount_due), ("issued", 1070))
        self.assertFalse(bill.paid_date)
        self.assertEqual((receipt.state, receipt.void_reason), ("voided", "Bounced"))
        self.assertEqual(receipt.archive_ids.raw, kept)
        self.assertTrue(receipt._why_not_valid())
        with self.refused("is voided: it is not sent any more"):
            receipt._check_can_send()
        self.assertEqual((payment.state, payment.amount_signed), ("voided", 0))
        again = bill.action_register_payment(1070, method="cheque", reference="CHQ 1")
        self.assertNotEqual(again["number"], answer["number"])
        self.assertEqual(bill.state, "paid")
        with self.refused("void already"):
            payment.action_void("Again")

    def test_a_void_receipt_leaves_the_money_on_account(self):
        bill, other = self.bill(), self.bill()
        answer = bill.action_register_payment(1070)
        receipt, payment = bill.receipt_ids, self.payment_of(answer)
        receipt.action_void("Wrong invoice")
        self.assertEqual((bill.state, payment.amount_unallocated), ("issued", 1070))
        self.assertEqual(payment.state, "booked")
        payment.action_allocate([{"invoice_id": other.id}])
        self.assertEqual((other.state, payment.amount_unallocated), ("paid", 0))
        with self.assertRaises(UserError):
            receipt.action_void("Again")

    def test_shares_after_a_void_close_the_invoice_too(self):
        bill = self.bill(100)
        bill.action_register_payment(35.67, reference="1")
        wrong = bill.action_register_payment(35.67, reference="2")
        bill.action_register_payment(20, reference="3")
        self.payment_of(wrong).action_void("Bounced")
        bill.action_register_payment(bill.amount_due, reference="4")
        valid = bill.receipt_ids.filtered(lambda r: r.state == "issued")
        self.assertAlmostEqual(sum(valid.mapped("amount_tax")), 7, 2)
        self.assertAlmostEqual(sum(valid.mapped("amount_untaxed")), 100, 2)

    def test_a_cheque_dated_ahead_is_expected_until_it_is_paid(self):
        bill = self.bill()
        ahead = bill._today() + timedelta(days=10)
        answer = bill.action_register_payment(1070, method="cheque", cheque_date=ahead)
        payment = self.payment_of(answer)
        self.assertEqual((payment.state, answer["number"]), ("expected", False))
        self.assertEqual((bill.state, bill.amount_due), ("issued", 1070))
        with freeze_time(f"{ahead + timedelta(days=2)} 05:00:00"):
            payment.action_book()
            self.assertEqual((bill.state, payment.date), ("paid", ahead))
            self.assertEqual(bill.receipt_ids.tax_point, ahead)
            with self.refused("not expected any more"):
                payment.action_book()

    def test_an_expected_cheque_may_be_taken_back(self):
        bill = self.bill()
        ahead = bill._today() + timedelta(days=10)
        answer = bill.action_register_payment(1070, method="cheque", cheque_date=ahead)
        self.payment_of(answer).action_void("Given back")
        self.assertEqual(bill.amount_due, 1070)

    def test_nothing_is_deleted(self):
        bill = self.bill()
        payment = self.payment_of(bill.action_register_payment(10)).sudo()
        for records in (payment.allocation_ids, payment):
            with self.refused("never deleted"):
                records.unlink()
