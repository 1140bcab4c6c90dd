"""The same booking twice: with a key it is one, without a key it asks."""

from odoo.tests import tagged

from odoo.addons.document_flow.exceptions import DocumentConflict

from .money import MoneyCase


@tagged("post_install", "-at_install")
class TestRepeatedBookings(MoneyCase):
    def test_a_second_call_with_the_same_key_books_nothing(self):
        bill, payment = self.bill(), self.payment_of(self.register(900))
        paid = self.bill(10000)
        paid.action_register_payment(10700)
        note = self.credited(paid, 2000)
        calls = {
            "pay": lambda key: bill.action_register_payment(50, idempotency_key=key),
            "register": lambda key: self.register(70, idempotency_key=key),
            "allocate": lambda key: payment.action_allocate(
                [{"invoice_id": bill.id, "amount": 20}], idempotency_key=key
            ),
            "refund": lambda key: payment.action_refund(10, idempotency_key=key),
            "set off": lambda key: note.action_set_off(
                bill.id, 30, idempotency_key=key
            ),
        }
        for name, call in calls.items():
            with self.subTest(name):
                first = call(f"key {name}")
                uses = self.env["bmasia.payment.allocation"].search_count([])
                money = self.payments.search_count([])
                self.assertEqual(call(f"key {name}"), first)
                self.assertEqual(self.payments.search_count([]), money)
                self.assertEqual(
                    self.env["bmasia.payment.allocation"].search_count([]), uses
                )
        self.assertEqual(bill.amount_due, 970)

    def test_a_key_is_for_one_booking(self):
        bill = self.bill()
        bill.action_register_payment(50, idempotency_key="A")
        with self.refused("something else"):
            bill.action_register_payment(60, idempotency_key="A")
        with self.refused("1 to 200"):
            bill.action_register_payment(60, idempotency_key="A" * 201)

    def test_an_equal_call_without_a_key_asks(self):
        bill = self.bill()
        bill.action_register_payment(50)
        with self.refused("noted already", DocumentConflict):
            bill.action_register_payment(50)
        self.assertEqual(bill.amount_paid, 50)
        bill.action_register_payment(50, reference="Another")
        bill.action_register_payment(50, idempotency_key="B")
        bill.action_register_payment(50, again=True)
        self.assertEqual(bill.amount_paid, 200)
        self.register(5)
        with self.refused("noted already", DocumentConflict):
            self.register(5)

    def test_what_is_done_with_money_asks_as_well(self):
        bill, payment = self.bill(), self.payment_of(self.register(900))
        paid = self.bill(10000)
        paid.action_register_payment(10700)
        note = self.credited(paid, 2000)
        use = [{"invoice_id": bill.id, "amount": 20}]
        for call in (
            lambda **how: payment.action_allocate(use, **how),
            lambda **how: payment.action_refund(10, **how),
            lambda **how: note.action_set_off(bill.id, 30, **how),
        ):
            call()
            with self.refused("noted already", DocumentConflict):
                call()
            call(again=True)
        self.assertEqual((bill.amount_paid, payment.amount_unallocated), (100, 840))

    def test_what_was_voided_does_not_ask(self):
        bill = self.bill()
        payment = self.payment_of(bill.action_register_payment(50))
        payment.action_void("Wrong customer")
        bill.action_register_payment(50)
        self.assertEqual(bill.amount_paid, 50)
