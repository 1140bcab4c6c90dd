from odoo.tests import tagged

from .rates import RateCase
from .reports import ReportCase


@tagged("post_install", "-at_install")
class TestRateReports(RateCase, ReportCase):
    def setUp(self):
        super().setUp()
        self.invoice_ = self.issued_invoice(self.line(1000))
        self.paid(self.invoice_, 535)
        self.decree()
        self.come()

    def test_receivables_of_any_day_are_what_was_due_then(self):
        self.paid(self.invoice_, 110)
        note = self.env["bmasia.invoice"].browse(
            self.invoice_.action_credit("Less", ground="short")["res_id"]
        )
        note.line_ids.filtered(lambda line: line.tax_rate == 7).unlink()
        note.line_ids.unit_price = 100
        note.action_issue()
        due = {"2026-09-14": 0, "2026-09-30": 535, "2026-10-01": 550}
        for day, amount in {**due, "2026-10-05": 330}.items():
            found = self.total("receivables", "due", date=day)
            self.assertEqual(found, amount, day)
        self.assertEqual(self.invoice_.amount_due, 330)

    def test_the_journal_books_the_difference_on_the_first_day(self):
        self.paid(self.invoice_, 550)
        rows = self.rows("journal", date_from="2026-09-01", date_to="2026-10-31")
        changed = [row for row in rows if str(row["day"]) == "2026-10-01"]
        self.assertEqual(
            [(row["account_name"], row["debit"], row["credit"]) for row in changed],
            [
                ("Accounts Receivable (THB)", 15, None),
                ("Undue Output VAT", None, 15),
            ],
        )
        for account in ("Accounts Receivable (THB)", "Undue Output VAT"):
            mine = [row for row in rows if row["account_name"] == account]
            self.assertEqual(
                sum(row["debit"] or 0 for row in mine),
                sum(row["credit"] or 0 for row in mine),
                account,
            )

    def test_the_statement_says_why_more_is_due(self):
        rows = self.rows(
            "statement",
            customer_id=self.hilton.id,
            date_from="2026-09-01",
            date_to="2026-10-31",
        )
        (row,) = [row for row in rows if row.get("what") == "New tax rate"]
        self.assertEqual(str(row["day"]), "2026-10-01")
        self.assertEqual(rows[-1]["balance"], 550)

    def test_the_vat_of_each_month_has_its_rate(self):
        self.paid(self.invoice_, 550)
        sums = [
            [self.total("vat", name, month=month) for name in ("taxed", "tax")]
            for month in ("2026-09-01", "2026-10-01")
        ]
        self.assertEqual(sums, [[500, 35], [500, 50]])
