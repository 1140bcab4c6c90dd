"""What was found wrong with contracts in the field, value by value."""

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .amendments import AmendmentCase


@tagged("post_install", "-at_install")
class TestMonthsByLaw(AmendmentCase):
    def terms(self, start, months, renewals):
        """First and last days of a contract and of those that renew it."""
        contract = self.running(start_date=start, term_months=months)
        found = []
        for _n in range(renewals + 1):
            found.append((str(contract.start_date), str(contract.end_date)))
            contract = contract.browse(contract.action_renew()["res_id"])
            contract.action_mark_sent()
            contract.action_activate(contract._today())
        return found

    def test_the_last_of_august_and_six_months(self):
        self.assertEqual(
            self.terms("2026-08-31", 6, 3),
            [
                ("2026-08-31", "2027-02-28"),
                ("2027-03-01", "2027-08-31"),
                ("2027-09-01", "2028-02-29"),
                ("2028-03-01", "2028-08-31"),
            ],
        )

    def test_a_leap_day_and_a_year(self):
        ends = [end for _start, end in self.terms("2028-02-29", 12, 5)]
        years = ("2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29", "2033-02-28")
        self.assertEqual(ends, [*years, "2034-02-28"])

    def test_months_that_lack_the_day(self):
        for start in ("2026-01-29", "2026-01-30", "2026-01-31"):
            self.assertEqual(self.terms(start, 1, 0), [(start, "2026-02-28")])

    def test_one_month_terms_do_not_lose_their_day(self):
        self.assertEqual(
            self.terms("2026-01-31", 1, 3),
            [
                ("2026-01-31", "2026-02-28"),
                ("2026-03-01", "2026-03-31"),
                ("2026-04-01", "2026-04-30"),
                ("2026-05-01", "2026-05-31"),
            ],
        )

    def test_twelve_months_from_the_last_of_january(self):
        contract = self.running(
            self.line(12000), start_date="2026-01-31", billing_frequency="monthly"
        )
        days = [
            (f"{row.period_start:%d %b}", f"{row.period_end:%d %b}")
            for row in contract.schedule_ids
        ]
        self.assertEqual(
            days[:3],
            [("31 Jan", "28 Feb"), ("01 Mar", "30 Mar"), ("31 Mar", "30 Apr")],
        )
        self.assertEqual(sum(contract.schedule_ids.mapped("amount_untaxed")), 12000)


@tagged("post_install", "-at_install")
class TestClosedFromAprilToJune(AmendmentCase):
    """A hotel that is closed for three months of a monthly contract."""

    frequency = "monthly"

    def months(self):
        live = self.signed.invoice_ids.filtered(lambda bill: bill.state != "cancelled")
        return sorted(f"{bill.period_start:%m}" for bill in live)

    def test_skipped_months_never_come_back_whatever_became_of_their_bills(self):
        self.go_to("2026-06-15")
        self.signed.with_user(self.pom).action_create_invoices()
        bills = {f"{bill.period_start:%m}": bill for bill in self.signed.invoice_ids}
        bills["04"].with_user(self.pom).unlink()
        for month in ("05", "06"):
            bills[month].with_user(self.pom).action_issue()
        bills["05"].with_user(self.norbert).action_cancel("Closed")
        for day in ("2026-04-01", "2026-05-01", "2026-06-01"):
            self.signed.with_user(self.nikki).action_skip(day, "Closed", said_by="GM")
        note = bills["06"].credit_note_ids
        self.assertEqual((note.state, note.amount_untaxed), ("draft", 1166.67))
        for day in ("2026-06-15", "2026-07-02"):
            self.go_to(day)
            self.env["bmasia.contract"]._cron_create_invoices()
        note = bills["06"].credit_note_ids
        self.assertEqual(len(note), 1)
        bills = self.signed.invoice_ids - note
        live = bills.filtered(lambda bill: bill.state != "cancelled")
        months = sorted(f"{bill.period_start:%m}" for bill in live)
        self.assertEqual(months, ["01", "02", "03", "06", "07"])

    def test_drafts_alone_do_not_hold_the_frequency(self):
        self.signed.with_user(self.pom).action_create_invoices()
        draft = self.signed.invoice_ids
        self.assertEqual(draft.state, "draft")
        self.signed.with_user(self.norbert).billing_frequency = "quarterly"
        self.assertFalse(draft.exists())
        self.assertEqual(len(self.signed.schedule_ids), 4)
        self.bill()
        with self.assertRaisesRegex(UserError, "has been invoiced"):
            self.signed.with_user(self.norbert).billing_frequency = "annual"

    def test_a_draft_that_says_something_else_is_told(self):
        self.signed.with_user(self.pom).action_create_invoices()
        draft = self.signed.invoice_ids.with_user(self.pom)
        draft.line_ids.unit_price = 5
        draft.action_issue()
        row = draft.schedule_id
        self.assertIn("5.00", row.note or "")


@tagged("post_install", "-at_install")
class TestChangedInBetween(AmendmentCase):
    def test_a_year_that_was_paid_and_ends(self):
        contract = self.running(self.line(120000))
        invoice = self.bill(contract)
        invoice.with_user(self.pom).action_register_payment(
            124800, withholding_amount=3600
        )
        self.go_to("2026-06-15")
        contract.with_user(self.norbert).action_cancel("Sold")
        note = invoice.credit_note_ids
        self.assertEqual(
            (note.amount_untaxed, note.amount_tax, note.amount_total),
            (65424.66, 4579.73, 70004.39),
        )
        self.assertEqual(str(contract.end_date), "2026-06-15")

    def test_five_percent_from_july(self):
        for frequency, whole in (("annual", 14352.88), ("monthly", 14350.0)):
            contract = self.running(billing_frequency=frequency)
            line = contract.line_ids
            self.sign(
                self.amendment(
                    "2026-07-01",
                    self.changed(line, unit_price=14700),
                    contract=contract,
                )
            )
            rows = contract.schedule_ids.mapped("amount_untaxed")
            with self.subTest(frequency):
                # 14,000 × 181/365 + 14,700 × 184/365; six months of each
                self.assertEqual(round(sum(rows), 2), whole)
                self.assertEqual(contract.annual_value, 14000)
                with freeze_time("2026-07-01 05:00:00"):
                    self.env["bmasia.contract"]._cron_follow_dates()
                    contract.invalidate_recordset()
                    self.assertEqual(contract.annual_value, 14700)

    def test_two_zones_from_april(self):
        for frequency, net in (("annual", 21095.89), ("monthly", 21000.0)):
            contract = self.running(billing_frequency=frequency)
            before = sum(contract.schedule_ids.mapped("amount_untaxed"))
            self.sign(self.amendment("2026-04-01", self.added(), contract=contract))
            after = sum(contract.schedule_ids.mapped("amount_untaxed"))
            self.assertEqual(round(after - before, 2), net)

    def test_a_period_that_was_due_at_the_end_is_invoiced_from_it(self):
        contract = self.running(billing_frequency="monthly")
        self.go_to("2026-02-28")
        contract.with_user(self.norbert).action_cancel("Sold")
        self.assertEqual(len(contract.invoice_ids), 2)
        contract.invoice_ids.sorted("period_start")[-1].with_user(self.pom).unlink()
        contract.with_user(self.pom).action_create_invoices()
        self.assertEqual(len(contract.invoice_ids), 2)
