"""In a database that was restored no job begins, of whichever addon."""

from odoo import fields, http
from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.common import CrmCase
from odoo.addons.queue_job.job import Job

from ..controllers.queue_job import HeldJobController
from .jobs import JobsMixin


@tagged("post_install", "-at_install")
class TestHeldJobs(JobsMixin, CrmCase):
    def another_addon_s(self, **how):
        """A job of ``queue_job`` itself, which is none of ours."""
        return self.env["queue.job"].with_delay(**how)._test_job().db_record()

    def test_the_runner_s_request_ends_in_our_controller(self):
        installed = sorted(self.registry._init_modules)
        [endpoint] = [
            endpoint
            for url, endpoint in http._generate_routing_rules(installed, False)
            if url == "/queue_job/runjob"
        ]
        self.assertIsInstance(endpoint.func.__self__, HeldJobController)

    def test_a_job_of_another_addon_waits_and_then_goes_on(self):
        job = self.another_addon_s()
        self.hold()
        self.assertPostponed(job)
        self.env["mail.hold"]._release(True)
        self.run_job(job)
        self.assertEqual(job.state, "done")

    def test_what_the_original_went_on_with_is_cancelled_on_wish(self):
        before, depends = self.another_addon_s(), self.another_addon_s()
        batch = self.env["bmasia.print.batch"]._open_for(self.quote())["res_id"]
        hour_ago = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        self.env.flush_all()
        self.env.cr.execute("UPDATE queue_job SET date_created = %s", [hour_ago])
        self.env.invalidate_all()
        waiting = Job.load(self.env, depends.uuid)
        waiting.add_depends({Job.load(self.env, before.uuid)})
        waiting.store()
        self.hold()
        later = self.another_addon_s()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET date_created = %s WHERE id = %s",
            [fields.Datetime.add(fields.Datetime.now(), hours=1), later.id],
        )
        self.env.invalidate_all()
        self.env["mail.hold"]._release(False)
        self.assertEqual((before | depends).mapped("state"), ["cancelled"] * 2)
        self.assertIn("restored from", before.result)
        self.assertEqual(later.state, "pending")
        ours = self.jobs().filtered(lambda job: job.records.ids == [batch])
        self.assertEqual(len(ours), 2, "they end their batch")
