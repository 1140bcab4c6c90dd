"""An advance that never comes to its invoice: its credit note, then the money back."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.document_flow.exceptions import DocumentConflict

from ..tools import money
from .money import MoneyCase


@tagged("post_install", "-at_install")
class TestAdvancesReturned(MoneyCase):
    def setUp(self):
        super().setUp()
        self.deal = self.active_contract(self.line(12000))
        answer = self.register(5350, [{"contract_id": self.deal.id}])
        self.paid, self.receipt = self.payment_of(answer), self.receipts_of(answer)

    def give_back(self, amount=None, reason="The hotel closed", **values):
        answer = self.paid.action_return_advance(reason, amount, **values)
        ids = [note["id"] for note in answer["credit_notes"]]
        return self.env["bmasia.invoice"].with_user(self.pom).browse(ids), answer

    def rows(self, key, **chosen):
        report = self.env["bmasia.report"]._reports()[key].with_user(self.pom)
        chosen = {"company_id": self.thailand.id, **chosen}
        return report._build(report._read_chosen(chosen)).rows

    def balance(self, note):
        """What the journal of that day comes to, by account."""
        day, sums = str(note.issue_date), {}
        for row in self.rows("journal", date_from=day, date_to=day):
            before = sums.get(row["account"], 0)
            sums[row["account"]] = money.add([before, row["amount"]])
        self.assertEqual(money.add(sums.values()), 0)
        return {account: amount for account, amount in sums.items() if amount}

    def test_a_credit_note_takes_the_tax_of_the_receipt_back(self):
        note, answer = self.give_back()
        self.assertEqual((note.kind, note.state), ("credit_note", "issued"))
        self.assertEqual((note.amount_untaxed, note.amount_tax), (5000, 350))
        self.assertEqual(note.credit_ground, "advance_returned")
        (named,) = note._printed_references()
        self.assertEqual((named["number"], named["value"]), (self.receipt.name, 5000))
        self.assertEqual((note._reference_value(), named["tax"]), (5000, 350))
        self.assertEqual(answer["left"], 0)
        out = self.payments.browse(answer["payment"])
        self.assertEqual((out.direction, out.amount), ("out", 5350))
        self.assertEqual((note.payment_state, note.amount_refund), ("paid", 0))
        self.assertFalse(out.receipt_ids)

    def test_it_names_the_buyer_as_the_receipt_does(self):
        self.hilton.sudo().legal_name = "Another Name Ltd."
        note, _answer = self.give_back()
        self.assertEqual(note._customer()["name"], self.receipt._customer()["name"])

    def test_what_is_given_back_is_not_deducted_any_more(self):
        self.give_back(3210)
        self.assertEqual(self.paid.amount_advance, 2140)
        invoice = self.invoice(self.line(12000), contract_id=self.deal.id)
        self.assertEqual(invoice.amount_advance, 2140)
        invoice.action_issue()
        invoice.action_register_payment(invoice.amount_due)
        uses = invoice.allocation_ids.filtered(lambda use: use.state == "valid")
        self.assertEqual(money.add(uses.mapped("amount_tax")), invoice.amount_tax)
        self.assertEqual(self.paid.amount_advance, 0)
        with self.refused("that, or less"):
            self.give_back()

    def test_no_more_than_is_left_and_not_without_a_reason(self):
        for amount in (5350.01, 0, -1):
            with self.refused("THB 5,350.00 of this payment"):
                self.give_back(amount)
        with self.refused("Say why"):
            self.give_back(reason=" ")
        with self.refused("before it was received"):
            self.give_back(date="2020-01-01")
        with self.refused("Less was withheld"):
            self.give_back(withholding_amount=5350)
        with self.assertRaises(AccessError):
            self.paid.with_user(self.nikki).action_return_advance("Closed")

    def test_parts_close_the_tax(self):
        notes = self.env["bmasia.invoice"]
        for number in range(3):
            part = 1783.34 - (number == 2) * 0.02
            notes += self.give_back(round(part, 2), again=True)[0]
        self.assertEqual(money.add(notes.mapped("amount_total")), 5350)
        self.assertEqual(money.add(notes.mapped("amount_tax")), 350)

    def test_the_same_again_asks_and_a_key_answers_as_before(self):
        self.give_back(100)
        with self.assertRaises(DocumentConflict):
            self.give_back(100)
        _note, first = self.give_back(100, idempotency_key="a")
        _note, again = self.give_back(100, idempotency_key="a")
        self.assertEqual(first, again)
        self.assertEqual(self.paid.amount_advance, 5150)

    def test_what_was_withheld_may_be_kept(self):
        note, answer = self.give_back(withholding_amount=150)
        out = self.payments.browse(answer["payment"])
        self.assertEqual((out.amount, note.amount_refund), (5200, 0))
        self.assertFalse(out.allocation_ids.certificate_id, "none is owed")
        self.assertFalse(self.rows("withholding"))
        last = self.rows("statement", customer_id=self.hilton.id)[-1]
        self.assertEqual(last["balance"], 0)
        self.assertEqual(self.balance(note), {"bank": 150, "withholding": -150})

    def test_what_a_credit_note_names_stays(self):
        _note, answer = self.give_back(100)
        with self.refused("takes back a part of this"):
            self.paid.action_void("Bounced")
        with self.refused("takes back a part of this"):
            self.receipt.action_void("Typo")
        with self.refused("takes back a part of this"):
            self.receipt.action_replace("Wrong address")
        self.payments.browse(answer["payment"]).action_void("Came back")

    def test_money_that_came_back_is_to_refund_or_set_off(self):
        note, answer = self.give_back()
        self.payments.browse(answer["payment"]).action_void("Wrong account")
        self.assertEqual((note.amount_refund, note.payment_state), (5350, "unpaid"))
        (row,) = self.rows("credits")
        self.assertEqual((row["what"], row["amount"]), ("refund", 5350))
        bill = self.bill(10000)
        self.assertEqual(note.action_set_off(bill.id, 1070)["amount_refund"], 4280)
        self.assertEqual(bill.amount_due, 9630)
        note.action_register_payment(4280)
        self.assertEqual(note.payment_state, "paid")
        self.assertFalse(self.rows("credits"))

    def test_an_advance_on_a_quote_or_proforma_too(self):
        quote = self.quote(self.line(1000, kind="one_time"))
        quote.action_mark_sent()
        proforma = self.bill(1000, kind="proforma")
        for target in ({"quote_id": quote.id}, {"invoice_id": proforma.id}):
            answer = self.register(1070, [target], reference=str(target))
            self.paid = self.payment_of(answer)
            note, _answer = self.give_back()
            self.assertEqual((note.amount_untaxed, note.amount_tax), (1000, 70))

    def test_who_charges_no_vat_gives_it_back_without(self):
        bill = self.usd_bill(500, kind="proforma")
        self.paid = self.payment_of(bill.action_register_payment(500))
        note, _answer = self.give_back()
        self.assertEqual((note.kind, note.amount_tax), ("credit_note", 0))
        self.assertFalse(note.is_tax_invoice)

    def test_nothing_that_was_invoiced_is_taken_back(self):
        note, _answer = self.give_back()
        self.assertEqual((note.amount_untaxed_signed, note.amount_tax_signed), (0, 0))
        self.assertEqual(self.balance(note), {})
        last = self.rows("statement", customer_id=self.hilton.id)[-1]
        self.assertEqual(last["balance"], 0)
        self.assertFalse(self.rows("credits"))
        (row,) = self.rows("credit_notes")
        self.assertEqual((row["original"], row["amount_tax"]), (self.receipt.name, 350))

    def test_the_vat_report_has_both(self):
        note, _answer = self.give_back()
        rows = self.rows("vat", month=str(note.issue_date))
        found = {row["name"]: row["tax"] for row in rows}
        self.assertEqual(found, {self.receipt.name: 350, note.name: -350})

    def test_the_dialog_makes_both(self):
        for record in (self.paid, self.receipt):
            wizard = (
                self.env["bmasia.advance.return.wizard"]
                .with_user(self.pom)
                .with_context(active_model=record._name, active_id=record.id)
                .create({"reason": "The hotel closed", "again": True})
            )
            wizard.amount = wizard.amount_advance / 2
            opened = wizard.action_confirm()
            self.assertEqual(opened["res_model"], "bmasia.invoice")
        self.assertEqual(self.paid.amount_advance, 1337.5)
