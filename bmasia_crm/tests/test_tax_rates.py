from datetime import date

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.migration import load_script
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from .rates import FIRST, RateCase


@tagged("post_install", "-at_install")
class TestTaxRates(RateCase):
    def setUp(self):
        super().setUp()
        self.rates = self.env["bmasia.tax.rate"].with_user(self.norbert)

    def test_a_day_has_the_last_rate_that_began(self):
        self.decree()
        self.decree(8, "2027-01-01")
        days = {"1990-01-01": 7, "2026-09-30": 7, FIRST: 10, "2026-12-31": 10}
        days["2027-01-01"] = 8
        for day, rate in days.items():
            found = self.thailand._tax_rate_on(date.fromisoformat(day))
            self.assertEqual(found, rate, day)
        self.assertEqual(self.hongkong._tax_rate_on(date(2027, 1, 1)), 0)

    def test_the_entity_shows_the_rate_of_today(self):
        self.decree()
        self.assertEqual(self.thailand.tax_rate, 7)
        self.come(FIRST)
        self.assertEqual(self.thailand.tax_rate, 10)

    def test_a_rate_that_is_set_counts_from_today_once_something_was_issued(self):
        self.thailand.tax_rate = 6
        self.assertEqual(self.thailand.tax_rate_ids.mapped("rate"), [6])
        self.bill(1000)
        self.thailand.tax_rate = 10
        rows = self.thailand.tax_rate_ids.sorted()
        self.assertEqual(rows.mapped("rate"), [10, 6])
        self.assertEqual(rows[0].date_from, self.thailand._today())

    def test_a_rate_that_documents_were_issued_at_stays(self):
        first = self.thailand.tax_rate_ids.with_user(self.norbert)
        self.bill(1000)
        second = self.decree()
        second.rate = 9  # to come: may still be put right
        second.rate = 10
        self.come()
        self.bill(1000)
        for attempt in (
            lambda: first.write({"rate": 8}),
            lambda: second.write({"rate": 8}),
            lambda: second.write({"date_from": "2026-10-03"}),
            lambda: second.write({"date_from": "2027-01-01"}),
            lambda: second.write(
                {"transition": "supplied", "transition_until": "2026-12-31"}
            ),
            first.unlink,
            second.unlink,
            lambda: self.decree(9, "2026-09-20"),
        ):
            with self.refused("documents were issued on that day or later"):
                attempt()
        second.source = "Royal decree 123"
        self.decree(9, "2027-01-01").unlink()

    def test_nothing_is_moved_back_over_what_was_issued(self):
        rate = self.decree(10, "2026-12-01")
        self.bill(1000)
        with self.refused("documents were issued"):
            rate.date_from = "2026-09-01"

    def test_only_managers_of_the_entity_write_them(self):
        row = self.thailand.tax_rate_ids
        elsewhere = new_test_user(
            self.env,
            "hk.manager@example.com",
            "bmasia_crm.group_manager",
            company_id=self.hongkong.id,
            company_ids=[(6, 0, self.hongkong.ids)],
        )
        values = {"company_id": self.thailand.id, "rate": 9, "date_from": "2027-05-01"}
        for user in (self.nikki, self.pom, self.customer, self.visitor, elsewhere):
            mine = row.with_user(user)
            for attempt in (
                lambda mine=mine: mine.create(dict(values)),
                lambda mine=mine: mine.write({"source": "Me"}),
                lambda mine=mine: mine.unlink(),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    attempt()
        self.assertFalse(self.rates.with_user(elsewhere).search([]) & row)
        self.assertIn(row, self.rates.with_user(self.pom).search([]))
        row.with_user(self.norbert).create(dict(values)).unlink()

    def test_bmasia_tax_rate_one_per_day(self):
        self.decree()
        for day in (FIRST, False):
            with (
                self.assertRaises(psycopg2.errors.UniqueViolation) as refused,
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.decree(12, day)
            self.assertEqual(
                refused.exception.diag.constraint_name, "bmasia_tax_rate_one_per_day"
            )

    def test_bmasia_tax_rate_check_rate(self):
        for rate in (-1, 100.5):
            with self.refused("between 0 and 100", ValidationError):
                self.decree(rate)

    def test_bmasia_tax_rate_check_transition(self):
        for values in (
            {"transition": "supplied"},
            {"transition": "supplied", "transition_until": "2026-09-30"},
            {
                "transition": "agreed",
                "transition_until": "2026-12-31",
                "day": False,
                "company_id": self.hongkong.id,
            },
        ):
            with self.refused("A transition has a first day", ValidationError):
                self.decree(**values)

    def test_the_transition_says_until_when_the_old_rate_is_kept(self):
        self.decree(transition="supplied", transition_until="2026-12-31")
        rate_on, sep, oct_ = (
            self.thailand._tax_rate_on,
            date(2026, 9, 30),
            date(2026, 10, 1),
        )
        last, after = date(2026, 12, 31), date(2027, 1, 1)
        self.assertEqual((rate_on(last, sep), rate_on(after, sep)), (7, 10))
        self.assertEqual((rate_on(sep, oct_), rate_on(oct_, oct_)), (7, 10))
        self.assertEqual(rate_on(oct_), 10, "nobody knows when it is supplied")

    def test_who_charges_no_tax_has_none(self):
        self.assertFalse(self.hongkong.tax_rate_ids)
        with self.refused("charges no tax", UserError):
            self.usd_bill(1000).copy().line_ids.tax_rate = 7

    def test_the_upgrade_makes_the_first_row_of_each_rate(self):
        self.thailand.country_id = self.env.ref("base.th")
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM bmasia_tax_rate")
        script = file_path("bmasia_crm/migrations/19.0.1.5.0/post-tax-rates.py")
        for _again in range(2):
            load_script(script, "post_tax_rates").migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        row = self.thailand.tax_rate_ids
        self.assertEqual((row.rate, row.date_from, row.transition), (7, False, "none"))
        self.assertIn("section 80", row.source)
        self.assertFalse(self.hongkong.tax_rate_ids)
