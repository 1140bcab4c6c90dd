"""An archived contact gets nothing; a corrected address gets what waits."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SendingCase

TO, RIGHT = "somchai@example.com", "right@example.com"


def run_queue(case):
    case.env.flush_all()
    case.env["mail.mail"]._deliver_queue()
    case.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestArchivedContacts(SendingCase):
    def archived(self):
        """Somchai is addressed, alone, and archived."""
        self.anong.active = False
        document = self.quote(partner_id=self.somchai.id)
        self.somchai.active = False
        return document

    def test_by_no_way_in(self):
        quote = self.archived()
        for values in (
            {},
            {"recipients": [TO]},
            {"recipients": ["SOMCHAI@example.com"]},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                quote.send_email(**values)
        with self.assertRaisesRegex(UserError, "Somchai is archived"):
            quote.send_email(recipients=["a@example.com"], cc=[TO])
        wizard = quote.action_send()
        wizard = (
            self.env[wizard["res_model"]].with_user(self.nikki).browse(wizard["res_id"])
        )
        self.assertFalse(wizard.recipient_ids)
        wizard.recipient_ids = self.somchai
        with self.assertRaises(UserError):
            wizard.action_send()
        self.assertFalse(quote.name or self.server.messages)

    def test_the_rest_of_the_customer_goes_on(self):
        quote = self.quote(partner_id=self.somchai.id)
        self.somchai.active = False
        quote.send_email()
        self.assertEqual(self.server.copies(), {"anong@example.com": 1})

    def test_a_namesake_with_the_same_address_is_reached(self):
        self.anong.email = TO
        self.somchai.active = False
        self.assertEqual(self.quote().send_email(recipients=[TO])["status"], "sent")

    def test_a_follower_gets_nothing(self):
        quote = self.quote()
        quote.message_subscribe(self.somchai.ids)
        self.somchai.active = False
        with self.trap_mails() as trapped:
            quote.message_post(
                body="news", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertNotIn(TO, trapped.recipients)

    def test_a_mail_that_waits_is_not_sent_any_more(self):
        quote = self.quote()
        quote.send_email(send_at=fields.Datetime.now() + timedelta(hours=1))
        self.somchai.active = False
        quote.delivery_ids.sudo().mail_id.scheduled_date = False
        run_queue(self)
        self.assertEqual(quote.delivery_ids.state, "cancelled")
        self.assertIn("archived", quote.delivery_ids.explanation)


@tagged("post_install", "-at_install")
class TestCorrectedAddress(SendingCase):
    def test_what_waits_goes_to_the_new_address(self):
        quote = self.quote()
        later = fields.Datetime.now() + timedelta(hours=1)
        quote.send_email(cc=["boss@example.com"], send_at=later)
        self.assertEqual(quote.delivery_ids.partner_id, self.somchai)
        self.somchai.email = RIGHT
        self.assertEqual(
            set(quote.delivery_ids.mapped("recipient")), {RIGHT, "boss@example.com"}
        )
        quote.delivery_ids.sudo().mail_id.scheduled_date = False
        run_queue(self)
        self.assertEqual(self.server.copies(), {RIGHT: 1, "boss@example.com": 1})
        self.assertIn(RIGHT, self.server.messages[0].message["To"])
        self.assertEqual(quote.state, "sent")

    def test_a_refused_one_is_resent_there(self):
        self.server.reply("RCPT", to=TO, with_=(550, "5.1.1 no such user"))
        quote = self.quote()
        quote.send_email()
        self.somchai.email = RIGHT
        quote.delivery_ids.action_resend()
        run_queue(self)
        self.assertEqual(self.server.copies(), {RIGHT: 1})

    def test_a_mail_for_later_says_once_when_it_leaves(self):
        quote = self.quote()
        quote.send_email(send_at=fields.Datetime.now() + timedelta(hours=1))
        quote.invalidate_recordset()
        self.assertRegex(
            quote.send_info, r"^Queued: It will be sent at [\d-]+ [\d:]+\.$"
        )
