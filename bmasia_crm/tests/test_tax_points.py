"""When VAT falls due: services with the payment, goods with the invoice."""

from odoo.tests import tagged

from .common import CrmCase
from .documents import DocumentCase


@tagged("post_install", "-at_install")
class TestTaxPoints(CrmCase):
    def abroad(self):
        return self.make_company("Ocean Hotel", country="base.hk")

    def goods(self, **values):
        player = self.env.ref("bmasia_crm.product_player")
        self.assertEqual(player.tax_point, "delivery")
        return self.line(price=1000, kind="one_time", product_id=player.id, **values)

    def test_services_are_taxed_when_they_are_paid(self):
        bill = self.issued_invoice(self.line(price=1000, kind="one_time"))
        self.assertFalse(bill.is_tax_invoice)
        bill.action_register_payment(1070)
        self.assertTrue(bill.receipt_ids.is_tax_invoice)
        self.assertEqual(bill.receipt_ids.amount_tax, 70)

    def test_goods_are_taxed_by_their_invoice_and_the_receipt_is_plain(self):
        bill = self.issued_invoice(self.goods())
        self.assertTrue(bill.is_tax_invoice)
        self.assertEqual(bill._declared_tax(), 70)
        bill.action_register_payment(1070)
        receipt = bill.receipt_ids
        self.assertFalse(receipt.is_tax_invoice)
        self.assertEqual((receipt.amount_tax, receipt.amount_total), (0, 1070))

    def test_services_whose_tax_invoice_was_asked_for_are_taxed_by_it(self):
        draft = self.invoice(self.line(price=1000, kind="one_time"))
        draft.tax_invoice_asked = True
        draft.action_issue()
        self.assertTrue(draft.is_tax_invoice)
        draft.action_register_payment(1070)
        self.assertFalse(draft.receipt_ids.is_tax_invoice)

    def test_an_entity_without_vat_issues_no_tax_invoice(self):
        draft = self.invoice(self.goods(), customer_id=self.abroad().id)
        draft.tax_invoice_asked = True
        draft.action_issue()
        self.assertFalse(draft.is_tax_invoice)

    def test_a_credit_of_a_tax_invoice_is_a_credit_note_though_nothing_was_paid(self):
        bill = self.issued_invoice(self.goods())
        note = bill.browse(bill.action_credit("Returned")["res_id"])
        note.credit_ground = "returned"
        note.action_issue()
        self.assertEqual((note.kind, note.amount_tax), ("credit_note", 70))
        self.assertEqual(note._printed_references()[0]["number"], bill.name)

    def test_the_tax_point_of_a_product_follows_what_it_is(self):
        products = self.env["product.template"]
        for kind, point in (("service", "payment"), ("consu", "delivery")):
            with self.subTest(kind):
                made = products.create({"name": kind, "type": kind})
                self.assertEqual(made.tax_point, point)


@tagged("post_install", "-at_install")
class TestTaxInvoicesInPrint(DocumentCase):
    def test_an_invoice_that_is_the_tax_invoice_says_so_in_both_languages(self):
        draft = self.invoice(self.hotel)
        draft.tax_invoice_asked = True
        text = self.flat(draft)
        self.assertIn("Invoice / Tax invoice", text)
        self.assertIn("ใบกำกับภาษี", text)

    def test_one_that_is_not_does_not(self):
        text = self.flat(self.invoice(self.hotel))
        self.assertNotIn("Tax invoice", text)
        self.assertNotIn("ใบกำกับภาษี", text)
