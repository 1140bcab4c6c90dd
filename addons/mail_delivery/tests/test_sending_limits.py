import contextlib
from datetime import timedelta
from functools import partial

import psycopg2

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail_delivery.models.ir_mail_server import CORE_LIMIT
from odoo.addons.mail_delivery.testkit import CommittedCase, DeliveryCase
from odoo.addons.mail_delivery.tools.account_ledger import LIMIT_LOCKS
from odoo.addons.mail_delivery.tools.ledger import Ledger


def guests(count, start=0):
    return [f"guest{number}@example.com" for number in range(start, start + count)]


@tagged("post_install", "-at_install")
class TestSendingLimits(DeliveryCase):
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
        self.assertRegex(
            waiting[0].explanation,
            r"^2 a minute for this mailbox; will be sent at 20\d\d-",
        )
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

    def test_the_provider_s_limit_is_the_default(self):
        day, minute = 24 * 3600, 60
        for host, address, owner, limits in (
            ("smtp.gmail.com", "nikki@gmail.com", True, [(500, day)]),
            ("smtp.gmail.com", "nikki@example.com", True, [(2000, day)]),
            ("smtp.office365.com", "n@example.com", True, [(30, minute), (10000, day)]),
            ("smtp.office365.com", "", False, [(30, minute), (10000, day)]),
            ("mail.example.com", "nikki@example.com", True, [(30, minute)]),
            ("mail.example.com", "nikki@example.com", False, []),
        ):
            with self.subTest(host=host, address=address, owner=owner):
                self.mail_server.write(
                    {
                        "smtp_host": host,
                        "from_filter": address,
                        "owner_user_id": owner and self.env.uid,
                    }
                )
                self.assertEqual(self.mail_server._delivery_limits(), limits)

    def test_the_administrator_s_setting_wins(self):
        self.mail_server.smtp_host = "smtp.office365.com"
        self.mail_server.owner_user_id = self.env.user
        self.env["ir.config_parameter"].set_param(CORE_LIMIT, 12)
        day = (10000, 24 * 3600)
        self.assertEqual(self.mail_server._delivery_limits(), [(12, 60), day])
        self.mail_server.delivery_per_minute = 3
        self.mail_server.delivery_per_day = 40
        self.assertEqual(
            self.mail_server._delivery_limits(), [(3, 60), (40, 24 * 3600)]
        )

    def test_who_waits_reads_the_limit_of_their_own_mailbox(self):
        self.mail_server.delivery_per_day = 1
        waiting = self.send(to=guests(2)).sorted("state")[0]
        self.assertIn("1 a day for this mailbox; will be sent at", waiting.explanation)
        self.mail_server.owner_user_id = self.env.user
        waiting.invalidate_recordset()
        self.assertIn("1 a day for your mailbox; will be sent at", waiting.explanation)

    def test_how_long_it_takes_is_said_before_sending(self):
        server = self.mail_server
        self.assertEqual(server._limit_forecast(1000), "")
        server.delivery_per_minute = 30
        self.assertEqual(server._limit_forecast(30), "")
        self.assertRegex(
            server._limit_forecast(31),
            r"^30 a minute for this mailbox; the last one will be sent at about 20",
        )
        self.send(to=guests(10))
        self.assertTrue(server._limit_forecast(21), "ten are counted already")
        self.assertEqual(server._limit_forecast(20), "")

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
class TestLimitsOfManyWorkers(CommittedCase):
    def test_an_error_while_counting_blocks_nobody(self):
        for _try in range(2):
            with self.registry.cursor() as cr, Ledger(cr).open() as ledger:
                with contextlib.suppress(psycopg2.Error), mute_logger("odoo.sql_db"):
                    with ledger.counting(self.mail_server):
                        ledger.cr.execute("SELECT 1/0")
                with self.registry.cursor() as other:
                    other.execute(
                        "SELECT pg_try_advisory_lock(%s, %s)",
                        (LIMIT_LOCKS, self.mail_server),
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
