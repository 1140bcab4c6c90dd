"""Who pays is not who is served: buyer on documents, venue where it is served."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .together import TAX_ID, TogetherCase


@tagged("post_install", "-at_install")
class TestPayers(TogetherCase):
    def setUp(self):
        super().setUp()
        self.payer.invoicing = "contract"
        self.deal = self.venues[0]

    def billed(self):
        self.deal.with_user(self.pom).action_create_invoices()
        invoice = self.deal.invoice_ids.with_user(self.pom)
        invoice.action_issue()
        return invoice

    def test_the_buyer_is_who_pays_and_the_venue_is_named(self):
        invoice = self.billed()
        buyer = invoice._customer()
        self.assertEqual(buyer["name"], "Minor International PCL")
        self.assertEqual((buyer["vat"], buyer["branch"]), (TAX_ID, "Head Office"))
        self.assertEqual(invoice.property_name, "Anantara")
        self.deal.property_name = "Anantara Riverside"
        self.go_to("2026-04-01")
        self.deal.with_user(self.pom).action_create_invoices()
        self.assertEqual(self.deal.invoice_ids[0].property_name, "Anantara Riverside")

    def test_the_receipt_names_who_pays(self):
        invoice = self.billed()
        answer = invoice.action_register_payment(invoice.amount_due)
        receipt = self.env["bmasia.receipt"].browse(answer["receipt_id"])
        self.assertEqual(receipt.customer_id, self.payer)
        self.assertEqual(receipt._customer()["vat"], TAX_ID)
        self.assertEqual(invoice.state, "paid")

    def test_one_receipt_for_an_invoice_of_three_venues(self):
        self.payer.invoicing = "day"
        invoice = self.run_cron().with_user(self.pom)
        invoice.action_issue()
        answer = invoice.action_register_payment(3210)
        receipt = self.env["bmasia.receipt"].browse(answer["receipt_id"])
        amounts = (receipt.amount_untaxed, receipt.amount_tax)
        self.assertEqual(amounts, (3000, 210))
        self.assertEqual(invoice.state, "paid")
        row = invoice._open_item_row()
        self.assertEqual(row["subject"], ", ".join(self.all.mapped("name")))

    def test_who_pays_may_pay_in_advance(self):
        answer = (
            self.env["bmasia.payment"]
            .with_user(self.pom)
            .register(
                self.payer.id,
                self.thailand.id,
                535,
                allocations=[{"contract_id": self.deal.id, "amount": 535}],
            )
        )
        self.assertTrue(answer["receipts"])
        invoice = self.billed()
        self.assertEqual(invoice.amount_due, 535)

    def test_a_deposit_is_deducted_by_the_last_invoice_of_its_own_contract(self):
        self.payer.invoicing = "day"
        short = self.venue("Short", term_months=1)
        self.venues.append(short)
        for contract in (self.deal, short):
            use = {"contract_id": contract.id, "amount": 100, "is_deposit": True}
            self.env["bmasia.payment"].with_user(self.pom).register(
                self.payer.id, self.thailand.id, 100, allocations=[use]
            )
        invoice = self.run_cron().with_user(self.pom)
        self.assertEqual(invoice.amount_advance, 100, "of the one that ends")
        invoice.action_issue()
        self.assertEqual(invoice._deductions().advance_id.contract_id, short)

    def test_a_renewal_is_paid_by_the_same(self):
        renewal = self.deal.browse(self.deal.action_renew()["res_id"])
        self.assertEqual(renewal.payer_id, self.payer)
        self.assertEqual(renewal.billed_id, self.payer)

    def test_without_a_payer_the_customer_is_the_buyer(self):
        own = self.venue("Own", payer_id=False)
        self.assertEqual(own.billed_id, own.customer_id)
        own.with_user(self.pom).action_create_invoices()
        self.assertEqual(own.invoice_ids.customer_id, own.customer_id)
        self.assertFalse(own.invoice_ids.property_name)

    def test_the_contract_prints_who_pays(self):
        values = self.deal._document_values()
        self.assertEqual(values["payer"], "Minor International PCL")
        self.assertNotIn("payer", self.venue("Own", payer_id=False)._document_values())

    def test_an_invoice_by_hand_names_one_of_both(self):
        for buyer in (self.payer, self.deal.customer_id):
            made = self.invoice(customer_id=buyer.id, contract_id=self.deal.id)
            self.assertEqual(made.contract_ids, self.deal)
        with self.assertRaisesRegex(ValidationError, "another customer's"):
            self.invoice(contract_id=self.deal.id)

    def test_merged_payers_keep_their_contracts(self):
        twin = self.make_company("Minor twin")
        self.payer.with_user(self.norbert).action_merge_into(twin.id, confirm=True)
        self.assertEqual(self.all.payer_id, twin)
        self.assertEqual(self.all.billed_id, twin)
        self.assertEqual(self.all.schedule_ids.billed_id, twin)
