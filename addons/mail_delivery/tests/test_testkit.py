import smtplib
import time

from odoo.tests import BaseCase, tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase, ScriptedSMTP

FROM, TO = "nikki@example.com", "hotel@example.com"
TEXT = b"Subject: Quote\r\n\r\n.dot\r\n"


@tagged("post_install", "-at_install")
class TestScriptedSMTP(BaseCase):
    def setUp(self):
        super().setUp()
        self.server = ScriptedSMTP(users={"nikki": "secret"}).start()
        self.addCleanup(self.server.stop)

    def connect(self):
        session = smtplib.SMTP(self.server.host, self.server.port, timeout=60)
        self.addCleanup(session.close)
        session.login("nikki", "secret")
        return session

    def test_it_takes_messages_and_says_who_sent_them(self):
        self.connect().sendmail(FROM, [TO], TEXT)
        received = self.server.message_to(TO)
        self.assertEqual((received.sender, received.login), (FROM, "nikki"))
        self.assertEqual(received.content, TEXT)
        self.assertEqual(received.message["Subject"], "Quote")
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_it_insists_on_the_login(self):
        session = smtplib.SMTP(self.server.host, self.server.port, timeout=60)
        self.addCleanup(session.close)
        with self.assertRaises(smtplib.SMTPSenderRefused):
            session.sendmail(FROM, [TO], TEXT)
        with self.assertRaises(smtplib.SMTPAuthenticationError):
            session.login("nikki", "wrong")

    def test_it_answers_as_told_and_as_often(self):
        self.server.reply("RCPT", to=TO, with_=(450, "later"), times=1)
        session = self.connect()
        with self.assertRaises(smtplib.SMTPRecipientsRefused):
            session.sendmail(FROM, [TO], TEXT)
        session.sendmail(FROM, [TO], TEXT)
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_it_drops_with_and_without_the_message(self):
        for keep, copies in ((False, {}), (True, {TO: 1})):
            self.server.drop("BODY", times=1, keep=keep)
            with self.assertRaises(smtplib.SMTPServerDisconnected):
                self.connect().sendmail(FROM, [TO], TEXT)
            self.assertEqual(self.server.copies(), copies)

    def test_it_is_slow_on_demand_and_calls_back(self):
        called = []
        self.server.on("MAIL", lambda session: called.append(session.sender), times=1)
        self.server.delay("RCPT", 0.2)
        start = time.monotonic()
        self.connect().sendmail(FROM, [TO], TEXT)
        self.assertGreaterEqual(time.monotonic() - start, 0.2)
        self.assertEqual(called, [FROM])

    def test_waiting_ends(self):
        with self.assertRaises(AssertionError):
            self.server.wait_for(lambda server: server.messages, seconds=0.1)


@tagged("post_install", "-at_install")
class TestTrap(DeliveryCase):
    def test_what_is_queued_and_what_becomes_of_it(self):
        partner = self.env["res.partner"].create({"name": "Hotel", "email": TO})
        with self.trap_mails() as trapped:
            partner.message_post(
                body="Hello",
                partner_ids=partner.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertEqual(trapped.recipients, [TO])
        self.assertEqual(trapped.rows.state, "queued")
        self.assertEqual(self.server.messages, [])
        self.assertEqual(trapped.deliver().state, "sent")
        self.assertEqual(self.server.copies(), {TO: 1})
