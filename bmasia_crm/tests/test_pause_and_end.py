"""A contract that runs is paused, skipped, ended before its time; billing follows."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-31 05:00:00")
class TestPauseAndEnd(CrmCase):
    def running(self, frequency="monthly", price=12000, **values):
        return self.active_contract(
            self.line(price),
            start_date="2026-01-01",
            billing_frequency=frequency,
            lang="en_US",
            **values,
        )

    def billed(self, contract):
        contract.with_user(self.pom).action_create_invoices()
        for invoice in contract.invoice_ids.sorted("period_start"):
            if invoice.state == "draft":
                invoice.with_user(self.pom).action_issue()
        return contract.invoice_ids

    def amounts(self, contract):
        return contract.schedule_ids.mapped("amount_untaxed")

    def test_a_month_that_is_skipped_is_never_billed(self):
        contract = self.running()
        contract.with_user(self.nikki).action_skip("2026-04-01", "Closed", said_by="GM")
        self.assertEqual(self.amounts(contract)[3], 0)
        with freeze_time("2026-06-10 05:00:00"):
            self.env["bmasia.contract"]._cron_create_invoices()
        months = [str(day)[5:7] for day in contract.invoice_ids.mapped("period_start")]
        self.assertEqual(sorted(months), ["01", "02", "03", "05", "06"])

    def test_days_are_charged_by_their_part_of_the_period(self):
        contract = self.running("annual", 36500)
        contract.action_pause("2026-04-01", "2026-04-10", "Works")
        self.assertEqual(self.amounts(contract), [35500])

    def test_what_was_billed_of_a_pause_is_credited(self):
        contract = self.running("annual", 36500)
        invoice = self.billed(contract)
        contract.action_pause("2026-04-01", "2026-04-10", "Works")
        note = invoice.credit_note_ids
        self.assertEqual((note.state, note.amount_untaxed), ("draft", 1000))
        self.assertEqual(self.amounts(contract), [36500, -1000])
        contract.pause_ids.action_withdraw()
        self.assertFalse(invoice.credit_note_ids)
        self.assertEqual(self.amounts(contract), [36500])

    def test_the_term_may_end_as_many_days_later(self):
        contract = self.running()
        contract.action_skip("2026-04-01", "Closed", extend=True)
        self.assertEqual(str(contract.end_date), "2027-01-30")
        self.assertEqual(self.amounts(contract)[-1], 967.74)  # 30 of 31 days

    def test_drafts_follow_and_say_so(self):
        contract = self.running()
        contract.with_user(self.pom).action_create_invoices()
        march = contract.invoice_ids.sorted("period_start")[-1]
        contract.action_pause("2026-03-17", "2026-03-31", "Works")
        self.assertFalse(march.exists())
        self.assertEqual(len(contract.invoice_ids), 2, "January and February stay")
        contract.with_user(self.pom).action_create_invoices()
        march = contract.invoice_ids.sorted("period_start")[-1]
        self.assertEqual(march.amount_untaxed, 516.13)  # 16 of 31 days
        self.assertIn("× 1/12 × 16 of 31 days", march.line_ids.name)

    def test_a_bill_that_begins_after_a_pause_says_its_days_of_the_period(self):
        contract = self.running()
        contract.action_pause("2026-04-01", "2026-04-10", "Works")
        with freeze_time("2026-04-11 05:00:00"):
            contract.with_user(self.pom).action_create_invoices()
        april = contract.invoice_ids.sorted("period_start")[-1]
        self.assertEqual(april.amount_untaxed, 666.67)
        self.assertIn("× 1/12 × 20 of 30 days", april.line_ids.name)

    def test_a_year_that_ends_early_is_credited_by_its_days(self):
        contract = self.running("annual", 120000)
        invoice = self.billed(contract)
        with freeze_time("2026-06-15 05:00:00"):
            contract.with_user(self.norbert).action_cancel("Sold", "2026-06-15")
        self.assertEqual(contract.state, "cancelled")
        self.assertEqual(str(contract.end_date), "2026-06-15")
        self.assertEqual(invoice.credit_note_ids.amount_untaxed, 65424.66)
        self.assertEqual(invoice.credit_note_ids.amount_tax, 4579.73)

    def test_an_end_to_come_is_kept_and_taken_back(self):
        contract = self.running()
        self.billed(contract)
        contract.with_user(self.norbert).action_cancel("Sold", "2026-05-15")
        self.assertEqual(
            (contract.state, str(contract.end_date)), ("active", "2026-05-15")
        )
        self.assertEqual(self.amounts(contract)[3:], [1000, 483.87])
        contract.with_user(self.norbert).action_take_back_end()
        self.assertEqual(self.amounts(contract), [1000] * 12)
        contract.with_user(self.norbert).action_cancel("Sold", "2026-05-15")
        with freeze_time("2026-05-16 05:00:00"):
            self.env["bmasia.contract"]._cron_follow_dates()
        self.assertEqual(contract.state, "cancelled")
        drafts = contract.invoice_ids.filtered(lambda each: each.state == "draft")
        self.assertEqual(sorted(drafts.mapped("amount_untaxed")), [483.87, 1000])

    def test_a_renewal_that_is_not_signed_is_dropped(self):
        contract = self.running()
        renewal = contract.browse(contract.action_renew()["res_id"])
        contract.with_user(self.norbert).action_cancel("Sold", "2026-05-15")
        self.assertFalse(renewal.exists())

    def test_only_a_manager_ends_it_and_takes_that_back(self):
        contract = self.running()
        for user in (self.nikki, self.pom):
            with self.assertRaises(AccessError):
                contract.with_user(user).action_cancel("Sold", "2026-05-15")
        contract.with_user(self.norbert).action_cancel("Sold", "2026-05-15")
        with self.assertRaises(AccessError):
            contract.with_user(self.nikki).action_take_back_end()

    def test_what_cannot_be_is_said(self):
        contract = self.running("annual", 36500)
        invoice = self.billed(contract)
        contract = contract.with_user(self.norbert)
        for call, sentence in (
            (
                lambda: contract.action_pause("2026-05-01", "2026-04-01", "x"),
                "first and",
            ),
            (lambda: contract.action_pause("2025-12-01", "2026-01-01", "x"), "within"),
            (lambda: contract.action_pause("2026-05-01", "2026-05-02", " "), "Say why"),
            (lambda: contract.action_skip("2026-05-01", "x"), "No billing period"),
            (lambda: contract.action_cancel("x", "2026-01-31"), "between today"),
            (lambda: contract.action_cancel("x", "2027-01-31"), "between today"),
            (lambda: contract.action_cancel("x", credit=False), "has billed later"),
        ):
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                call()
        self.assertFalse(contract.pause_ids or invoice.credit_note_ids)
        contract.action_pause("2026-05-01", "2026-05-02", "x")
        with self.assertRaisesRegex(UserError, "paused already"):
            contract.action_pause("2026-05-02", "2026-05-04", "x")
