"""Money before there is an invoice: on a quote, a contract, a proforma."""

from odoo.tests import tagged

from .money import MoneyCase


@tagged("post_install", "-at_install")
class TestAdvances(MoneyCase):
    def signed(self, price=12000, **values):
        return self.active_contract(self.line(price), **values)

    def test_a_deposit_in_percent_of_a_quote_is_deducted_from_the_invoice(self):
        quote = self.quote(self.line(10000, kind="one_time"))
        quote.action_mark_sent()
        answer = self.register(5350, [{"quote_id": quote.id, "percent": 50}])
        receipt = self.receipts_of(answer)
        self.assertTrue(receipt.is_tax_invoice)
        self.assertEqual((receipt.amount_untaxed, receipt.amount_tax), (5000, 350))
        quote.action_accept()
        contract = self.env["bmasia.contract"].browse(
            quote.action_create_contract()["res_id"]
        )
        contract.without_clauses = True
        invoice = self.invoice(
            self.line(10000, kind="one_time"), contract_id=contract.id
        )
        self.assertEqual(invoice.amount_advance, 5350)
        invoice.action_issue()
        self.assertEqual((invoice.amount_paid, invoice.amount_due), (5350, 5350))
        kinds = [(r["kind"], r["amount"]) for r in invoice._totals_rows()]
        self.assertEqual(
            kinds[-3:], [("sum", 10700), ("withheld", -5350), ("total", 5350)]
        )
        self.assertEqual(invoice._worded_amount(), 5350)
        self.assertEqual(invoice.receipt_ids, receipt, "the advance has no second one")
        invoice.action_register_payment(5350)
        rest = invoice.receipt_ids - receipt
        self.assertEqual((rest.amount_untaxed, rest.amount_tax), (5000, 350))
        self.assertEqual(invoice.state, "paid")

    def test_the_rest_closes_net_and_tax_whatever_the_advance_was(self):
        contract = self.signed()
        answer = self.register(3333.33, [{"contract_id": contract.id}])
        advance = self.receipts_of(answer)
        invoice = self.invoice(self.line(12000), contract_id=contract.id)
        invoice.action_issue()
        invoice.action_register_payment(invoice.amount_due)
        receipts = invoice.receipt_ids
        self.assertEqual(len(receipts), 2)
        self.assertIn(advance, receipts)
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertAlmostEqual(sum(receipts.mapped(name)), invoice[name], 2)

    def test_an_advance_larger_than_an_invoice_goes_on_to_the_next(self):
        contract = self.signed(billing_frequency="monthly")
        self.register(5000, [{"contract_id": contract.id}])
        first = self.invoice(self.line(2000), contract_id=contract.id)
        first.action_issue()
        self.assertEqual((first.state, first.amount_due), ("paid", 0))
        second = self.invoice(self.line(4000), contract_id=contract.id)
        second.action_issue()
        self.assertEqual(second.amount_due, 4280 - (5000 - 2140))

    def test_a_deposit_waits_for_the_last_invoice(self):
        contract = self.signed(billing_frequency="monthly")
        said = {"contract_id": contract.id, "is_deposit": True}
        self.register(1070, [said])
        contract.with_user(self.pom).action_create_invoices()
        invoice = contract.invoice_ids[:1].with_user(self.pom)
        invoice.action_issue()
        self.assertEqual(invoice.amount_paid, 0)

    def test_finance_may_leave_an_advance_for_another_invoice(self):
        contract = self.signed()
        self.register(1070, [{"contract_id": contract.id}])
        invoice = self.invoice(
            self.line(5000), contract_id=contract.id, deduct_advances=False
        )
        invoice.action_issue()
        self.assertEqual(invoice.amount_paid, 0)

    def test_a_paid_proforma_becomes_an_invoice_that_deducts_it(self):
        proforma = self.bill(10000, kind="proforma")
        answer = proforma.action_register_payment(10700)
        self.assertEqual(proforma.payment_state, "paid")
        receipt = proforma.receipt_ids
        self.assertEqual((receipt.amount_tax, receipt.is_tax_invoice), (700, True))
        invoice = proforma.browse(proforma.action_invoice_proforma()["res_id"])
        self.assertEqual(
            proforma.action_invoice_proforma()["res_id"], invoice.id, "made once"
        )
        invoice.action_issue()
        self.assertEqual((invoice.state, invoice.amount_due), ("paid", 0))
        self.assertEqual(invoice.receipt_ids, receipt)
        self.assertEqual(invoice.payment_ids.id, answer["id"])

    def test_more_than_the_whole_is_not_taken_in_advance(self):
        contract = self.signed(1000)
        total = contract._payable_total()
        with self.refused("more cannot be paid in advance"):
            use = {"contract_id": contract.id, "amount": total + 1}
            self.register(total + 1, [use])
        self.register(total, [{"contract_id": contract.id, "percent": 100}])

    def test_drafts_take_no_money(self):
        with self.refused("not to be paid"):
            self.register(10, [{"quote_id": self.quote().id}])
        with self.refused("not to be paid"):
            self.register(10, [{"contract_id": self.contract().id}])
        with self.refused("not to be paid"):
            self.register(10, [{"invoice_id": self.invoice().id}])

    def test_an_advance_that_is_void_opens_the_invoice_that_deducted_it(self):
        contract = self.signed()
        answer = self.register(5350, [{"contract_id": contract.id}])
        invoice = self.invoice(self.line(5000), contract_id=contract.id)
        invoice.action_issue()
        self.assertEqual(invoice.state, "paid")
        self.payment_of(answer).action_void("The cheque bounced")
        self.assertEqual((invoice.state, invoice.amount_due), ("issued", 5350))
