"""Revenue is earned over the service that it is for."""

from datetime import date, timedelta

from odoo.tests import tagged

from .reports import ReportCase


def by_days(net, first, last, day):
    """What is not earned after a day: another way to say it than the report's."""
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    return round(net * sum(each > day for each in days) / len(days), 2)


@tagged("post_install", "-at_install")
class TestDeferred(ReportCase):
    def year(self, net=120000, **values):
        return self.bill(
            "2026-01-01",
            net,
            **{"period_start": "2026-01-01", "period_end": "2026-12-31", **values},
        )

    def deferred(self, day):
        return self.total("deferred", "deferred", date=str(day))

    def test_a_year_is_earned_by_its_days(self):
        self.year()
        for month in range(1, 12):
            day = date(2026, month + 1, 1) - timedelta(1)
            expected = by_days(120000, date(2026, 1, 1), date(2026, 12, 31), day)
            self.assertEqual(self.deferred(day), expected)
        self.assertEqual(self.deferred("2026-12-31"), 0)
        self.assertEqual(self.deferred("2025-12-31"), 0)

    def test_before_the_service_starts_all_of_it_is_deferred(self):
        self.bill("2026-01-20", 900, period_start="2026-03-01", period_end="2026-05-31")
        self.assertEqual(self.deferred("2026-02-28"), 900)
        self.assertEqual(
            self.deferred("2026-03-01"),
            by_days(900, date(2026, 3, 1), date(2026, 5, 31), date(2026, 3, 1)),
        )

    def test_single_lines_are_earned_when_they_are_invoiced(self):
        with self.on("2026-01-01"):
            self.issued_invoice(
                self.line(12000),
                self.line(5000, kind="one_time"),
                period_start="2026-01-01",
                period_end="2026-12-31",
            )
        (january, *_rest) = self.rows(
            "revenue", date_from="2026-01-01", date_to="2026-12-31"
        )
        self.assertEqual(january["invoiced"], 17000)
        self.assertEqual(january["recognised"], 5000 + round(12000 * 31 / 365, 2))

    def test_a_term_that_is_cancelled_and_credited_leaves_nothing_deferred(self):
        """C12 of the field's cases: 199 of 365 days are given back."""
        for day in ("2026-06-15", "2026-06-16", "2026-06-30"):
            with self.subTest(credited=day):
                invoice = self.year()
                before = self.deferred("2026-06-14")
                note = self.credit(invoice, day, 65424.66)
                self.assertEqual(note.amount_total, 70004.39)
                self.assertEqual(self.deferred("2026-06-14"), before)
                self.assertEqual(self.deferred("2026-06-30"), 0)
                self.assertEqual(
                    self.total(
                        "revenue",
                        "recognised",
                        date_from="2026-01-01",
                        date_to="2026-12-31",
                    ),
                    54575.34,
                )
                self.drop(invoice | note)

    def drop(self, invoices):
        """Out of the way of the next case."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bmasia_invoice SET company_id = %s WHERE id = ANY(%s)",
            [self.hongkong.id, invoices.ids],
        )
        self.env.invalidate_all()

    def test_months_add_up_to_what_was_invoiced(self):
        self.year(100000.01)
        self.bill(
            "2026-02-14", 999.99, period_start="2026-02-14", period_end="2026-08-13"
        )
        invoice = self.bill(
            "2026-03-05", 3100, period_start="2026-03-01", period_end="2026-03-31"
        )
        self.credit(invoice, "2026-03-20", 1000)
        rows = self.rows("revenue", date_from="2026-01-01", date_to="2026-12-31")
        self.assertEqual(len(rows), 12)
        self.assertAlmostEqual(
            sum(row["recognised"] for row in rows), 100000.01 + 999.99 + 2100, 2
        )
        self.assertEqual(rows[-1]["deferred"], 0)
        for row in rows:
            day = row["_open"]["chosen"]["date"]
            self.assertEqual(self.deferred(day), row["deferred"])

    def test_by_months_each_counts_from_its_first_day(self):
        self.thailand.revenue_spread = "month"
        cases = (
            # period, day, parts of it that are deferred
            ("2026-01-01", "2026-12-31", "2026-06-30", 6, 12),
            ("2026-01-01", "2026-12-31", "2026-07-01", 5, 12),
            ("2026-01-15", "2027-01-14", "2026-01-31", 11, 12),
            ("2026-01-15", "2027-01-14", "2026-12-31", 0, 12),
            ("2026-03-01", "2026-05-31", "2026-02-28", 3, 3),
            ("2026-01-20", "2026-02-28", "2026-01-31", 1, 2),
        )
        for first, last, day, left, months in cases:
            with self.subTest(first=first, last=last, day=day):
                invoice = self.bill(
                    "2026-01-01", 1200, period_start=first, period_end=last
                )
                self.assertEqual(self.deferred(day), round(1200 * left / months, 2))
                self.drop(invoice)

    def test_a_cancelled_invoice_is_revenue_of_no_month(self):
        invoice = self.year()
        self.assertTrue(self.deferred("2026-03-09"))
        with self.on("2026-03-10"):
            invoice.with_user(self.norbert).action_cancel("Wrong customer")
        self.assertEqual(self.deferred("2026-03-09"), 0)
        self.assertEqual(self.deferred("2026-03-10"), 0)
