"""The queue as Odoo's cron runs it: who is served when, and what the log says of it."""

import logging
import time
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import config, mute_logger

from odoo.addons.base.models.ir_cron import MIN_TIME_PER_JOB
from odoo.addons.mail_delivery.models import delivery_run, mail_mail
from odoo.addons.mail_delivery.testkit import CommittedCase
from odoo.addons.mail_delivery.tools import transmission

RUN = "odoo.addons.mail_delivery.models.delivery_run"
SILENCE = b""  # instead of an answer, and the line stays open
PATIENCE = 0.5  # seconds instead of 5 that a server that says nothing costs


class CronCase(CommittedCase):
    """Runs the job through ``ir.cron``, with an account for each sender."""

    def setUp(self):
        super().setUp()
        self.patch(transmission, "CONNECT_TIMEOUT", PATIENCE)
        self.patch(transmission, "patience", lambda left: max(min(left, 30), 0.1))
        with self.commits() as env:
            self.cron = env.ref("mail_delivery.ir_cron_deliver").id
            # what other tests of this database left waiting
            env.cr.execute("DELETE FROM ir_cron_trigger")

    def run_cron(self):
        """Have the job run as Odoo's worker runs it.

        :returns: its ``(done, remaining)``, call by call
        """
        with self.commits() as env:
            last = env["ir.cron.progress"].search([], order="id desc", limit=1).id or 0
            self.assertIs(
                env["ir.cron"].browse(self.cron).method_direct_trigger(), True
            )
        with self.commits() as env:
            calls = env["ir.cron.progress"].search([("id", ">", last)], order="id")
            return [(call.done, call.remaining) for call in calls]

    def is_woken(self):
        """Whether the job is to run again at once."""
        with self.commits() as env:
            domain = [("cron_id", "=", self.cron)]
            return bool(env["ir.cron.trigger"].search_count(domain))

    def add_account(self, name, server):
        """An account for the mails of one sender.

        :returns: the sender's address
        """
        address = f"{name}@sender.example.com"
        with self.commits() as env:
            template = env["ir.mail_server"].browse(self.mail_server)
            template.copy({"from_filter": address, "smtp_port": server.port})
        return address

    def add_silent_account(self, name):
        """An account whose server takes the line and never says a word."""
        server = self.start_server()
        server.say("CONNECT", SILENCE)
        return server, self.add_account(name, server)

    def commit_batch(self, name, sender, count):
        return [
            self.commit_mail(to=f"{name}{number}@example.com", email_from=sender)[0]
            for number in range(count)
        ]

    def states_of(self, name):
        return [state for to, state in self.rows().items() if to.startswith(name)]

    @contextmanager
    def lines(self, level=logging.INFO):
        """What the engine logs meanwhile. By number: Odoo gives "INFO" another one."""
        with self.assertLogs(RUN, level) as logs:
            lines = []
            yield lines
        lines += [record.getMessage() for record in logs.records]


