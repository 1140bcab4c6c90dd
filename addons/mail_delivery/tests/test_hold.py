"""A database that was restored from a backup mails nobody until it is released."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.mail_delivery.testkit import DeliveryCase

from ..tools.hold import HOLD

TO = "hotel@example.com"
LATE = "late@example.com"


class HeldCase(DeliveryCase):
    def hold(self, minutes=0):
        """As if restored from the backup of that many minutes ago."""
        when = fields.Datetime.now() - timedelta(minutes=minutes)
        self.env["ir.config_parameter"].set_param(HOLD, f"{when}+00:00")

    def release(self, choice=False):
        return self.env["mail.hold.release"].create({"choice": choice}).action_release()

    def waiting_since_the_backup(self, to=TO, **values):
        rows = self.make_mail(to=to, **values).delivery_ids
        rows.queued_at = fields.Datetime.now() - timedelta(hours=1)
        return rows


@tagged("post_install", "-at_install")
class TestHold(HeldCase):
    def test_a_mail_waits_with_the_reason_and_leaves_once_after_the_release(self):
        self.hold(minutes=5)
        row = self.send(to=TO)
        self.assertEqual((row.state, row.reason, row.attempts), ("queued", "held", 0))
        self.assertIn("restored from the backup of", row.explanation)
        row.next_attempt = False
        self.run_queue()
        self.assertEqual((row.state, self.server.copies()), ("queued", {}))
        self.release()
        self.run_queue()
        self.run_queue()
        self.assertEqual(self.states(row), {TO: "sent"})
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_no_job_runs_and_each_is_due_after_the_release(self):
        cron = self.env.ref("mail_delivery.ir_cron_deliver")
        self.hold()
        job = cron.read()[0] | {"timed_out_counter": 0}
        ran = []
        self.patch(type(cron), "_run_job", lambda *_args: ran.append(1) or "fully done")
        due = cron.nextcall
        type(cron)._process_job(self.env.cr, job)
        self.assertEqual((ran, cron.nextcall), ([], due))
        with self.assertRaisesRegex(UserError, "restored from the backup"):
            cron.method_direct_trigger()
        self.release()
        self.patch(type(cron), "_reschedule_later", lambda *_args: None)
        type(cron)._process_job(self.env.cr, job)
        self.assertEqual(ran, [1])

    def test_no_mail_is_fetched(self):
        server = self.env["fetchmail.server"].create({"name": "In", "user": "in"})
        self.hold()
        with self.assertRaisesRegex(UserError, "sends and fetches no e-mail"):
            server.fetch_mail()

    def test_what_comes_past_the_queue_is_refused(self):
        self.hold()
        with self.assertRaisesRegex(MailDeliveryException, "restored"):
            self.env["ir.mail_server"].send_email({})

    def test_what_waited_in_the_backup_needs_a_decision(self):
        row = self.waiting_since_the_backup()
        self.hold(minutes=5)
        with self.assertRaisesRegex(UserError, "Choose"):
            self.release()
        self.assertTrue(self.env["mail.hold"]._since())
        self.release("send")
        self.assertFalse(self.env["mail.hold"]._since())
        self.run_queue()
        self.assertEqual(self.states(row), {TO: "sent"})

    def test_cancelled_is_what_waited_and_would_leave_now(self):
        waited = self.waiting_since_the_backup()
        later = fields.Datetime.now() + timedelta(days=3)
        planned = self.waiting_since_the_backup(LATE, scheduled_date=later)
        self.hold(minutes=5)
        written = self.make_mail(to="new@example.com").delivery_ids
        self.release("cancel")
        self.run_queue()
        self.assertEqual(self.states(waited), {TO: "cancelled"})
        self.assertIn("The original may have sent it", waited.explanation)
        self.assertEqual(waited.mail_id.state, "cancel")
        self.assertEqual(self.states(planned), {LATE: "queued"})
        self.assertEqual(self.states(written), {"new@example.com": "sent"})

    def test_what_the_original_was_sending_is_unknown_or_still_waits(self):
        begun = self.waiting_since_the_backup()
        claimed = self.waiting_since_the_backup(LATE)
        now = fields.Datetime.now()
        begun.write({"state": "sending", "claim": 7, "handed_at": now})
        claimed.write({"state": "sending", "claim": 7})
        self.hold(minutes=5)
        self.release("send")
        self.assertEqual((begun.state, begun.reason), ("unknown", "worker"))
        self.run_queue()
        self.assertEqual(self.server.copies(), {LATE: 1})

    def planned(self):
        """Three messages of people: one due that is in the backup, one due that was
        planned after it, and one for later."""
        partner = self.env["res.partner"].create({"name": "Hotel", "email": TO})
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        planned = self.env["mail.scheduled.message"].create(
            [
                {
                    "model": partner._name,
                    "res_id": partner.id,
                    "author_id": self.env.user.partner_id.id,
                    "body": "Dear customer",
                    "scheduled_date": tomorrow,
                }
                for _each in range(3)
            ]
        )
        self.move("mail_scheduled_message", "scheduled_date", planned[:2])
        self.move("mail_scheduled_message", "create_date", planned[0])
        return planned

    def notices(self):
        """Two that are due: one in the backup, one from after it."""
        message = self.env["mail.message"].create({"body": "Dear colleague"})
        notices = self.env["mail.message.schedule"].create(
            [
                {
                    "mail_message_id": message.id,
                    "scheduled_datetime": fields.Datetime.now(),
                }
                for _each in range(2)
            ]
        )
        self.move("mail_message_schedule", "create_date", notices[0])
        return notices

    def move(self, table, column, records):
        """To an hour ago, past what the models allow."""
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {table} SET {column} = now() AT TIME ZONE 'UTC' - interval '1 h'"
            " WHERE id = ANY(%s)",
            (records.ids,),
        )
        self.env.invalidate_all()

    def test_what_people_had_planned_is_not_posted_a_second_time(self):
        planned = self.planned()
        self.hold(minutes=5)
        with self.assertRaisesRegex(UserError, "Choose"):
            self.release()
        self.release("cancel")
        self.assertEqual(planned.exists(), planned[1:])

    def test_what_people_had_planned_is_posted_when_so_decided(self):
        planned = self.planned()
        self.hold(minutes=5)
        self.release("send")
        self.assertEqual(planned.exists(), planned)

    def test_notices_of_the_backup_need_a_decision_and_later_ones_stay(self):
        notices = self.notices()
        self.hold(minutes=5)
        with self.assertRaisesRegex(UserError, "Choose"):
            self.release()
        self.release("cancel")
        self.assertEqual(notices.exists(), notices[1])

    def test_what_came_after_the_backup_needs_no_decision(self):
        planned, notices = self.planned(), self.notices()
        (planned[0] + planned[2]).unlink()
        notices[0].unlink()
        self.hold(minutes=5)
        self.release()
        self.assertTrue(planned[1].exists() and notices[1].exists())

    def test_a_mark_that_is_no_time_holds_as_well(self):
        self.env["ir.config_parameter"].set_param(HOLD, "yes")
        self.assertEqual(self.send(to=TO).reason, "held")

    def test_only_administrators_release(self):
        self.hold()
        for groups in ("base.group_user", "mail_delivery.group_delivery_manager"):
            user = new_test_user(self.env, groups.split(".")[1], groups=groups)
            with self.assertRaises(AccessError):
                self.env["mail.hold.release"].with_user(user).create({})


@tagged("post_install", "-at_install")
class TestBanner(HttpCase):
    def pages(self):
        """Which of three people read the sentence: employee, administrator, visitor."""
        new_test_user(self.env, "held_user", password="held_user")
        new_test_user(
            self.env,
            "held_admin",
            groups="base.group_user,base.group_system",
            password="held_admin",
        )
        shown = {}
        for login in ("held_user", "held_admin", None):
            self.authenticate(login, login)
            text = self.url_open("/odoo" if login else "/web/login").text
            banner = "o_mail_hold_banner" in text
            shown[login] = (banner, banner and 'href="/odoo/release"' in text)
        return shown

    def test_it_stands_above_the_screens_of_colleagues(self):
        self.env["ir.config_parameter"].set_param(HOLD, "2026-11-30 02:00:00+00:00")
        self.assertEqual(
            self.pages(),
            {
                "held_user": (True, False),
                "held_admin": (True, True),
                None: (False, False),
            },
        )

    def test_nothing_stands_there_otherwise(self):
        self.assertEqual(set(self.pages().values()), {(False, False)})
