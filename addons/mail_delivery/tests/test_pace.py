import contextlib
from datetime import timedelta
from functools import partial

import psycopg2

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail_delivery.testkit import CommittedCase, DeliveryCase
from odoo.addons.mail_delivery.tools.ledger import PACE_LOCKS, Ledger


def guests(count, start=0):
    return [f"guest{number}@example.com" for number in range(start, start + count)]


@tagged("post_install", "-at_install")
class TestPace(DeliveryCase):
    def test_what_exceeds_the_minute_waits_and_says_until_when(self):
        self.mail_server.delivery_per_minute = 2
        rows = self.send(to=guests(5))
        states = sorted(rows.mapped("state"))
        self.assertEqual(states, ["queued", "queued", "queued", "sent", "sent"])
        waiting = rows.filtered(lambda row: row.state == "queued").sorted("id")
        first, second, third = waiting.mapped("next_attempt")
        minute = timedelta(minutes=1)
        later = [round((other - first) / minute) for other in (second, third)]
        self.assertEqual(later, [0, 1])
        # by the database's clock, which may be ahead of ours on a slow machine
        self.assertGreaterEqual(
            first, min(filter(None, rows.mapped("handed_at"))) + minute
        )
        self.assertIn("limited pace. Next attempt at", waiting[0].explanation)
        self.run_queue()
        self.assertEqual(len(self.server.messages), 2)

    def let_pass(self, rows, **time):
        for row in rows:
            row.handed_at = row.handed_at and row.handed_at - timedelta(**time)
            if row.next_attempt:
                row.next_attempt -= timedelta(**time)
        self.env.flush_all()

    def test_capacity_returns_as_the_window_rolls(self):
        self.mail_server.delivery_per_minute = 2
        rows = self.send(to=guests(5))
        for expected in (4, 5):
            self.let_pass(rows, seconds=90)
            self.run_queue()
            self.assertEqual(len(self.server.messages), expected)
        self.assertEqual(self.server.copies(), dict.fromkeys(guests(5), 1))

    def test_the_rolling_day_counts_too(self):
        self.mail_server.delivery_per_day = 3
        rows = self.send(to=guests(4))
        self.let_pass(rows, hours=23)
        self.run_queue()
        self.assertEqual(len(self.server.messages), 3)
        self.let_pass(rows, hours=2)
        self.run_queue()
        self.assertEqual(len(self.server.messages), 4)

    def test_who_waits_for_days_is_not_due_meanwhile(self):
        self.mail_server.delivery_per_day = 1
        self.send(to=guests(5))
        with self.registry.cursor() as cr:
            self.assertFalse(Ledger(cr).due_mail_ids())

    def test_a_clock_that_was_put_back_stops_no_account(self):
        self.mail_server.delivery_per_minute = 2
        rows = self.send(to=guests(2))
        self.let_pass(rows, days=-2)
        limit = {"delivery_paused_until": fields.Datetime.now() + timedelta(days=2)}
        self.mail_server.write({**limit, "delivery_pause": "sending_limit"})
        self.assertEqual(self.send(to=guests(1, start=5)).state, "sent")

    def test_a_clock_that_was_put_forward_sends_nothing_twice(self):
        self.server.reply("RCPT", with_=(451, "later"), times=1)
        rows = self.send(to=guests(2))
        self.let_pass(rows, days=2)
        self.run_queue()
        self.run_queue()
        self.assertEqual(self.server.copies(), dict.fromkeys(guests(2), 1))

    def test_a_personal_server_has_cores_limit(self):
        self.mail_server.owner_user_id = self.env.user
        self.assertEqual(self.mail_server._delivery_limits(), [(30, 60)])
        self.mail_server.delivery_per_minute = 5
        self.mail_server.delivery_per_day = 500
        self.assertEqual(
            self.mail_server._delivery_limits(), [(5, 60), (500, 24 * 3600)]
        )

    def test_a_used_up_allowance_pauses_that_account_only(self):
        other = self.mail_server.copy(
            {"from_filter": "pom@other.example.com", "sequence": 1}
        )
        self.server.reply(
            "RCPT",
            sender="nikki@sender.example.com",
            with_=(550, "5.4.5 Daily user sending limit exceeded"),
        )
        rows = self.send(to=guests(3))
        self.assertEqual(set(rows.mapped("state")), {"deferred"})
        self.assertEqual(self.server.log_of("RCPT"), 1, "one no is enough")
        self.assertTrue(self.mail_server.delivery_paused_until)
        later = self.send(to=guests(1, start=5))
        self.assertEqual((later.state, later.reason), ("queued", "sending_limit"))
        self.assertEqual(self.server.log_of("RCPT"), 1)
        fine = self.send(to=guests(1, start=6), email_from="pom@other.example.com")
        self.assertEqual((fine.state, fine.mail_server_id), ("sent", other))
        self.server.forget()
        self.mail_server.action_resume_delivery()
        self.make_due(rows | later)
        self.run_queue()
        self.assertEqual(set((rows | later).mapped("state")), {"sent"})


@tagged("post_install", "-at_install")
class TestPaceOfManyWorkers(CommittedCase):
    def test_an_error_while_counting_blocks_nobody(self):
        for _try in range(2):
            with self.registry.cursor() as cr, Ledger(cr).open() as ledger:
                with contextlib.suppress(psycopg2.Error), mute_logger("odoo.sql_db"):
                    with ledger.counting(self.mail_server):
                        ledger.cr.execute("SELECT 1/0")
                with self.registry.cursor() as other:
                    other.execute(
                        "SELECT pg_try_advisory_lock(%s, %s)",
                        (PACE_LOCKS, self.mail_server),
                    )
                    self.assertTrue(other.fetchone()[0])
                    other.execute("SELECT pg_advisory_unlock_all()")

    def test_they_count_one_after_the_other(self):
        with self.commits() as env:
            env["ir.mail_server"].browse(self.mail_server).delivery_per_minute = 5
        mail_ids = [self.commit_mail(to=address)[0] for address in guests(20)]
        shares = [mail_ids[start::4] for start in range(4)]
        self.in_threads(*(partial(self.deliver, share) for share in shares))
        self.assertEqual(len(self.server.messages), 5)
        self.assertEqual(sorted(self.rows().values()), ["queued"] * 15 + ["sent"] * 5)
