"""The mail with a code leaves in time or not at all, and nothing keeps the code."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .answering import CODE, AnswerCase, RelayCase

KEPT = ("mail_mail", "mail_message", "mail_delivery")  # tables


@tagged("post_install", "-at_install")
class TestCodeMails(RelayCase, AnswerCase):
    def later(self, minutes):
        return freeze_time(fields.Datetime.now() + timedelta(minutes=minutes))

    def record(self):
        return self.env["document.code"].search([], limit=1)

    def break_relay(self):
        self.relay_row.smtp_port = 1  # nobody listens

    def codes_kept(self, code):
        """The rows of mails that hold a code."""
        self.env.flush_all()
        found = []
        for table in KEPT:
            self.env.cr.execute(f"SELECT id, to_jsonb(t)::text FROM {table} t")
            found += [
                (table, each)
                for each, text in self.env.cr.fetchall()
                if f">{code}<" in text
            ]
        return found

    def test_it_is_kept_nowhere_once_it_was_sent(self):
        asked = self.ask()
        [mail] = self.relay.messages
        code = CODE.search(mail.message.get_body(("html",)).get_content())[1]
        self.assertFalse(self.codes_kept(code))
        self.assertIn("We have sent a code", asked.panel())
        self.confirm(asked, code)
        self.assertEqual(self.document.state, "accepted")

    def test_a_mail_that_cannot_leave_is_said_and_ends_with_its_code(self):
        self.break_relay()
        asked = self.ask()
        self.assertIn("We have sent a code", asked.panel())  # it still may
        mail, code = self.code_mail(), self.mailed_code()
        self.assertTrue(self.codes_kept(code))
        with self.later(2):
            page = self.open(f"/confirm?ticket={self.ticket(asked)}")
            self.assertIn("We cannot send the e-mail", page.alert())
            self.assertNotIn("We have sent a code", page.panel())
            self.assertTrue(page.has("code"))  # it may be about to arrive
        with self.later(11):
            page = self.open(f"/confirm?ticket={self.ticket(asked)}")
            self.assertIn("could not send its e-mail", page.alert())
            self.assertTrue(mail._delivery_hold())
            self.relay_row.smtp_port = self.relay.port
            self.env["mail.mail"]._deliver_queue()
            self.env.invalidate_all()
            self.assertEqual(mail.state, "cancel")
            page = self.open(f"/confirm?ticket={self.ticket(asked)}")
            self.assertIn("could not send its e-mail", page.alert())
        self.assertFalse(self.relay.messages)
        self.assertFalse(self.codes_kept(code))

    def test_a_code_that_another_one_has_ended_is_not_mailed(self):
        self.break_relay()
        self.ask()
        mail, code = self.code_mail(), self.mailed_code()
        self.ask()
        self.env["document.code"]._withdraw_mails()
        self.assertEqual(mail.state, "cancel")
        self.assertFalse(self.codes_kept(code))
        self.assertTrue(CODE.search(self.code_mail().body_html))
        self.assertEqual(self.code_mail().state, "outgoing")

    def test_a_link_s_key_is_in_no_mail_that_was_sent(self):
        self.document.with_user(self.nikki).send_email(send_again=True)
        self.env.invalidate_all()
        self.assertTrue(self.server.messages)
        self.env.flush_all()
        for table in KEPT:
            self.env.cr.execute(
                f"SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text LIKE '%/d/%'"
            )
            self.assertEqual(self.env.cr.fetchone(), (0,), table)