@tagged("post_install", "-at_install")
class TestTurns(CronCase):
    @mute_logger(RUN)
    def test_three_silent_servers_keep_nobody_waiting(self):
        silent = [self.add_silent_account(f"silent{number}") for number in range(3)]
        for number in range(5):
            # the oldest mails of the queue are those of the dead accounts
            self.commit_batch(f"dead{number}-", silent[number % 3][1], 1)
        self.commit_batch("guest", self.add_account("nikki", self.server), 20)
        start = time.monotonic()
        self.run_cron()
        self.assertLess(time.monotonic() - start, 20 * PATIENCE)
        self.assertEqual(self.states_of("guest"), ["sent"] * 20)
        self.assertEqual(len(self.server.messages), 20)
        self.assertEqual(set(self.states_of("dead")), {"deferred"})
        self.assertEqual([server.sessions for server, _sender in silent], [1, 1, 1])

    @mute_logger(RUN)
    def test_who_failed_last_comes_last_and_once_per_run(self):
        silent, sender = self.add_silent_account("silent")
        self.commit_batch("dead", sender, 3)
        self.run_cron()
        self.run_cron()
        self.assertEqual(silent.sessions, 1, "it is left alone for a while")
        self.assertEqual(sorted(self.states_of("dead")), ["deferred"] * 3)
        self.make_due()
        order = []
        silent.on("CONNECT", lambda _session: order.append("silent"), times=1)
        silent._instructions.insert(0, silent._instructions.pop())
        self.server.on("BODY", lambda _session: order.append("healthy"))
        self.commit_batch("guest", self.add_account("nikki", self.server), 2)
        self.run_cron()
        self.assertEqual(order, ["healthy", "healthy", "silent"])

    @mute_logger(RUN)
    def test_a_server_that_answers_again_gets_all_that_waited_for_it(self):
        silent, sender = self.add_silent_account("silent")
        self.commit_batch("dead", sender, 3)
        self.run_cron()
        silent.forget()
        with self.commits() as env:
            env.cr.execute("UPDATE ir_mail_server SET delivery_retry_at = NULL")
        # one new mail finds out; the others would have waited for a minute
        self.commit_batch("new", sender, 1)
        self.patch(delivery_run, "LOOK_EVERY", 0)
        self.run_cron()
        self.assertEqual(self.states_of("new"), ["sent"])
        self.assertEqual(self.states_of("dead"), ["sent"] * 3)
        with self.commits() as env:
            server = env["ir.mail_server"].search([("from_filter", "=", sender)])
            self.assertEqual(server.delivery_failures, 0)
            self.assertFalse(server.delivery_retry_at)

    @mute_logger(RUN)
    def test_whoever_changes_a_failing_account_has_it_asked_again(self):
        silent, sender = self.add_silent_account("silent")
        self.commit_batch("dead", sender, 1)
        self.run_cron()
        with self.commits() as env:
            server = env["ir.mail_server"].search([("from_filter", "=", sender)])
            self.assertEqual(server.delivery_failures, 1)
            self.assertEqual(server.delivery_failure, "timeout")
            self.assertTrue(server.delivery_retry_at)
            server.smtp_port = self.server.port
            self.assertFalse(server.delivery_failures or server.delivery_retry_at)

    def test_a_slow_server_shares_the_run_with_others(self):
        self.patch(delivery_run, "SLICE", 0.5)
        slow = self.start_server()
        slow.delay("BODY", 0.1)
        arrived = []
        for server, name in ((slow, "slow"), (self.server, "quick")):
            server.on("MAIL", lambda _session, name=name: arrived.append(name))
            sender = self.add_account(name, server)
            self.commit_batch(name, sender, 20)
        self.run_cron()
        self.assertEqual(sorted(arrived), ["quick"] * 20 + ["slow"] * 20)
        self.assertEqual(arrived[0], "slow", "the oldest mail")
        last = len(arrived) - arrived[::-1].index("quick")
        # of 0.1 s each, five begin in a slice of 0.5 s, however busy the machine is
        initials = "".join(name[0] for name in arrived[:last])
        longest = max(len(slow_ones) for slow_ones in initials.split("q"))
        self.assertLessEqual(longest, 5, "one slice, not all")
        self.assertEqual((slow.sessions, self.server.sessions), (1, 1))

    def test_a_turn_too_short_for_its_letters_sends_one_of_them(self):
        """Putting letters together is never all that a turn of a busy machine does."""
        self.patch(delivery_run, "SLICE", 0.001)
        self.patch(mail_mail, "QUEUE_BUDGET", 10)
        self.commit_batch("guest", self.add_account("nikki", self.server), 5)
        self.run_cron()
        self.assertEqual(self.states_of("guest"), ["sent"] * 5)

    def test_a_long_batch_lets_the_next_sender_in(self):
        nikki = self.add_account("nikki", self.server)
        other = self.start_server()
        pom = self.add_account("pom", other)
        self.commit_batch("many", nikki, 12)
        self.commit_batch("few", pom, 2)
        with self.commits() as env:
            # the oldest of each sender first, whatever a run can look at
            ledger = delivery_run.Ledger(env.cr)
            due = ledger.due_mail_ids(limit=4)
            mails = env["mail.mail"].browse(due)
            self.assertEqual(
                sorted(mails.mapped("email_from")), [nikki, nikki, pom, pom]
            )

    def test_mails_that_come_in_meanwhile_are_served_in_the_same_run(self):
        self.patch(delivery_run, "LOOK_EVERY", 0)
        sender = self.add_account("nikki", self.server)
        self.commit_batch("early", sender, 2)
        late = iter([lambda: self.commit_batch("late", sender, 1)])
        self.server.on("BODY", lambda _session: next(late, lambda: None)(), times=1)
        self.run_cron()
        self.assertEqual(self.states_of("late"), ["sent"])


