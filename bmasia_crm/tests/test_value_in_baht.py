"""A Thai entity's tax document in another currency states its value in baht."""

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmCase
from .documents import DocumentCase

NOON = "2026-11-28 05:00:00"  # in Bangkok


@tagged("post_install", "-at_install")
class TestValueInBaht(CrmCase):
    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOON))
        self.thailand.country_id = self.env.ref("base.th")
        self.usd = self.currency("USD")

    def rate(self, rate, day, **values):
        return self.env["bmasia.exchange.rate"].create(
            {"currency_id": self.usd.id, "date": day, "rate": rate, **values}
        )

    def dollars(self, **values):
        return self.issued_invoice(self.line(1000), currency_id=self.usd.id, **values)

    def test_without_a_rate_it_is_asked_for_and_nothing_is_lost(self):
        invoice = self.dollars()
        self.assertFalse(invoice.thb_rate, "the receipt is the tax invoice")
        asked = self.assertRaisesRegex(UserError, "No rate of USD is known for 28 Nov")
        with asked, self.cr.savepoint():
            invoice.action_register_payment(1070)
        self.assertFalse(invoice.receipt_ids)

    def test_rate_value_and_vat_are_fixed_on_the_receipt(self):
        rate = self.rate(34.123456, "2026-11-27")
        invoice = self.dollars()
        invoice.action_register_payment(1070)
        receipt = invoice.receipt_ids
        self.assertEqual(receipt.thb_rate, 34.123456)
        self.assertEqual(str(receipt.thb_rate_date), "2026-11-27")
        self.assertEqual(receipt.thb_rate_source, "bot")
        # 1,000.00 × 34.123456 and 70.00 × 34.123456
        self.assertEqual(receipt.amount_untaxed_thb, 34123.46)
        self.assertEqual(receipt.amount_tax_thb, 2388.64)
        rate.rate = 35
        self.assertEqual(receipt.amount_tax_thb, 2388.64)
        with self.assertRaises(UserError):
            receipt.with_user(self.pom).thb_rate = 35

    def test_the_rate_of_another_day_counts_only_over_holidays(self):
        self.rate(33, "2026-11-01")
        invoice = self.dollars()
        asked = self.assertRaisesRegex(UserError, "No rate")
        with asked, self.cr.savepoint():
            invoice.action_register_payment(10)
        self.rate(34, "2026-11-20")
        self.rate(36, "2026-11-29")
        invoice.action_register_payment(10)
        self.assertEqual(invoice.receipt_ids.thb_rate, 34)

    def test_baht_and_other_entities_need_none(self):
        baht = self.issued_invoice()
        baht.action_register_payment(10)
        foreign = self.issued_invoice(company_id=self.hongkong.id)
        foreign.action_register_payment(10)
        for receipt in (baht | foreign).receipt_ids:
            self.assertFalse(receipt.thb_rate or receipt.amount_tax_thb)

    def test_a_credit_note_has_it_too_with_a_typed_rate(self):
        self.rate(34, "2026-11-27")
        invoice = self.dollars()
        invoice.action_register_payment(1070)
        invoice.action_credit("Closed", ground="ended")
        note = invoice.credit_note_ids
        self.assertTrue(note.needs_thb)
        self.assertEqual(note._thb_rate_known()[0], 34, "as its tax invoice")
        self.rate(36, "2026-11-28")
        self.assertEqual(note._thb_rate_known()[0], 34)
        note.thb_rate = 33.5
        with self.assertRaisesRegex(UserError, "source of the exchange rate"):
            note.action_issue()
        note.write({"thb_rate_source": "bank", "thb_rate_date": "2026-11-26"})
        note.action_issue()
        self.assertEqual(note.amount_untaxed_thb, 33500)
        self.assertEqual(note.amount_tax_thb, 2345)
        self.assertEqual(str(note.thb_rate_date), "2026-11-26")

    def test_a_rate_is_more_than_nothing(self):
        for rate in (0, -1):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.rate(rate, "2026-11-27")


@tagged("post_install", "-at_install")
class TestPrintedInBaht(DocumentCase):
    def test_the_receipt_prints_rate_source_day_value_and_vat(self):
        self.thai.country_id = self.env.ref("base.th")
        usd = self.env.ref("base.USD")
        self.env["bmasia.exchange.rate"].create(
            {"currency_id": usd.id, "date": self.thai._today(), "rate": 34.123456}
        )
        invoice = self.issued(
            self.hotel,
            currency_id=usd.id,
            line_ids=[Command.create({"name": "Music", "unit_price": 1000})],
        )
        receipt = self.receipt(invoice)
        text = self.flat(receipt)
        for said in (
            "USD 1 = THB 34.123456",
            "Bank of Thailand, average buying rate",
            "THB 34,123.46",
            "THB 2,388.64",
        ):
            self.assertIn(said, text)
