"""Runs jobs as the runner has them run, one after another."""

from odoo import fields

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job

from ..controllers.queue_job import HeldJobController

HOLD = "mail_delivery.hold"


class JobsMixin:
    """Needs ``self.env``."""

    def jobs(self, method=None, state="pending"):
        """Jobs of ours, in the order in which they were made."""
        ours = [("state", "=", state), ("job_function_id", "!=", False)]
        if method:
            ours.append(("method_name", "=", method))
        return self.env["queue.job"].search(ours, order="id")

    def run_job(self, record):
        """What ``/queue_job/runjob`` does once it has the job."""
        HeldJobController._runjob(self.env, self.started(record))
        self.env.invalidate_all()

    def started(self, record):
        """The job of a record, as the runner has it when it begins."""
        job = Job.load(self.env, record.uuid)
        job.set_started()
        job.store()
        return job

    def run_jobs(self, method=None):
        """Those that wait now, not what comes after them."""
        for record in self.jobs(method):
            self.run_job(record)

    def hold(self):
        """As if restored from a backup that was made just now."""
        moment = f"{fields.Datetime.now()}+00:00"
        self.env["ir.config_parameter"].set_param(HOLD, moment)

    def assertPostponed(self, records):
        """These jobs do nothing but wait. Begun by hand, for in a test what a job that
        comes again undoes is the test's own transaction."""
        self.assertTrue(records)
        for record in records:
            with self.assertRaisesRegex(RetryableJobError, "restored from") as wait:
                HeldJobController._try_perform_job(self.env, self.started(record))
            self.assertTrue(wait.exception.ignore_retry, "waiting uses up no try")
            self.assertEqual(wait.exception.seconds, 60)
            record._change_job_state("pending")