@tagged("post_install", "-at_install")
class TestBudget(CronCase):
    def test_what_a_run_leaves_is_reported_and_goes_on_at_once(self):
        self.patch(mail_mail, "QUEUE_BUDGET", 1)
        self.server.delay("BODY", 0.2)
        self.commit_batch("guest", self.add_account("nikki", self.server), 12)
        calls = self.run_cron()
        sent = self.states_of("guest").count("sent")
        self.assertTrue(0 < sent < 12, sent)
        self.assertEqual(sum(done for done, _remaining in calls), sent)
        # the second call finds the time used up, and ir.cron goes on with other jobs
        self.assertEqual(calls[-1][1], 12 - sent)
        self.assertLessEqual(len(calls), 2)
        self.assertTrue(self.is_woken())
        while "queued" in self.states_of("guest"):
            self.run_cron()
        self.assertEqual(len(self.server.messages), 12)
        self.assertEqual(set(self.server.copies().values()), {1})

    @mute_logger(RUN)
    def test_a_queue_that_cannot_move_is_no_work(self):
        _silent, sender = self.add_silent_account("silent")
        self.commit_batch("dead", sender, 2)
        self.run_cron()
        self.assertFalse(self.is_woken())
        self.assertEqual(self.run_cron(), [(0, 0)])

    def test_the_budget_is_the_job_s_and_fits_into_the_worker_s_life(self):
        with self.commits() as env:
            mails = env["mail.mail"]
            self.assertEqual(mails._queue_seconds(), mail_mail.UNLIMITED_BUDGET)
            for limit, real, spent, seconds in (
                (-1, 120, 0, 30),
                (-1, 240, 0, 60),
                (0, 120, 0, 60),
                (300, 120, 0, 60),
                (20, 120, 0, 5),
                (0, 120, 20, 40),
            ):
                limits = {"limit_time_real_cron": limit, "limit_time_real": real}
                end = time.monotonic() - spent + MIN_TIME_PER_JOB
                in_cron = mails.with_context(cron_end_time=end)
                with self.subTest(**limits), patch.dict(config.options, limits):
                    self.assertAlmostEqual(in_cron._queue_seconds(), seconds, delta=1)


@tagged("post_install", "-at_install")
class TestLog(CronCase):
    def test_a_run_says_what_it_did(self):
        _silent, dead = self.add_silent_account("silent")
        self.commit_batch("dead", dead, 2)
        sender = self.add_account("nikki", self.server)
        self.commit_batch("guest", sender, 3)
        self.server.reply(
            "RCPT", to="guest1@example.com", with_=(550, "5.1.1 <guest1@example.com>")
        )
        with self.lines() as lines:
            self.run_cron()
        (run,) = [line for line in lines if "queue run" in line]
        self.assertIn("sent 2, deferred 2, refused 1, unknown 0", run)
        self.assertIn("left 0, oldest waiting", run)
        self.assertIn("accounts failed 1, skipped 0", run)
        (refused,) = [line for line in lines if "event=refused" in line]
        self.assertRegex(
            refused,
            r"^mail delivery: event=refused delivery=\d+ mail=\d+ account=\d+ "
            r"reason=no_such_user code=550 status=5\.1\.1 attempt=1$",
        )
        deferred = [line for line in lines if "event=deferred" in line]
        self.assertEqual(len(deferred), 2)
        for line in deferred:
            self.assertRegex(line, r" reason=timeout attempt=1 next_seconds=\d+$")
        self.assertNotIn("example.com", "".join(lines), "no addresses of people")

    def test_a_failing_account_is_a_warning_with_its_reason(self):
        _silent, dead = self.add_silent_account("silent")
        self.commit_batch("dead", dead, 1)
        with self.lines(logging.WARNING) as lines:
            self.run_cron()
        (line,) = lines
        self.assertRegex(line, r"event=account_failed account=\d+ reason=timeout$")

    def test_a_paused_account_is_a_warning_without_the_words_of_its_server(self):
        sender = self.add_account("nikki", self.server)
        self.commit_batch("guest", sender, 1)
        words = "5.4.5 nikki@example.com: Daily user sending limit exceeded"
        self.server.reply("MAIL", with_=(550, words))
        with self.assertLogs("odoo.addons.mail_delivery", logging.WARNING) as logs:
            self.run_cron()
        lines = [record.getMessage() for record in logs.records]
        (paused,) = [line for line in lines if "event=account_paused" in line]
        self.assertRegex(
            paused,
            r"account=\d+ reason=sending_limit code=550 status=5\.4\.5 seconds=\d+$",
        )
        self.assertNotIn("example.com", "".join(lines))
        self.assertNotIn("Daily", "".join(lines))

    def test_an_idle_queue_says_nothing(self):
        with self.assertNoLogs(RUN, logging.INFO):
            self.run_cron()
