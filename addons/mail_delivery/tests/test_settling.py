from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase

TO = "hotel@example.com"


@tagged("post_install", "-at_install")
class TestSettling(DeliveryCase):
    def unknown(self, keep):
        self.server.drop("BODY", times=1, keep=keep)
        mail = self.make_mail(to=TO)
        row = self.send(mail)
        self.assertEqual(row.state, "unknown")
        self.assertEqual(mail.state, "exception")
        return mail, row

    def test_it_arrived(self):
        mail, row = self.unknown(keep=True)
        self.assertIs(row.action_confirm_arrived(), True)
        self.run_queue()
        self.assertEqual((row.state, mail.state), ("sent", "sent"))
        self.assertFalse(mail.failure_reason)
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_send_again(self):
        mail, row = self.unknown(keep=False)
        self.assertIs(row.action_send_again(), True)
        self.assertEqual((row.state, mail.state), ("queued", "outgoing"))
        self.run_queue()
        self.assertEqual((row.state, mail.state), ("sent", "sent"))
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_resend_goes_only_to_whom_it_failed(self):
        self.server.reply("RCPT", to="b@example.com", with_=(550, "no"), times=1)
        rows = self.send(to=[TO, "b@example.com"])
        refused = rows.filtered(lambda row: row.state == "refused")
        refused.action_resend()
        self.assertFalse(refused.error)
        self.run_queue()
        self.assertEqual(self.server.copies(), {TO: 1, "b@example.com": 1})

    def test_a_settled_row_is_not_settled_again(self):
        row = self.send(to=TO)
        for action in ("action_confirm_arrived", "action_send_again", "action_resend"):
            with self.assertRaises(UserError):
                getattr(row, action)()

    def test_a_message_that_is_gone_cannot_be_sent_again(self):
        self.server.reply("RCPT", with_=(550, "no"))
        mail = self.make_mail(to=TO)
        row = self.send(mail)
        mail.unlink()
        with self.assertRaises(UserError):
            row.action_resend()
        self.assertEqual(row.state, "refused")

    def test_retrying_the_mail_leaves_the_unknown_alone(self):
        mail, row = self.unknown(keep=True)
        mail.action_retry()
        self.assertEqual((mail.state, row.state), ("exception", "unknown"))
        self.server.reply("RCPT", to="b@example.com", with_=(550, "no"), times=1)
        self.server.drop("BODY", to=TO, times=1, keep=True)
        mail = self.make_mail(to=[TO, "b@example.com"])
        rows = self.send(mail)
        mail.action_retry()
        self.run_queue()
        self.assertEqual(self.states(rows), {TO: "unknown", "b@example.com": "sent"})
        self.assertEqual(self.server.copies(), {TO: 2, "b@example.com": 1})

    def test_old_rows_are_forgotten_but_not_the_undecided(self):
        done = self.send(to=TO)
        _mail, undecided = self.unknown(keep=True)
        long_ago = fields.Datetime.now() - timedelta(days=731)
        (done | undecided).queued_at = long_ago
        recent = self.send(to=TO)
        self.env["mail.delivery"]._gc_old_deliveries()
        self.assertEqual((done | undecided | recent).exists(), undecided | recent)
        self.env["ir.config_parameter"].set_param("mail_delivery.keep_days", "1")
        recent.queued_at -= timedelta(days=2)
        self.env["mail.delivery"]._gc_old_deliveries()
        self.assertFalse(recent.exists())
