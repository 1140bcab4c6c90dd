from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.mail.tools.discuss import Store
from odoo.addons.mail_delivery.testkit import DeliveryCase

TO, GONE, LOST = "hotel@example.com", "gone@example.com", "lost@example.com"


@tagged("post_install", "-at_install")
class TestOnTheMessage(DeliveryCase):
    """The message says beside each recipient the result for its copy."""

    def send_one_message(self, *addresses):
        document = self.env["res.partner"].create({"name": "Document"})
        message = document.message_post(body="Your quote", subject="Quote")
        mail = self.env["mail.mail"].create(
            {
                "mail_message_id": message.id,
                "is_notification": True,
                "same_message": True,
                "email_from": "nikki@sender.example.com",
                "email_to": ", ".join(addresses),
                "body_html": "<p>Your quote</p>",
                "auto_delete": True,
            }
        )
        return message, self.send(mail)

    def shown(self, message):
        """``{address: (status, delivery state)}`` as the web client gets it."""
        message.invalidate_recordset()
        store = Store().add(message.notification_ids).get_result()
        return {
            n["mail_email_address"]: (n["notification_status"], n.get("delivery_state"))
            for n in store.get("mail.notification", ())
        }

    def test_each_recipient_has_its_state(self):
        self.server.reply("RCPT", to=GONE, with_=(550, "5.1.1 no such user"))
        self.server.drop("BODY", to=LOST, keep=True)
        message, _rows = self.send_one_message(TO, GONE, LOST)
        self.assertEqual(
            self.shown(message),
            {
                TO: ("sent", "sent"),
                GONE: ("exception", "refused"),
                LOST: ("exception", "unknown"),
            },
        )

    def test_waiting_is_shown_too(self):
        self.server.reply("RCPT", to=GONE, with_=(451, "later"))
        message, _rows = self.send_one_message(TO, GONE)
        self.assertEqual(
            self.shown(message), {TO: ("sent", "sent"), GONE: ("ready", "deferred")}
        )

    def test_it_follows_what_a_person_decides(self):
        self.server.drop("BODY", to=LOST, keep=True)
        message, rows = self.send_one_message(LOST)
        rows.action_confirm_arrived()
        self.assertEqual(self.shown(message), {LOST: ("sent", "sent")})

    def test_it_stays_when_the_mail_is_gone(self):
        message, rows = self.send_one_message(TO)
        self.assertFalse(rows.mail_id.exists())
        self.assertEqual(self.shown(message), {TO: ("sent", "sent")})

    def test_a_bad_address_can_be_corrected_and_sent_again(self):
        message, row = self.send_one_message("typo at example")
        self.assertEqual((row.state, row.reason), ("refused", "invalid_address"))
        self.assertTrue(row.mail_id, "core would have deleted the mail")
        row.mail_id.email_to = TO
        self.assertEqual(row.recipient, "typo at example")

    def test_core_s_own_notifications_are_told_as_core_does(self):
        partner = self.env["res.partner"].create({"name": "A", "email": TO})
        message = partner.message_post(
            body="Hello",
            partner_ids=partner.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(len(message.notification_ids), 1)

    def test_a_sent_message_cannot_be_changed(self):
        message, _mail = self.send_one_message(TO)
        author = new_test_user(self.env, "author", "base.group_system")
        mine = message.with_user(author)
        for change in (
            lambda: mine.write({"body": "Something else"}),
            lambda: mine.write({"subject": "Something else"}),
            mine.unlink,
            lambda: self.env[message.model]
            .browse(message.res_id)
            ._message_update_content(message, body="Something else"),
        ):
            with self.assertRaisesRegex(UserError, "was sent by e-mail"):
                change()
        note = self.env["res.partner"].create({"name": "Note"}).message_post(body="a")
        note.with_user(author).body = "b"
        note.with_user(author).unlink()
