"""Lines for a part of a year: an add-on that ends with the contract it belongs to."""

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CrmCase

NOON = "2026-03-15 05:00:00"
DAYS = {"date_from": "2026-03-15", "date_to": "2026-12-31"}  # 292 of 365


@tagged("post_install", "-at_install")
class TestProrated(CrmCase):
    def test_the_price_per_year_counts_by_days(self):
        quote = self.quote(self.line(14000, 2, **DAYS))
        self.assertEqual(quote.amount_gross, 22400)
        self.assertEqual(quote.amount_total, 23968)
        quote.line_ids.date_to = "2027-03-14"
        self.assertEqual(quote.amount_gross, 28000)

    def test_the_document_says_which_days(self):
        quote = self.quote(self.line(14000, 2, **DAYS), lang="en_US")
        words = quote.line_ids._prorated_words()
        self.assertEqual(words, "15 March 2026 – 31 December 2026: 292 of 365 days")
        self.assertEqual(quote._totals_rows()[-1]["label"], "Pro-rated total")
        quote.line_ids.date_to = "2027-03-31"
        self.assertIn("1 × one year + 17 of 366 days", quote.line_ids._prorated_words())

    def test_the_term_has_it_once_and_the_year_in_whole(self):
        contract = self.contract(
            self.line(14000, 2, **DAYS), self.line(1000), term_months=24
        )
        self.assertEqual(contract.term_value, 22400 + 2000)
        self.assertEqual(contract.annual_value, 28000 + 1000)

    @freeze_time(NOON)
    def test_its_first_share_is_billed_when_it_begins(self):
        contract = self.active_contract(
            self.line(1200),
            self.line(14000, 2, name="Pool", **DAYS),
            start_date="2026-01-01",
            billing_frequency="quarterly",
            lang="en_US",
        )
        planned = [
            (str(row.date), row.kind, row.amount_untaxed)
            for row in contract.schedule_ids
        ]
        self.assertEqual(
            planned,
            [
                ("2026-01-01", "period", 300),
                ("2026-03-15", "change", 1304.11),
                ("2026-04-01", "period", 300 + 6980.82),
                ("2026-07-01", "period", 300 + 7057.54),
                ("2026-10-01", "period", 300 + 7057.53),
            ],
        )
        contract.with_user(self.pom).action_create_invoices()
        first = contract.invoice_ids.sorted("period_start")[-1]
        self.assertEqual(str(first.period_start), "2026-03-15")
        self.assertEqual(first.line_ids.name, "Pool\n17 of 292 days")
        self.assertEqual(first.amount_untaxed, 1304.11)

    def test_a_renewal_goes_on_with_whole_years(self):
        contract = self.active_contract(self.line(14000, 2, **DAYS))
        renewal = contract.browse(contract.action_renew()["res_id"])
        self.assertFalse(renewal.line_ids.date_from or renewal.line_ids.date_to)
        self.assertEqual(renewal.annual_value, 28000)

    def test_both_days_in_order_and_only_on_what_recurs(self):
        for values in (
            {"date_from": "2026-03-15"},
            {"date_to": "2026-03-15"},
            {"date_from": "2026-03-15", "date_to": "2026-03-14"},
            {**DAYS, "kind": "one_time"},
            {**DAYS, "display_type": "line_note"},
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, "Music"):
                self.quote(self.line(**values))
