"""A mail of a document waits, and something happens to its sender meanwhile."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import MAIL_PASSWORD, SendingCase

TO = "somchai@example.com"


class HeldCase(SendingCase):
    def setUp(self):
        super().setUp()
        self.relay = self.start_server()
        self.env["ir.mail_server"].create(
            {
                "name": "Relay",
                "smtp_host": self.relay.host,
                "smtp_port": self.relay.port,
                "smtp_encryption": "none",
                "smtp_authentication": "login",
                "sequence": 1,
            }
        )
        self.norbert.email = self.norbert.login
        admin = new_test_user(self.env, "ada", "base.group_system,base.group_user")
        self.admin = admin
        self.relay.messages.clear()  # their invitation

    def queued(self, record=None):
        """A document whose mail waits for its time.

        :returns: the document and the rows of its mail
        """
        record = record or self.quote()
        later = fields.Datetime.now() + timedelta(hours=1)
        answer = record.send_email(send_at=fields.Datetime.to_string(later))
        self.assertEqual(answer["status"], "queued", answer)
        return record, record.sudo()._last_deliveries()

    def run_queue(self, rows):
        """Its time has come."""
        rows.mail_id.scheduled_date = False
        rows.next_attempt = False
        self.env.flush_all()
        rows.mail_id._deliver()
        rows.invalidate_recordset()

    def set_up(self, user):
        own = user.with_user(user)
        self.server.users[user.login] = MAIL_PASSWORD
        own.write(
            {
                "smtp_host": "localhost",
                "smtp_port": self.server.port,
                "smtp_security": "starttls",
                "smtp_email": user.login,
                "smtp_login": user.login,
                "smtp_password": MAIL_PASSWORD,
            }
        )
        account = own._smtp_server()
        account._try_account__(account._ask_sender_address)
        self.assertEqual(own.smtp_state, "ok", own.smtp_error)

    def assertNothingLeft(self):
        self.assertFalse(self.server.messages)
        self.assertFalse(self.relay.messages)


@tagged("post_install", "-at_install")
class TestHeldMails(HeldCase):
    # -- what happens

    def type_a_new_password(self):
        self.nikki.with_user(self.nikki).smtp_password = "new"

    def type_another_address(self):
        self.nikki.with_user(self.nikki).smtp_email = "nikki2@example.com"

    def clear_the_mailbox(self):
        self.nikki.with_user(self.nikki).action_clear_smtp()

    def an_administrator_clears_it(self):
        self.nikki.with_user(self.admin).action_clear_smtp()

    def an_administrator_archives_them(self):
        self.nikki.with_user(self.admin).active = False

    def test_it_waits_with_a_reason_and_uses_up_no_attempt(self):
        sessions = self.relay.sessions
        for event, reason in (
            (self.type_a_new_password, "has not been tested"),
            (self.type_another_address, "has not been tested"),
            (self.clear_the_mailbox, "no mailbox yet"),
            (self.an_administrator_clears_it, "no mailbox yet"),
            (self.an_administrator_archives_them, "has left"),
        ):
            with self.subTest(event=event.__name__):
                self.nikki.active = True
                self.set_up(self.nikki)
                _quote, rows = self.queued()
                event()
                for _run in range(3):
                    self.run_queue(rows)
                    self.assertNothingLeft()
                    self.assertEqual((rows.state, rows.attempts), ("queued", 0))
                    self.assertEqual(rows.reason, "held")
                    self.assertIn(reason, rows.explanation)
                    self.assertTrue(rows.next_attempt)
                self.assertEqual(self.relay.sessions, sessions, "not even asked")

    def test_a_mail_for_later_says_that_it_is_held(self):
        quote = self.quote()
        later = fields.Datetime.now() + timedelta(hours=3)
        quote.send_email(recipients=[TO], send_at=later)
        self.an_administrator_archives_them()
        row = quote.sudo().delivery_ids
        self.assertIn("has left", row.explanation)

    def test_a_second_try_waits_too(self):
        """It was refused once, and Resend is pressed."""
        self.server.reply("RCPT", to=TO, with_=(550, "5.1.1 no such user"), times=1)
        quote = self.quote()
        quote.send_email()
        rows = quote.sudo()._last_deliveries()
        self.assertEqual(rows.state, "refused")
        self.type_a_new_password()
        rows.with_user(self.nikki).action_resend()
        self.run_queue(rows)
        self.assertNothingLeft()
        self.assertEqual((rows.state, rows.reason), ("queued", "held"))

    def test_a_deferred_one_keeps_its_attempts(self):
        self.server.reply("RCPT", to=TO, with_=(451, "4.3.0 later"), times=1)
        quote = self.quote()
        quote.send_email()
        rows = quote.sudo()._last_deliveries()
        self.clear_the_mailbox()
        self.run_queue(rows)
        self.assertNothingLeft()
        self.assertEqual((rows.state, rows.attempts), ("deferred", 1))
        self.assertIn("no mailbox yet", rows.explanation)

    def test_the_change_that_comes_at_the_last_moment_counts(self):
        """After the mail was claimed, before it is put together."""
        _quote, rows = self.queued()
        accounts = type(self.env["ir.mail_server"])
        connect = accounts._connect__

        def connect_late(server, *args, **kwargs):
            line = connect(server, *args, **kwargs)
            self.type_a_new_password()
            self.env.flush_all()
            return line

        self.patch(accounts, "_connect__", connect_late)
        self.run_queue(rows)
        self.assertNothingLeft()
        self.assertEqual((rows.state, rows.attempts), ("queued", 0))
        self.assertEqual(rows.reason, "held")

    def test_it_leaves_as_soon_as_the_mailbox_works(self):
        quote, rows = self.queued()
        self.clear_the_mailbox()
        self.run_queue(rows)
        self.assertTrue(self.nikki._mailbox_activities())
        self.set_up(self.nikki)
        self.assertFalse(rows.next_attempt, "it does not wait for the next look")
        self.run_queue(rows)
        self.assertEqual((rows.state, quote.state), ("sent", "sent"))
        self.assertEqual(self.server.messages[-1].login, self.nikki.login)
        self.assertFalse(self.relay.messages)

    def test_it_takes_the_relay_where_the_documents_entity_says_so(self):
        _quote, rows = self.queued()
        self.thailand.smtp_policy = "relay"
        self.clear_the_mailbox()
        self.run_queue(rows)
        (mail,) = self.relay.messages
        self.assertIn(self.nikki.email, mail.message["From"])

    def test_other_mails_go_on(self):
        _quote, rows = self.queued()
        _other, others = self.queued(self.invoice())
        self.clear_the_mailbox()
        both = rows | others
        both.mail_id.scheduled_date = False
        self.env.flush_all()
        self.env["mail.mail"]._deliver_queue()
        both.invalidate_recordset()
        self.assertEqual(rows.state, "queued")
        self.assertEqual(set(others.mapped("state")), {"sent"})


@tagged("post_install", "-at_install")
class TestMailsOfALeaver(HeldCase):
    def setUp(self):
        super().setUp()
        self.set_up(self.norbert)
        self.document, self.rows = self.queued()
        self.nikki.with_user(self.admin).active = False
        self.run_queue(self.rows)
        self.row = self.rows.with_user(self.norbert)

    def test_it_waits_for_the_manager(self):
        self.assertNothingLeft()
        self.assertEqual(self.rows.held_for_id, self.norbert)
        self.assertIn("Norbert", self.rows.explanation)
        waiting = self.env["mail.delivery"].with_user(self.norbert)
        waiting = waiting.search([("held_for_id", "=", self.norbert.id)])
        self.assertIn(self.rows, waiting)
        self.assertTrue(self.row.can_take_over)

    def test_it_does_not_leave_when_they_come_back(self):
        self.nikki.active = True
        self.set_up(self.nikki)
        self.run_queue(self.rows)
        self.assertNothingLeft()

    def test_the_manager_sends_it_from_their_own_mailbox(self):
        self.row.action_take_over()
        self.run_queue(self.rows)
        (mail,) = self.server.messages
        self.assertEqual((mail.login, mail.sender), (self.norbert.login,) * 2)
        for header in ("From", "Reply-To"):
            self.assertIn(self.norbert.email, mail.message[header])
            self.assertNotIn("Nikki", mail.message[header])
        self.assertEqual(self.rows.user_id, self.norbert)
        self.document.invalidate_recordset()
        self.assertEqual(
            (self.document.state, self.document.send_state), ("sent", "sent")
        )

    def test_the_manager_withdraws_it_and_sends_anew(self):
        self.row.action_withdraw()
        self.rows.invalidate_recordset()
        self.assertEqual(self.rows.state, "cancelled")
        self.document.invalidate_recordset()
        answer = self.document.with_user(self.norbert).send_email()
        self.assertEqual(answer["status"], "sent", answer)
        (mail,) = self.server.messages
        self.assertEqual(mail.login, self.norbert.login)

    def test_nobody_else_decides(self):
        for user in (self.pom, self.admin):
            for action in ("action_take_over", "action_withdraw"):
                with self.subTest(user=user.name, action=action):
                    with self.assertRaises(AccessError):
                        getattr(self.rows.with_user(user), action)()

    def test_without_a_mailbox_the_manager_takes_nothing_over(self):
        self.norbert.with_user(self.norbert).action_clear_smtp()
        with self.assertRaisesRegex(UserError, "no mailbox"):
            self.row.action_take_over()

    def test_what_is_done_is_done(self):
        self.row.action_withdraw()
        with self.assertRaisesRegex(UserError, "Reload|manager"):
            self.row.action_take_over()
