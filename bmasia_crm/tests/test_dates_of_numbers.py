"""A tax document counts on its own day; days and numbers run in one order."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CrmCase

NOON = "2026-11-28 05:00:00"  # in Bangkok


@tagged("post_install", "-at_install")
class TestDatesOfNumbers(CrmCase):
    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOON))

    def notes_of(self, document):
        return " ".join(document.message_ids.mapped("body"))

    def test_tax_documents_are_counted_per_entity(self):
        invoices = [
            self.issued_invoice(company_id=entity.id)
            for entity in (self.thailand, self.hongkong, self.thailand)
        ]
        self.assertEqual(
            [invoice.name for invoice in invoices],
            ["INV-TH-2026-1128-001", "INV-HK-2026-1128-001", "INV-TH-2026-1128-002"],
        )
        for invoice in invoices:
            invoice.action_register_payment(10)
        self.assertEqual(
            [invoice.receipt_ids.name for invoice in invoices],
            ["REC-TH-2026-1128-001", "REC-HK-2026-1128-001", "REC-TH-2026-1128-002"],
        )

    def test_numbers_from_before_stay_and_do_not_disturb(self):
        old = self.invoice(issue_date="2026-11-28")
        old.sudo().name = "INV-2026-1128-007"
        old.action_issue()
        self.assertEqual(old.name, "INV-2026-1128-007")
        self.assertEqual(self.issued_invoice().name, "INV-TH-2026-1128-001")
        imported = self.invoice().sudo()
        imported.name = "INV-TH-2026-1128-041"
        self.assertEqual(self.issued_invoice().name, "INV-TH-2026-1128-042")

    def test_a_second_entity_without_a_code_says_where_to_set_it(self):
        third, fourth = self.env["res.company"].create(
            [{"name": "Third"}, {"name": "Fourth"}]
        )
        self.norbert.company_ids += third | fourth
        alone = self.invoice(user=self.norbert, company_id=fourth.id)
        alone.action_issue()
        self.assertEqual(alone.name, "INV-2026-1128-001")
        draft = self.invoice(user=self.norbert, company_id=third.id)
        with self.assertRaisesRegex(UserError, "Third has no code for its numbers"):
            draft.action_issue()
        quote = self.quote(user=self.norbert, company_id=third.id)
        quote.action_mark_sent()
        self.assertTrue(quote.name, "quotes need none")
        third.with_user(self.norbert).entity_code = "TR"
        draft.action_issue()
        self.assertEqual(draft.name, "INV-TR-2026-1128-001")
        with self.assertRaisesRegex(UserError, "their form stays"):
            third.with_user(self.norbert).entity_code = "TT"

    def test_the_settings_show_both_forms(self):
        examples = self.thailand.number_example
        for number in ("INV-TH-2026-1128-001", "Q-2026-1128-001"):
            self.assertIn(number, examples)

    def test_a_receipt_has_the_series_of_its_day_in_both_presets(self):
        self.hongkong.number_preset = "year"
        for entity, wanted in (
            (self.thailand, "REC-TH-2025-1231-001"),
            (self.hongkong, "HK-RC25001"),
        ):
            with self.subTest(wanted):
                invoice = self.issued_invoice(
                    company_id=entity.id, issue_date="2025-12-20"
                )
                invoice.action_register_payment(10, date="2025-12-31")
                self.assertEqual(invoice.receipt_ids.name, wanted)

    def test_behind_a_later_number_of_the_month_is_noted(self):
        first = self.issued_invoice(issue_date="2026-11-20")
        second = self.issued_invoice(issue_date="2026-11-10")
        note = self.notes_of(second)
        self.assertIn(first.name, note)
        self.assertIn("10 November 2026", note)
        third = self.issued_invoice(issue_date="2026-11-20")
        self.assertNotIn("behind", self.notes_of(third))

    def test_behind_a_number_of_a_later_month_is_asked_about(self):
        self.issued_invoice(issue_date="2026-11-02")
        draft = self.invoice(issue_date="2026-10-30")
        for blank in (False, "  "):
            draft.backdate_reason = blank
            with self.assertRaisesRegex(UserError, "say why"):
                draft.action_issue()
            self.assertFalse(draft.name)
        draft.backdate_reason = "Forgotten at the month's end"
        draft.action_issue()
        self.assertEqual(draft.name, "INV-TH-2026-1030-001")
        self.assertIn("Forgotten at the month", self.notes_of(draft))

    def test_receipts_keep_the_same_order(self):
        invoice = self.issued_invoice(issue_date="2026-10-01")
        invoice.action_register_payment(10, date="2026-11-20")
        invoice.action_register_payment(10, date="2026-11-10")
        early = invoice.receipt_ids.filtered(lambda p: p.date == date(2026, 11, 10))
        self.assertIn("behind", self.notes_of(early))
        with self.assertRaisesRegex(UserError, "say why"):
            invoice.action_register_payment(10, date="2026-10-31")

    def test_kinds_and_entities_have_an_order_of_their_own(self):
        self.issued_invoice()
        self.issued_invoice(kind="proforma", issue_date="2026-10-01")
        self.issued_invoice(company_id=self.hongkong.id, issue_date="2026-10-01")
