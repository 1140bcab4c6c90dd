"""What several periods on one invoice come to in the reports: each for itself."""

from odoo.tests import tagged

from .reports import ReportCase
from .together import TogetherCase


@tagged("post_install", "-at_install")
class TestTogetherRevenue(TogetherCase, ReportCase):
    names = ()

    def setUp(self):
        super().setUp()
        self.go_to("2026-03-01")
        self.venues = [
            self.venue("A year", 3650, billing_frequency="annual"),
            self.venue("A month", 3720),
        ]
        self.shared = self.run_cron().with_user(self.pom)
        self.shared.action_issue()

    def deferred(self, day):
        return self.total("deferred", "deferred", date=day)

    def test_each_period_is_earned_over_its_own_days(self):
        self.assertEqual(self.shared.amount_untaxed, 3650 + 310)
        # 10 a day of the year, 10 a day of March
        self.assertEqual(self.deferred("2026-03-21"), (365 - 21) * 10 + 10 * 10)
        self.assertEqual(self.deferred("2026-03-31"), (365 - 31) * 10)
        self.assertEqual(len(self.rows("deferred", date="2026-03-21")), 1)

    def test_alone_they_come_to_the_same(self):
        months = {"date_from": "2026-03-01", "date_to": "2026-12-31"}
        together = self.rows("revenue", **months)
        self.shared.with_user(self.norbert).action_cancel("Each for itself")
        self.payer.invoicing = "contract"
        for invoice in self.run_cron() - self.shared:
            invoice.with_user(self.pom).action_issue()
        self.assertEqual(self.rows("revenue", **months), together)

    def test_a_credit_takes_from_the_period_of_its_lines(self):
        year, month = self.shared.line_ids.filtered("contract_line_id")
        if year.period_end < month.period_end:
            year, month = month, year
        opened = self.shared.action_credit("Agreed", month.ids, "not_as_agreed")
        note = self.shared.browse(opened["res_id"])
        note.action_issue()
        self.assertEqual(self.deferred("2026-03-21"), (365 - 21) * 10)

    def test_the_end_of_one_leaves_the_other_to_be_earned(self):
        self.go_to("2026-03-21")
        year = self.venues[0]
        year.with_user(self.norbert).action_cancel("Closed")
        self.shared.credit_note_ids.with_user(self.pom).action_issue()
        self.assertEqual(self.deferred("2026-03-21"), 10 * 10)

    def test_the_vat_report_has_one_row_of_its_receipt(self):
        self.shared.action_register_payment(self.shared.amount_due)
        rows = self.rows("vat", month="2026-03-01")
        self.assertEqual([row["taxed"] for row in rows if row["taxed"]], [3960])
