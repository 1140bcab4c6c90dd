"""The dialog that notes money: for one or several documents, later, or set off."""

from odoo.fields import Command
from odoo.tests import Form, tagged

from .money import MoneyCase


@tagged("post_install", "-at_install")
class TestPaymentDialog(MoneyCase):
    def dialog(self, records, **context):
        model = self.env["bmasia.payment.wizard"].with_user(self.pom)
        about = {"active_model": records._name, "active_ids": records.ids}
        return Form(model.with_context(**about, **context))

    def test_several_invoices_are_paid_at_once(self):
        bills = self.bill() | self.bill(2000)
        form = self.dialog(bills)
        self.assertEqual(form.amount, 3210)
        form.reference = "TT 1"
        action = form.save().action_confirm()
        self.assertEqual(bills.mapped("state"), ["paid", "paid"])
        self.assertEqual(action["res_id"], bills.receipt_ids.id)

    def test_what_arrived_pays_the_first_invoices_first(self):
        bills = self.bill() | self.bill(2000)
        form = self.dialog(bills)
        form.amount = 1200
        amounts = [line["amount"] for line in form.line_ids._records]
        self.assertEqual(amounts, [1070, 130])
        form.save().action_confirm()
        self.assertEqual(bills.mapped("amount_due"), [0, 2010])

    def test_what_was_withheld_is_not_asked_of_the_money(self):
        bill = self.bill(10000)
        form = self.dialog(bill)
        with form.line_ids.edit(0) as line:
            line.withholding_amount = 300
            self.assertEqual(line.amount, 10400)
        form.amount = 10400
        form.save().action_confirm()
        self.assertEqual((bill.state, bill.payment_ids.amount), ("paid", 10400))
        self.assertEqual(bill.receipt_ids.withholding_amount, 300)

    def test_invoices_of_several_customers_are_refused(self):
        other = self.make_company("Somebody Else", country="base.th")
        bills = self.bill() | self.bill(customer_id=other.id)
        with self.refused("of one customer"):
            self.dialog(bills)
        with self.refused("one currency"):
            self.dialog(self.bill() | self.usd_bill())

    def test_money_on_account_is_used_for_the_oldest_invoices(self):
        payment = self.payment_of(self.register(1500))
        bills = self.bill() | self.bill()
        self.dialog(payment).save().action_confirm()
        self.assertEqual(bills.mapped("amount_due"), [0, 640])
        self.assertEqual(payment.amount_unallocated, 0)

    def test_an_advance_in_percent_of_a_contract(self):
        contract = self.active_contract(self.line(10000))
        form = self.dialog(contract)
        with form.line_ids.edit(0) as line:
            line.percent = 50
            self.assertEqual(line.amount, 5350)
        self.assertEqual(form.amount, 5350)
        form.save().action_confirm()
        advances = contract._advances()
        self.assertEqual(advances.amount_left, 5350)

    def test_a_credit_note_is_set_off_or_paid_back(self):
        paid = self.bill(10000)
        paid.action_register_payment(10700)
        note, following = self.credited(paid, 2000), self.bill(1000)
        self.dialog(note, default_set_off=True).save().action_confirm()
        self.assertEqual((following.state, paid.amount_refund), ("paid", 1070))
        form = self.dialog(note)
        self.assertEqual((form.amount, form.direction), (1070, "out"))
        form.save().action_confirm()
        self.assertEqual(paid.amount_refund, 0)

    def test_the_same_again_is_noted_if_it_is_said_to_be_another(self):
        bill = self.bill()
        bill.action_register_payment(50)
        wizard = self.env["bmasia.payment.wizard"].with_user(self.pom)
        use = {"document": f"bmasia.invoice,{bill.id}", "amount": 50}
        values = {
            "customer_id": self.hilton.id,
            "company_id": self.thailand.id,
            "amount": 50,
            "line_ids": [Command.create(use)],
        }
        dialog = wizard.create(values)
        self.assertTrue(dialog.is_repeated)
        with self.refused("noted already"):
            dialog.action_confirm()
        dialog.again = True
        dialog.action_confirm()
        self.assertEqual(bill.amount_paid, 100)

    def test_payments_and_receipts_are_voided_from_their_forms(self):
        bill = self.bill()
        answer = bill.action_register_payment(1070)
        wizards = self.env["bmasia.transition.wizard"].with_user(self.pom)
        for record in (bill.receipt_ids, self.payment_of(answer)):
            about = {"active_model": record._name, "active_id": record.id}
            form = Form(wizards.with_context(**about, default_transition="void"))
            form.reason = "Mistyped"
            form.save().action_confirm()
            self.assertEqual(record.state, "voided")
        self.assertEqual(bill.state, "issued")
