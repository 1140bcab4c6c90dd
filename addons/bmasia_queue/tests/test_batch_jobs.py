"""A batch of e-mails as jobs: each document once, whatever becomes of the jobs."""

from odoo import fields
from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.common import SendingCase
from odoo.addons.queue_job.exception import RetryableJobError

from .jobs import JobsMixin

TO = "somchai@example.com"


@tagged("post_install", "-at_install")
class TestBatchJobs(JobsMixin, SendingCase):
    def begin(self, count=3):
        """A batch that its sender has begun, and whose jobs are there."""
        batches = self.env["document.send.batch"].with_user(self.nikki)
        quotes = batches.env["bmasia.quote"].union(
            *(self.quote() for _n in range(count))
        )
        batch = batches.browse(batches._open_for(quotes)["res_id"])
        batch.action_send()
        self.come_again()
        return batch

    def come_again(self):
        self.env["document.send.batch"]._cron_send()

    def test_each_document_is_a_job_and_one_delivers_the_mails(self):
        batch = self.begin()
        jobs = self.jobs()
        self.assertEqual(jobs.mapped("method_name"), ["_prepare"] * 3)
        self.assertEqual(set(jobs.mapped("channel")), {"root.documents"})
        self.assertEqual(batch.line_ids.mapped("state"), ["waiting"] * 3)
        self.run_jobs()
        self.assertEqual(batch.line_ids.mapped("state"), ["queued"] * 3)
        self.assertFalse(self.server.messages)
        deliver = self.jobs()
        self.assertEqual(deliver.mapped("method_name"), ["_deliver_mails"])
        self.assertTrue(deliver.eta, "mails come together before a session begins")
        self.run_jobs()
        self.assertEqual(self.server.copies(), {TO: 3})
        self.assertEqual(batch.line_ids.mapped("state"), ["sent"] * 3)
        self.assertEqual((batch.state, batch.progress), ("done", 100))
        self.assertFalse(self.jobs())
        self.assertEqual({m.login for m in self.server.messages}, {self.nikki.login})

    def test_a_cron_that_comes_again_makes_no_second_job(self):
        self.begin()
        self.come_again()
        self.assertEqual(len(self.jobs()), 3)

    def test_a_job_that_was_lost_is_made_again(self):
        batch = self.begin()
        self.jobs()[1].unlink()
        self.run_jobs("_prepare")
        self.assertEqual(batch.line_ids[1].state, "waiting")
        self.come_again()
        self.run_jobs("_prepare")
        self.run_jobs("_deliver_mails")
        self.assertEqual(self.server.copies(), {TO: 3})

    def test_jobs_that_are_run_twice_send_once(self):
        batch = self.begin()
        prepared = self.jobs()
        self.run_jobs()
        # the worker died before it noted the first one
        batch.sudo().line_ids[0].request_id = False
        delivered = self.jobs()
        for job in (*prepared, *prepared, *delivered, *delivered):
            self.run_job(job)
        self.run_jobs()
        self.env["mail.mail"]._deliver_queue()
        self.assertEqual(self.server.copies(), {TO: 3})
        quotes = self.env["bmasia.quote"].browse(batch.line_ids.mapped("res_id"))
        self.assertEqual(len(set(quotes.mapped("name"))), 3)
        self.assertEqual([len(quote.archive_ids) for quote in quotes], [1] * 3)

    def test_the_scheduled_action_of_mails_leaves_nothing_for_the_job(self):
        batch = self.begin()
        self.run_jobs()
        self.env["mail.mail"]._deliver_queue()
        self.run_jobs()
        self.assertEqual(self.server.copies(), {TO: 3})
        self.assertEqual(batch.state, "done")

    def test_a_stopped_batch_prepares_no_further_document(self):
        batch = self.begin()
        self.run_job(self.jobs()[0])
        batch.action_stop()
        self.run_jobs()
        self.run_jobs()
        self.assertEqual(self.server.copies(), {})
        quotes = self.env["bmasia.quote"].browse(batch.line_ids.mapped("res_id"))
        self.assertEqual(list(map(bool, quotes.mapped("name"))), [True, False, False])

    def test_what_cannot_be_sent_says_why_on_its_line_and_no_job_fails(self):
        batch = self.begin()
        quote = self.env["bmasia.quote"].browse(batch.line_ids[0].res_id)
        quote.line_ids.unlink()
        self.run_jobs()
        self.assertFalse(self.jobs(state="failed"))
        self.assertEqual(batch.line_ids[0].state, "blocked")
        self.assertIn("no lines", batch.line_ids[0].words)
        self.run_jobs()
        self.assertEqual(batch.line_ids.mapped("state"), ["blocked", "sent", "sent"])
        self.assertEqual(batch.state, "done")

    def test_a_batch_in_which_nothing_could_be_sent_is_done_too(self):
        batch = self.begin(1)
        self.env["bmasia.quote"].browse(batch.line_ids.res_id).line_ids.unlink()
        self.run_jobs()
        self.run_jobs()
        self.assertEqual(batch.state, "done")

    def deliver(self, batch):
        """Run by hand: in a test the engine's own transactions are this one, which a
        job that comes again would undo.

        :returns: why and how long the job waits, or None
        """
        try:
            batch.sudo()._deliver_mails()
        except RetryableJobError as wait:
            return wait
        finally:
            self.env.invalidate_all()

    def test_what_the_mail_server_defers_is_tried_again_when_it_is_due(self):
        self.server.reply("RCPT", to=TO, with_=(451, "4.7.1 try again later"), times=1)
        batch = self.begin(1)
        self.run_jobs()
        wait = self.deliver(batch)
        rows = batch.sudo().line_ids.request_id._deliveries()
        self.assertEqual(rows.mapped("state"), ["deferred"])
        due = rows.next_attempt - fields.Datetime.now()
        self.assertAlmostEqual(wait.seconds, due.total_seconds(), delta=5)
        self.assertTrue(wait.ignore_retry, "waiting uses up no try")
        self.assertEqual(batch.state, "running")
        rows.next_attempt = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        self.env.flush_all()
        self.assertIsNone(self.deliver(batch))
        self.assertEqual(batch.line_ids.mapped("state"), ["sent"])
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertEqual(batch.state, "done")

    def test_in_a_database_that_is_held_jobs_wait_and_then_go_on(self):
        batch = self.begin(2)
        lines = batch.sudo().line_ids
        self.run_job(self.jobs()[0])
        self.hold()
        self.assertEqual(
            set(self.jobs().mapped("method_name")), {"_prepare", "_deliver_mails"}
        )
        self.assertPostponed(self.jobs())
        self.assertEqual(lines.mapped("state"), ["queued", "waiting"])
        self.env["mail.hold"]._release(True)
        self.run_jobs("_prepare")
        self.run_jobs("_deliver_mails")
        self.assertEqual(self.server.copies(), {TO: 2})

    def test_what_was_cancelled_at_the_release_is_done_by_no_job(self):
        batch = self.begin(2)
        self.run_job(self.jobs()[0])
        self.hold()
        self.assertEqual(self.env["mail.hold"]._undecided(), 2)
        self.env["mail.hold"]._release(False)
        self.assertEqual(batch.state, "stopped")
        self.run_jobs("_prepare")
        self.run_jobs("_deliver_mails")
        self.env["mail.mail"]._deliver_queue()
        self.assertEqual(self.server.copies(), {})
