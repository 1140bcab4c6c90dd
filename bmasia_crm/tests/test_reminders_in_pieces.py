"""Reminders of many documents are made and settled in as many runs as it takes."""

from odoo.tests import tagged

from .test_reminders import ReminderCase


@tagged("post_install", "-at_install")
class TestRemindersInPieces(ReminderCase):
    def setUp(self):
        super().setUp()
        self.quotes = self.env["bmasia.quote"].union(
            *(self.sent_quote() for _n in range(3))
        )
        self.seconds, self.reported = 0, []

        def commit(_cron, processed=0, *, remaining=None, **_how):
            self.reported.append((processed, remaining))
            return self.seconds

        self.patch(self.registry["ir.cron"], "_commit_progress", commit)

    def run_cron(self, day, seconds=0):
        """
        :param int seconds: that are left after each document
        :returns: what was reported to Odoo, ``[(processed, remaining)]``
        """
        self.seconds, self.reported = seconds, []
        super().run_cron(day)
        return self.reported

    def states(self):
        return [self.of(quote).mapped("state") for quote in self.quotes]

    def test_a_run_goes_on_where_the_time_of_the_last_one_was_over(self):
        """What is made is not looked at again, or a long list has no end."""
        for made in (1, 2, 3):
            self.assertEqual(self.run_cron(3), [(1, 3 - made)])
            self.assertEqual(sum(map(len, self.states())), made)
        self.assertEqual(self.run_cron(3), [])
        self.assertEqual(self.states(), [["open"]] * 3)

    def test_so_does_a_dry_run(self):
        self.thailand.reminder_mode = "dry_run"
        for _made in range(3):
            self.run_cron(3)
        self.assertEqual(self.run_cron(3), [])
        self.assertEqual(self.states(), [["trial"]] * 3)
        self.thailand.reminder_mode = "on"
        self.run_cron(3, seconds=9)
        self.assertEqual(self.states(), [["open"]] * 3)

    def test_a_dry_run_of_invoices_names_one_for_each_customer(self):
        self.thailand.reminder_mode = "dry_run"
        first = self.overdue_invoice()
        second = self.overdue_invoice()
        self.assertEqual(first.customer_id, second.customer_id)
        for _run in range(2):
            self.run_cron(7, seconds=9)
        self.assertEqual(len(self.of(first) | self.of(second)), 1)

    def test_what_nobody_needs_any_more_is_settled_in_pieces(self):
        self.run_cron(3, seconds=9)
        self.quotes.sudo()._write_state({"state": "rejected"})
        for left in (2, 1, 0):
            self.assertEqual(self.run_cron(4), [(1, left)])
            self.assertEqual(self.states().count(["settled"]), 3 - left)
        self.assertEqual(self.run_cron(4), [])

    def test_one_that_cannot_be_settled_stops_no_other(self):
        self.run_cron(3, seconds=9)
        self.quotes.sudo()._write_state({"state": "rejected"})
        close = type(self.reminders)._close
        broken = self.of(self.quotes[1])

        def fail(reminder, state):
            if reminder == broken:
                raise ValueError("a slip of ours")
            return close(reminder, state)

        self.patch(type(self.reminders), "_close", fail)
        with self.assertLogs("odoo.addons.document_flow", "ERROR"):
            self.run_cron(4, seconds=9)
        self.assertEqual(self.states(), [["settled"], ["open"], ["settled"]])

    def test_where_all_fail_odoo_does_not_come_again_at_once(self):
        def fail(*_arguments):
            raise ValueError("a slip of ours")

        self.patch(type(self.reminders), "_draft", fail)
        with self.assertLogs("odoo.addons.document_flow", "ERROR"):
            self.assertEqual(self.run_cron(3, seconds=9), [(1, 0)] * 3)

    def test_each_record_is_read_alone(self):
        """A commit forgets what was read: together, each turn would read all."""
        self.seconds, seen = 9, []
        self.env["ir.cron"]._each(seen.append, self.quotes, "nothing")
        self.assertEqual(
            [[*quote._prefetch_ids] for quote in seen], [[i] for i in self.quotes.ids]
        )
