"""What goes back to the customer: a credit note's money, and credit on account."""

from odoo.tests import tagged

from .money import MoneyCase


@tagged("post_install", "-at_install")
class TestRefunds(MoneyCase):
    def paid_and_credited(self, credited=2000):
        bill = self.bill(10000)
        bill.action_register_payment(10700)
        return bill, self.credited(bill, credited)

    def test_money_paid_back_brings_to_refund_to_zero(self):
        bill, note = self.paid_and_credited()
        self.assertEqual(bill.amount_refund, 2140)
        answer = note.action_register_payment(2140)
        payment = self.payment_of(answer)
        self.assertEqual((payment.direction, payment.amount_signed), ("out", -2140))
        self.assertEqual((bill.amount_refund, bill.amount_due), (0, 0))
        self.assertEqual((bill.state, note.payment_state), ("paid", "paid"))
        self.assertFalse(answer["number"], "no receipt of money paid back")
        with self.refused("not to be paid"):
            note.action_register_payment(1)

    def test_no_more_than_is_to_refund_is_paid_back(self):
        bill, note = self.paid_and_credited()
        with self.refused("left to pay"):
            note.action_register_payment(2140.01)
        note.action_register_payment(140)
        self.assertEqual(bill.amount_refund, 2000)

    def test_a_credit_note_of_an_unpaid_invoice_pays_nothing_back(self):
        note = self.credited(self.bill(10000), 2000)
        with self.refused("not to be paid"):
            note.action_register_payment(10)

    def test_a_payment_back_that_is_void_is_to_refund_again(self):
        bill, note = self.paid_and_credited()
        payment = self.payment_of(note.action_register_payment(2140))
        payment.action_void("Wrong account")
        self.assertEqual(bill.amount_refund, 2140)

    def test_a_credit_note_is_set_off_against_the_next_invoice(self):
        bill, note = self.paid_and_credited()
        following = self.bill(5000)
        answer = note.action_set_off(following.id)
        self.assertEqual(answer["amount_refund"], 0)
        self.assertEqual((bill.amount_refund, following.amount_due), (0, 3210))
        receipt = self.receipts_of(answer)
        self.assertEqual((receipt.amount_total, receipt.amount_tax), (2140, 140))
        self.assertEqual((receipt.method, receipt.reference), ("set_off", note.name))
        with self.refused("at most"):
            note.action_set_off(following.id, 1)

    def test_what_was_withheld_is_refunded_or_not(self):
        for withheld in (0, 300):
            bill = self.bill(10000)
            bill.action_register_payment(10400, withholding_amount=300)
            note = self.credited(bill, 10000)
            self.assertEqual(bill.amount_refund, 10700)
            back = 10700 - withheld
            note.action_register_payment(back, withholding_amount=withheld)
            self.assertEqual(bill.amount_refund, 0)

    def test_a_credited_invoice_was_not_paid(self):
        bill = self.bill()
        self.credited(bill, 1000)
        self.assertEqual((bill.state, bill.payment_state), ("credited", "credited"))
        self.assertFalse(bill.paid_date)

    def test_credit_on_account_is_paid_back(self):
        payment = self.payment_of(self.register(1000))
        with self.refused("THB 1,000.00 of this payment"):
            payment.action_refund(1000.01)
        answer = payment.action_refund(400, reference="OUT 1")
        self.assertEqual(answer["unallocated"], 600)
        out = self.payment_of(answer)
        self.assertEqual(
            (out.direction, out.amount, out.amount_unallocated), ("out", 400, 0)
        )
        with self.refused("was paid back"):
            payment.action_void("Typo")
        out.action_void("Came back")
        self.assertEqual(payment.amount_unallocated, 1000)
        payment.action_refund()
        self.assertEqual(payment.amount_unallocated, 0)
