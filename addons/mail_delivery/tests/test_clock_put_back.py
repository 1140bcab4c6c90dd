"""A clock that was ahead for a while and was put back stops no job."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import CompletionStatus
from odoo.addons.mail_delivery.testkit import DeliveryCase

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@tagged("post_install", "-at_install")
class TestClockPutBack(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.sends = self.env.ref("mail_delivery.ir_cron_deliver")
        self.hourly, self.daily = self.sends.copy(), self.sends.copy()
        self.hourly.interval_type = "hours"
        self.daily.interval_type = "days"
        self.jobs = self.sends + self.hourly + self.daily
        self.now = self.env.cr.now()
        self.patch(
            type(self.sends), "_run_job", lambda *_args: CompletionStatus.FULLY_DONE
        )

    def ran(self, when):
        """As if all of them had run then, by the clock of that time."""
        self.jobs.write({"lastcall": when, "nextcall": when + MINUTE})
        self.env.flush_all()

    def process(self, job):
        values = {"timed_out_counter": 0, "done": 0, "remaining": 0, "progress_id": 0}
        self.env.cr.execute("SELECT * FROM ir_cron WHERE id = %s", (job.id,))
        [row] = self.env.cr.dictfetchall()
        type(job)._process_job(self.env.cr, row | values | {"cron_name": job.name})
        self.env.invalidate_all()

    @mute_logger("odoo.addons.mail_delivery.models.ir_cron")
    def test_what_ran_in_the_future_runs_every_minute_again(self):
        self.ran(self.now + DAY)
        # it was called by a mail that came
        self.process(self.sends)
        self.assertLessEqual(self.sends.nextcall, self.now + 2 * MINUTE)
        self.assertLessEqual(self.sends.lastcall, self.now)
        self.assertLessEqual(self.hourly.nextcall, self.now)
        self.assertLessEqual(self.hourly.lastcall, self.now)
        self.assertEqual(self.daily.nextcall, self.now + DAY + MINUTE)

    @mute_logger("odoo.addons.mail_delivery.models.ir_cron")
    def test_a_start_of_the_server_looks_too(self):
        self.ran(self.now + DAY)
        self.sends._register_hook()
        self.env.invalidate_all()
        # it looks in a transaction of its own, which begins a moment later
        self.assertLessEqual(self.sends.nextcall, self.now + MINUTE)

    def test_what_somebody_has_planned_for_later_stays(self):
        self.ran(self.now - DAY)
        self.hourly.nextcall = self.now + 7 * DAY
        self.env.flush_all()
        self.process(self.sends)
        self.assertEqual(self.hourly.nextcall, self.now + 7 * DAY)
        self.assertEqual(self.hourly.lastcall, self.now - DAY)
