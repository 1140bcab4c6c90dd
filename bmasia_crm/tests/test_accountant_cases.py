"""Cases of an accountant whose values were reckoned by hand."""

from odoo.tests import tagged

from ..tools import words
from .money import MoneyCase


@tagged("post_install", "-at_install")
class TestAccountantCases(MoneyCase):
    def test_what_is_given_whole_is_paid_at_once_and_has_no_minus(self):
        line = self.line(64.22, 2.25, kind="one_time", discount=100)
        invoice = self.issued_invoice(line)
        row = invoice.line_ids
        self.assertEqual((row.amount_gross, row.amount_untaxed), (144.5, 0))
        self.assertEqual((invoice.amount_total, invoice.state), (0, "paid"))
        self.assertNotIn("-", str(invoice.amount_total))

    def test_two_parts_of_a_bill_have_net_and_vat_to_the_satang(self):
        invoice = self.bill(177476.64)
        self.assertEqual(invoice.amount_total, 189900)
        for amount, net, vat in (
            (129900, 121401.87, 8498.13),
            (60000, 56074.77, 3925.23),
        ):
            receipt = self.receipts_of(
                self.register(amount, [{"invoice_id": invoice.id}])
            )
            self.assertEqual((receipt.amount_untaxed, receipt.amount_tax), (net, vat))
        self.assertEqual(invoice.amount_due, 0)

    def test_yen_have_no_decimals(self):
        yen = self.currency("JPY")
        invoice = self.issued_invoice(
            self.line(333.5, 3, kind="one_time"),
            company_id=self.hongkong.id,
            currency_id=yen.id,
        )
        self.assertEqual(invoice.amount_total, 1001)

    def test_small_and_large_sums_in_words(self):
        for amount, thai, english in (
            (0.25, "ยี่สิบห้าสตางค์", "Twenty-five satang"),
            (
                101000000.21,
                "หนึ่งร้อยเอ็ดล้านบาทยี่สิบเอ็ดสตางค์",
                "One hundred and one million baht and twenty-one satang",
            ),
        ):
            with self.subTest(amount):
                self.assertEqual(words.in_words(amount, "THB", "th_TH"), thai)
                self.assertEqual(words.in_words(amount, "THB", "en_US"), english)

    def test_thirty_six_months_billed_by_the_year(self):
        contract = self.active_contract(
            self.line(93100.07),
            self.line(9999.99, kind="one_time"),
            start_date="2026-01-01",
            term_months=36,
            billing_frequency="annual",
        )
        rows = contract.schedule_ids.sorted("period_start")
        self.assertEqual(rows.mapped("amount_untaxed"), [103100.06, 93100.07, 93100.07])

    def test_a_deducted_advance_is_not_taxed_again(self):
        proforma = self.bill(1000, kind="proforma")
        proforma.action_register_payment(1070)
        self.assertTrue(proforma.allocation_ids._tax_falls_due())
        invoice = proforma.browse(proforma.action_invoice_proforma()["res_id"])
        invoice.action_issue()
        use = invoice.allocation_ids
        self.assertTrue(use.advance_id)
        self.assertFalse(use._tax_falls_due())
