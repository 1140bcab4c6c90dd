"""What the checks of queue, deliveries and jobs say when something is wrong."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import HealthCase

HOLD = "mail_delivery.hold"
SEND_JOB = "mail_delivery.ir_cron_deliver"


class MailCase(HealthCase):
    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM mail_delivery")

    def delivery(self, minutes, **values):
        """A row that was queued so many minutes ago."""
        mail = self.make_mail(to="a@example.com")
        row = mail._delivery_rows()
        row.write({"queued_at": self.ago(minutes), **values})
        return row

    def ago(self, minutes):
        return fields.Datetime.now() - timedelta(minutes=minutes)


@tagged("post_install", "-at_install")
class TestQueue(MailCase):
    def test_what_is_due_for_long_means_that_the_queue_stands(self):
        self.delivery(14)
        self.assertState("queue", "ok", "that are due: 1")
        self.delivery(17)
        self.assertState("queue", "fail", "that are due: 2, the oldest for 17 minutes")
        self.parameters.set_param("bmasia_health.queue_minutes", "20")
        self.assertState("queue", "ok")

    def test_others_are_being_sent(self):
        self.delivery(17)
        sent = self.delivery(40, state="sent", handed_at=self.ago(2))
        self.assertState("queue", "warn", "Others are being sent")
        sent.handed_at = self.ago(16)
        self.assertState("queue", "fail")

    def test_what_may_not_leave_yet_does_not_stand(self):
        later = fields.Datetime.now() + timedelta(minutes=5)
        self.delivery(60, state="deferred", next_attempt=later)
        self.delivery(60).mail_id.scheduled_date = later
        self.assertState("queue", "ok", "that are due: 0")
        self.delivery(60, state="deferred", next_attempt=self.ago(1))
        self.assertState("queue", "ok", "that are due: 1")
        self.delivery(60).mail_id.scheduled_date = self.ago(2)
        self.assertState("queue", "ok", "that are due: 2")

    def test_outcomes(self):
        now = fields.Datetime.now()
        for _number in range(9):
            self.delivery(30, state="sent", handed_at=now)
        self.assertState("outcomes", "ok", "Sent 9, refused 0")
        self.assertState("unknown", "ok")
        self.delivery(30, state="refused", handed_at=now)
        self.delivery(30, state="unknown", handed_at=now)
        self.assertState("outcomes", "warn", "refused 1")
        self.assertState("unknown", "warn", "or not: 1")

    def test_accounts(self):
        servers = self.env["ir.mail_server"]
        servers.search([]).write({"active": False})
        one, two = servers.create(
            [{"name": str(n), "smtp_host": "relay.example.com"} for n in range(2)]
        )
        self.assertState("accounts", "ok", "Accounts: 2")
        one.delivery_failures = 3
        two.write({"delivery_pause": "login", "delivery_paused_until": self.ago(-9)})
        self.assertState("accounts", "warn", "Paused: 1, without an answer: 1")
        states = dict(self.health._account_states())
        self.assertEqual(states, {one.id: "failing", two.id: "login"})
        two.delivery_paused_until = self.ago(1)
        self.assertState("accounts", "warn", "Paused: 0, without an answer: 1")


@tagged("post_install", "-at_install")
class TestJobs(MailCase):
    def setUp(self):
        super().setUp()
        self.job = self.env.ref(SEND_JOB)
        self.env.cr.execute(
            "UPDATE ir_cron SET lastcall = %(now)s, nextcall = %(next)s,"
            " failure_count = 0, first_failure_date = NULL, active = true",
            {"now": fields.Datetime.now(), "next": self.ago(-60)},
        )
        self.env.cr.execute(
            "DELETE FROM ir_cron_progress WHERE cron_id = %s", [self.job.id]
        )
        self.env.invalidate_all()

    def test_all_run(self):
        self.assertState("jobs", "ok")
        self.assertState("send_job", "ok", "0 minutes ago")

    def test_what_odoo_leaves_off_is_no_fault(self):
        gateway = self.env.ref("mail.ir_cron_mail_gateway_action")
        names = {job["name"] for job in self.health._jobs()}
        self.assertIn("mail.ir_cron_mail_gateway_action", names)
        gateway.active = False
        self.assertState("jobs", "ok")
        self.env.ref("mail.ir_cron_mail_scheduler_action").active = False
        self.assertState("jobs", "warn", "mail.ir_cron_mail_scheduler_action")

    def test_the_one_that_sends_is_switched_off(self):
        self.job.active = False
        self.assertState("send_job", "fail", "switched off")
        self.assertState("jobs", "warn", SEND_JOB)

    def test_the_one_that_sends_has_not_run(self):
        self.job.lastcall = self.ago(9)
        self.assertState("send_job", "ok")
        self.job.lastcall = self.ago(11)
        self.assertState("send_job", "fail", "11 minutes ago")
        self.parameters.set_param("bmasia_health.job_minutes", "12")
        self.assertState("send_job", "ok")

    def test_a_long_batch_is_a_sign_of_life(self):
        """While it has more to do, Odoo leaves its last call as it was."""
        self.job.lastcall = self.ago(60)
        progress = self.env["ir.cron.progress"].create({"cron_id": self.job.id})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_cron_progress SET create_date = %s WHERE id = %s",
            [self.ago(2), progress.id],
        )
        self.assertState("send_job", "ok", "2 minutes ago")

    def test_a_new_one_has_its_time(self):
        self.job.lastcall = False
        self.env.flush_all()
        for minutes, state in ((1, "ok"), (11, "fail")):
            self.env.cr.execute(
                "UPDATE ir_cron SET create_date = %s WHERE id = %s",
                [self.ago(minutes), self.job.id],
            )
            self.assertState("send_job", state)

    def test_others_that_fail_or_are_late(self):
        names = [job["name"] for job in self.health._jobs()]
        self.assertGreater(len(names), 5)
        other = self.env.ref(next(n for n in names if n.startswith("bmasia_crm.")))
        other.write({"failure_count": 1})
        self.assertState("jobs", "warn", "failing: bmasia_crm.")
        other.write({"failure_count": 5})
        self.assertState("jobs", "fail", "failing: bmasia_crm.")
        other.write({"failure_count": 0, "nextcall": self.ago(61)})
        self.assertState("jobs", "fail", "late: bmasia_crm.")
        other.write({"nextcall": self.ago(59)})
        self.assertState("jobs", "ok")

    def test_in_a_database_that_is_held_no_restart_would_help(self):
        """Nothing runs there until somebody releases it."""
        self.job.lastcall = self.ago(60)
        self.job.nextcall = self.ago(120)
        self.delivery(60)
        names = ("queue", "send_job", "jobs")
        for name in names:
            self.assertState(name, "fail")
        self.parameters.set_param(HOLD, f"{self.ago(90)}+00:00")
        for name in names:
            self.assertState(name, "warn", "restored from the backup of")
