"""Who does not confirm a delivery is reminded, once, after a week."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import TO, SendingCase


@tagged("post_install", "-at_install")
class TestReminders(SendingCase):
    def run_cron(self, days):
        """That many days from now."""
        with freeze_time(fields.Datetime.now() + timedelta(days=days)):
            self.env["document.reminder"]._cron_draft()

    def test_a_week_later_a_ready_mail_waits_for_who_is_responsible(self):
        note = self.sent_note()
        self.run_cron(5)
        self.assertFalse(note.reminder_id)
        self.run_cron(8)
        self.run_cron(9)
        note.invalidate_recordset()
        self.assertEqual(note.reminder_id.kind, "undelivered")
        self.assertEqual(note.reminder_words, "Nobody confirmed the delivery")
        self.assertEqual(note.activity_ids.user_id, self.ann)
        action = note.action_send_reminder()
        wizard = self.env[action["res_model"]].with_user(self.ann)
        wizard.browse(action["res_id"]).action_send()
        mail = self.server.messages[-1]
        self.assertEqual(mail.message["Subject"], f"Has {note.name} arrived?")
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertFalse(mail.attachments)
        self.assertFalse(note.reminder_id)

    def test_whoever_confirmed_is_not_reminded(self):
        note = self.sent_note()
        self.run_cron(8)
        reminder = note.reminder_id
        note.action_deliver()
        self.run_cron(9)
        self.assertEqual(reminder.state, "settled")
        self.assertIn("delivered", note._why_not_reminded())
        other = self.sent_note()
        other.action_deliver()
        self.run_cron(8)
        self.assertFalse(other.reminder_id)
