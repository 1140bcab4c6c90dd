import threading
from contextlib import ExitStack

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail_delivery.testkit import CommittedCase
from odoo.addons.mail_delivery.tools.ledger import Ledger
from odoo.addons.mail_delivery.tools.replies import Reply, classify

TO = "hotel@example.com"


@tagged("post_install", "-at_install")
class TestClaims(CommittedCase):
    def ledger(self, stack):
        return stack.enter_context(
            Ledger(stack.enter_context(self.registry.cursor())).open()
        )

    def test_two_workers_at_once_send_once(self):
        addresses = [f"guest{number}@example.com" for number in range(20)]
        mail_ids = [self.commit_mail(to=address)[0] for address in addresses]
        together = threading.Barrier(4)

        def work():
            together.wait(60)
            self.deliver(mail_ids)

        self.in_threads(work, work, work, work)
        self.assertEqual(self.server.copies(), dict.fromkeys(addresses, 1))
        self.assertEqual(self.rows(), dict.fromkeys(addresses, "sent"))

    def test_cron_and_request_at_once_send_once_and_the_request_hears(self):
        mail_ids = self.commit_mail(to=TO)
        sending = threading.Event()
        self.server.on("DATA", lambda _session: sending.set())
        self.server.delay("BODY", 1)
        heard = {}

        def request():
            self.assertTrue(sending.wait(60))
            with self.commits() as env:
                rows = env["mail.mail"].browse(mail_ids)._deliver()
                heard.update({row.recipient: row.state for row in rows})

        self.in_threads(self.run_queue, request)
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertEqual(heard, {TO: "sent"})

    def test_a_row_is_claimed_by_one_only(self):
        mail_ids = self.commit_mail(to=[TO, "b@example.com"])
        with ExitStack() as stack:
            one, other = self.ledger(stack), self.ledger(stack)
            (mine,) = one.claim(mail_ids, 1)
            (theirs,) = other.claim(mail_ids, 10)
            self.assertNotEqual(mine.id, theirs.id)
            self.assertFalse(other.begin(mine), "not without a claim")
            self.assertFalse(one.claim(mail_ids, 10))

    def test_a_claim_keeps_to_its_limit_however_the_database_plans_it(self):
        mail_ids = self.commit_mail(to=[f"guest{n}@example.com" for n in range(5)])
        with ExitStack() as stack:
            ledger = self.ledger(stack)
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
                ledger.cr.execute(f"SET LOCAL enable_{way} = off")
            self.assertEqual(len(ledger.claim(mail_ids, 2)), 2)

    def test_what_was_claimed_and_not_begun_goes_back_to_the_queue(self):
        mail_ids = self.commit_mail(to=TO)
        with ExitStack() as stack:
            self.ledger(stack).claim(mail_ids, 10)
            self.assertEqual(self.rows("state", "attempts"), {TO: ("sending", 1)})
        self.assertEqual(self.rows("state", "attempts"), {TO: ("queued", 0)})

    def test_a_live_worker_is_not_reaped(self):
        mail_ids = self.commit_mail(to=TO)
        with ExitStack() as stack:
            worker, reaper = self.ledger(stack), self.ledger(stack)
            worker.claim(mail_ids, 10)
            self.assertEqual(reaper.reap(), 0)
            self.assertEqual(self.rows(), {TO: "sending"})

    def lose_connection(self, ledger):
        """What a killed worker leaves behind, once the server has noticed."""
        ledger.cr._cnx.close()
        ledger.cr._closed = True
        self.wait_until_noticed()

    @mute_logger("odoo.addons.mail_delivery.tools.ledger")
    def test_rows_of_a_dead_worker(self):
        begun, waiting = "begun@example.com", "waiting@example.com"
        mail_ids = self.commit_mail(to=[begun, waiting])
        cr = self.registry.cursor()
        worker = Ledger(cr)
        worker._acquire_lock()
        rows = worker.claim(mail_ids, 10)
        worker.begin(next(row for row in rows if row.recipient == begun))
        self.lose_connection(worker)
        with ExitStack() as stack:
            self.assertEqual(self.ledger(stack).reap(), 2)
        self.assertEqual(
            self.rows("state", "reason", "attempts"),
            {begun: ("unknown", "worker", 1), waiting: ("queued", False, 0)},
        )
        self.run_queue()
        self.assertEqual(self.rows(), {begun: "unknown", waiting: "sent"})
        self.assertEqual(self.server.copies(), {waiting: 1})

    @mute_logger("odoo.addons.mail_delivery.tools.ledger")
    def test_a_worker_that_was_taken_for_dead_still_reports(self):
        mail_ids = self.commit_mail(to=TO)
        with ExitStack() as stack:
            worker, reaper = self.ledger(stack), self.ledger(stack)
            (row,) = worker.claim(mail_ids, 10)
            worker.begin(row)
            worker.cr.execute("SELECT pg_advisory_unlock_all()")
            worker.cr.commit()
            reaper.reap()
            self.assertEqual(self.rows(), {TO: "unknown"})
            worker.record(row, classify(Reply(250, "2.0.0 ok")))
        self.assertEqual(self.rows(), {TO: "sent"})

    def test_a_mail_that_a_user_is_writing_waits_for_the_commit(self):
        mail_ids = self.commit_mail(to=TO)
        with self.commits() as env:
            env["mail.mail"].browse(mail_ids).subject = "Better"
            env.flush_all()
            self.deliver(mail_ids)
            self.assertEqual(self.server.copies(), {})
        self.run_queue()
        self.assertEqual(self.server.message_to(TO).message["Subject"], "Better")

    def test_a_clock_that_was_put_back_delays_nothing_for_days(self):
        mail_ids = self.commit_mail(to=TO)
        with self.commits() as env:
            env.cr.execute(
                "UPDATE mail_delivery SET state = 'deferred', next_attempt = "
                "now() + INTERVAL '30 days' WHERE mail_id = ANY(%s)",
                (mail_ids,),
            )
        self.run_queue()
        self.assertEqual(self.rows(), {TO: "sent"})
