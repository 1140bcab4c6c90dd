"""A copy of the database does nothing that was begun in the original."""

from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.bmasia_crm.tests.common import CrmCase

from .jobs import JobsMixin


@tagged("post_install", "-at_install")
class TestNeutralize(JobsMixin, CrmCase):
    def test_jobs_that_wait_are_cancelled_whichever_addon_s_they_are(self):
        self.env["bmasia.print.batch"]._open_for(self.quote())
        self.env["queue.job"].with_delay()._test_job()
        done = self.env["queue.job"].with_delay()._test_job().db_record()
        done._change_job_state("done")
        self.env.flush_all()
        with file_open("bmasia_queue/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(done.state, "done")
        others = self.env["queue.job"].search([]) - done
        self.assertEqual(others.mapped("state"), ["cancelled"] * 3)
