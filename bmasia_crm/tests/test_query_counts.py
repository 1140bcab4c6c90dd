"""What the crons ask the database: the same for each document."""

from freezegun import freeze_time

from odoo.tests import tagged

from .common import CrmCase

NOON = "2026-03-05 05:00:00"
FEW, MORE = 4, 12
INVOICED = 3  # queries per contract, of those that are billed together
# Queries per document: savepoint, guards, state, tracking in the chatter. Each is read
# alone, for it is committed alone, and a commit forgets what was read.
MOVED = 19


@tagged("post_install", "-at_install")
class TestQueryCounts(CrmCase):
    def queries(self, run):
        """How many queries a cron needs, with nothing remembered."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        run()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def assert_cheap(self, make, run, most):
        """Each further document costs so many queries at most, and none it leaves
        alone.

        :param make: makes one document that the cron has to do with
        :param run: the cron
        """
        run()
        idle = self.queries(run)
        costs = []
        for count in (FEW, MORE):
            for _n in range(count):
                make()
            costs.append(self.queries(run))
        self.assertLessEqual((costs[1] - costs[0]) / (MORE - FEW), most, costs)
        self.assertLessEqual(self.queries(run), idle + 1, "what is done costs again")

    def test_making_invoices(self):
        with freeze_time(NOON):
            self.assert_cheap(
                lambda: self.active_contract(start_date="2026-03-01"),
                self.env["bmasia.contract"]._cron_create_invoices,
                INVOICED,
            )

    def test_expiring_quotes(self):
        def make():
            with freeze_time("2026-01-05 05:00:00"):
                self.quote().action_mark_sent()

        with freeze_time(NOON):
            self.assert_cheap(make, self.env["bmasia.quote"]._cron_expire, MOVED)

    def test_ending_contracts(self):
        def make():
            with freeze_time("2025-03-01 05:00:00"):
                contract = self.active_contract(start_date="2025-03-01")
                contract.with_user(self.pom).action_create_invoices()

        with freeze_time(NOON):
            cron = self.env["bmasia.contract"]._cron_follow_dates
            self.assert_cheap(make, cron, MOVED)
