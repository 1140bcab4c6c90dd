"""The dialog that notes money: for one or several documents, later, or set off."""

from datetime import timedelta

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

    def test_a_button_that_knows_what_arrived_says_so(self):
        bills = self.bill() | self.bill(2000)
        form = self.dialog(bills, default_amount=1200)
        amounts = [line["amount"] for line in form.line_ids._records]
        self.assertEqual((form.amount, amounts), (1200, [1070, 130]))
        ends = {
            "default_is_given": True,
            "default_company_id": bills.company_id.id,
            "default_currency_id": bills.currency_id.id,
        }
        form = self.dialog(bills.customer_id, default_amount=1200, **ends)
        amounts = [line["amount"] for line in form.line_ids._records]
        self.assertEqual((form.amount, amounts), (1200, [1070, 130]))

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


@tagged("post_install", "-at_install")
class TestProposedPayment(MoneyCase):
    """What the dialog proposes, once it knows who paid and how much."""

    def dialog(self, customer=None):
        form = Form(self.env["bmasia.payment.wizard"].with_user(self.pom))
        form.customer_id = customer or self.hilton
        return form

    def rows(self, form, *names):
        return [tuple(row[name] for name in names) for row in form.line_ids._records]

    def test_a_customer_brings_its_open_invoices_oldest_due_first(self):
        bills = self.bill() | self.bill(2000) | self.bill(3000)
        earlier = bills[0].due_date - timedelta(days=9)
        bills[2].sudo()._write_state({"due_date": earlier})
        form = self.dialog()
        due = [row["amount_due"] for row in form.line_ids._records]
        self.assertEqual(due, [3210, 1070, 2140])
        self.assertEqual(form.company_id, self.thailand)
        form.amount = 3210 + 1070 + 100
        self.assertEqual(self.rows(form, "amount"), [(3210,), (1070,), (100,)])
        form.save().action_confirm()
        self.assertEqual(bills.mapped("amount_due"), [0, 2040, 0])
        self.assertEqual(len(bills.receipt_ids), 1)

    def test_another_entity_brings_its_own(self):
        self.bill()
        abroad = self.usd_bill(500)
        abroad.sudo()._write_state({"due_date": "2030-01-01"})
        form = self.dialog()
        form.company_id = self.hongkong
        self.assertEqual(form.currency_id.name, "USD")
        self.assertEqual(self.rows(form, "amount_due"), [(500,)])

    def test_a_row_that_is_corrected_stays_as_it_was_typed(self):
        first, second = self.bill(), self.bill()
        form = self.dialog()
        with form.line_ids.edit(1) as line:
            line.amount = 1070
        self.assertEqual((form.amount, self.rows(form, "amount")[0]), (1070, (0,)))
        form.save().action_confirm()
        self.assertEqual((first.amount_due, second.amount_due), (1070, 0))

    def test_what_banks_kept(self):
        bill = self.usd_bill(1000)
        form = self.dialog()
        form.amount = 975
        self.assertEqual((form.amount_missing, form.missing_as), (25, "open"))
        form.missing_as = "bank_charge"
        self.assertEqual(self.rows(form, "amount", "bank_charge"), [(975, 25)])
        form.amount = 980
        self.assertEqual(self.rows(form, "amount", "bank_charge"), [(980, 20)])
        form.save().action_confirm()
        self.assertEqual((bill.state, bill.receipt_ids.bank_charge), ("paid", 20))

    def test_a_cent_too_much_is_on_account_or_rounded(self):
        bill = self.usd_bill(1000)
        form = self.dialog()
        form.amount = 1000.01
        self.assertEqual((form.amount_left, form.amount_missing), (0.01, 0))
        form.excess_as = "rounding"
        self.assertEqual(self.rows(form, "amount", "rounding"), [(1000.01, -0.01)])
        self.assertEqual(form.amount_left, 0)
        form.excess_as = "account"
        self.assertEqual(self.rows(form, "amount", "rounding"), [(1000, 0)])
        form.excess_as = "rounding"
        form.save().action_confirm()
        self.assertEqual((bill.state, bill.payment_ids.amount_unallocated), ("paid", 0))

    def test_withheld_tax_is_proposed_with_the_amount(self):
        self.hilton.write({"withholding_by": "own", "withholding_rate": 3})
        self.bill(10000)
        form = self.dialog()
        for amount, withheld, missing in (
            (10400, 300, 0),
            (10700, 0, 0),
            (5200, 150, 5350),
        ):
            form.amount = amount
            row = self.rows(form, "amount", "withholding_amount")
            self.assertEqual(row, [(amount, withheld)])
            self.assertEqual(form.amount_missing, missing)
        form.amount = 10390
        form.missing_as = "withholding_amount"
        self.assertEqual(self.rows(form, "withholding_amount"), [(310,)])
        self.assertIn("300.00 would be withheld", form.withholding_warning)

    def test_what_an_advance_may_be_for_is_listed_without_money(self):
        bill = self.bill()
        begun = self.active_contract(self.line(5000))
        invoiced = self.active_contract(self.line(7000))
        self.bill(contract_id=invoiced.id)
        quote = self.quote(self.line(9000))
        quote.action_mark_sent()
        proforma = self.bill(3000, kind="proforma")
        form = self.dialog()
        listed = [row["document"] for row in form.line_ids._records]
        for document, is_there in (
            *((bill, True), (begun, True), (quote, True), (proforma, True)),
            (invoiced, False),
        ):
            name = f"{document._name},{document.id}"
            self.assertEqual(name in map(str, listed), is_there, document)
        form.amount = 999999
        self.assertGreater(form.amount_left, 900000)

    def test_a_deposit_in_percent_of_a_quote(self):
        quote = self.quote(self.line(10000))
        quote.action_mark_sent()
        form = self.dialog()
        with form.line_ids.edit(0) as line:
            line.percent = 30
            line.is_deposit = True
        form.save().action_confirm()
        advance = quote._advances()
        self.assertEqual((advance.settled, advance.is_deposit), (3210, True))

    def test_what_the_buyer_lacks_is_said_before_and_after(self):
        self.thailand.country_id = self.env.ref("base.th")
        self.hilton.write({"vat": False, "branch": False})
        bill = self.bill()
        form = self.dialog()
        self.assertFalse(form.buyer_warning)
        form.amount = 1070
        self.assertIn("no tax ID, branch", form.buyer_warning)
        self.assertIn(f"/odoo/bmasia-companies/{self.hilton.id}", form.buyer_warning)
        form.save().action_confirm()
        receipt = bill.receipt_ids
        self.assertIn("No tax ID, branch", receipt.tax_warning)
        self.hilton.write({"vat": "0105500000001", "branch": "Head Office"})
        receipt.with_user(self.pom).action_replace("No tax ID")
        self.assertFalse(receipt.tax_warning)
        self.assertFalse(receipt.replaced_by_id.tax_warning)

    def test_a_cheque_that_is_expected_says_it_too(self):
        self.thailand.country_id = self.env.ref("base.th")
        self.hilton.vat = False
        bill = self.bill()
        ahead = self.register(
            1070, [{"invoice_id": bill.id}], method="cheque", cheque_date="2099-01-01"
        )
        payment = self.payment_of(ahead)
        self.assertIn("no tax ID", payment.buyer_warning)
        payment.action_void("Bounced")
        self.assertFalse(payment.buyer_warning)

    def test_a_plain_receipt_says_nothing_of_the_buyer(self):
        self.hilton.vat = False
        bill = self.usd_bill()
        form = self.dialog()
        form.amount = 1000
        self.assertFalse(form.buyer_warning)
        form.save().action_confirm()
        self.assertFalse(bill.receipt_ids.tax_warning)
