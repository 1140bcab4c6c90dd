from odoo.tests import tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase
from odoo.addons.mail_delivery.tools.limits import DAY_LIMIT, MINUTE_LIMIT
from odoo.addons.mail_delivery.tools.replies import RULES

TO = "hotel@example.com"
# stage, code, text → state, reason
ANSWERS = [
    ("CONNECT", 421, "4.3.2 shutting down", "deferred", "busy"),
    ("CONNECT", 554, "5.3.2 no service", "refused", "not_welcome"),
    ("MAIL", 451, "4.3.0 local error", "deferred", "busy"),
    ("MAIL", 452, "4.2.2 over quota", "deferred", "sending_limit"),
    (
        "MAIL",
        550,
        "5.4.5 Daily user sending limit exceeded",
        "deferred",
        "sending_limit",
    ),
    ("MAIL", 530, "5.7.0 authentication required", "refused", "login"),
    ("MAIL", 553, "5.7.1 sender address rejected", "refused", "sender_refused"),
    ("MAIL", 550, "not you", "refused", "sender_refused"),
    ("MAIL", 421, "4.7.0 too busy", "deferred", "busy"),
    ("MAIL", 534, "5.7.9 application password required", "refused", "login"),
    ("RCPT", 550, "5.1.90 daily recipient limit", "deferred", "sending_limit"),
    ("BODY", 554, "5.2.0 SubmissionQuotaExceeded", "deferred", "sending_limit"),
    ("RCPT", 421, "4.7.0 too busy", "deferred", "busy"),
    ("RCPT", 450, "4.2.0 Greylisted, see you", "deferred", "greylisted"),
    ("RCPT", 451, "try later", "deferred", "busy"),
    ("RCPT", 452, "4.2.2 mailbox full", "deferred", "mailbox_full"),
    ("RCPT", 550, "5.1.1 no such user", "refused", "no_such_user"),
    ("RCPT", 552, "5.2.2 mailbox full", "refused", "mailbox_full"),
    ("RCPT", 550, "5.7.1 listed as spam", "refused", "spam"),
    ("DATA", 451, "4.3.0 not now", "deferred", "busy"),
    ("DATA", 554, "5.5.1 no valid recipients", "refused", "not_taken"),
    ("BODY", 421, "4.3.2 shutting down", "deferred", "busy"),
    ("BODY", 452, "4.3.1 disk full", "deferred", "no_room"),
    ("BODY", 552, "5.3.4 message too big", "refused", "too_big"),
    ("BODY", 554, "5.6.0 malformed", "refused", "rejected"),
]
# stage → state, reason, when the line breaks off there
DROPS = [
    ("CONNECT", "deferred", "dropped"),
    ("EHLO", "deferred", "dropped"),
    ("MAIL", "deferred", "dropped"),
    ("RCPT", "deferred", "dropped"),
    ("DATA", "deferred", "dropped"),
    ("BODY", "unknown", "lost"),
]


@tagged("post_install", "-at_install")
class TestOutcomes(DeliveryCase):
    def test_accepted(self):
        row = self.send(to=TO)
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertEqual(self.states(row), {TO: "sent"})
        self.assertEqual((row.smtp_code, row.smtp_enhanced_code), (250, "2.0.0"))
        self.assertFalse(row.error)
        self.assertEqual(row.smtp_reply, "2.0.0 queued")
        self.assertTrue(row.sent_at)
        self.assertEqual(row.attempts, 1)
        self.assertEqual(row.mail_server_id, self.mail_server)

    def test_what_the_server_answers_decides(self):
        for stage, code, text, state, reason in ANSWERS:
            with self.subTest(stage=stage, code=code, text=text):
                self.mail_server.action_resume_delivery()
                self.server.forget()
                self.server.reply(stage, with_=(code, text))
                row = self.send(to=TO)
                self.assertEqual(self.states(row), {TO: state})
                self.assertEqual(row.reason, reason)
                self.assertEqual((row.smtp_code, row.error), (code, text))
                self.assertEqual(bool(row.next_attempt), state == "deferred")
                self.assertEqual(self.server.copies(), {})

    def test_where_the_line_breaks_decides(self):
        for stage, state, reason in DROPS:
            with self.subTest(stage=stage):
                self.server.forget()
                self.server.drop(stage)
                row = self.send(to=TO)
                self.assertEqual(self.states(row), {TO: state})
                self.assertEqual(row.reason, reason)

    def test_the_explanation_says_what_happened_and_what_to_do(self):
        self.server.reply("RCPT", with_=(550, "5.1.1 no such user"))
        row = self.send(to=TO)
        self.assertEqual(
            row.explanation, "This address does not exist. Check its spelling."
        )
        self.server.forget()
        self.server.reply("RCPT", with_=(451, "4.3.0 busy"))
        row = self.send(to=TO)
        self.assertRegex(row.explanation, r"come back later\. Next attempt at 20\d\d-")

    def test_each_reason_has_a_sentence(self):
        row = self.env["mail.delivery"].new({})
        reasons = {reason for *_rest, reason in ANSWERS + DROPS}
        reasons |= {rule.reason for rule in RULES} | {MINUTE_LIMIT, DAY_LIMIT, ""}
        without = {reason for reason in reasons if not row._sentence(reason)}
        self.assertEqual(without, {""}, "what was sent needs no reason")

    def test_a_server_that_is_not_there_defers(self):
        self.server.stop()
        row = self.send(to=TO)
        self.assertEqual(self.states(row), {TO: "deferred"})
        self.assertEqual(row.reason, "connect")

    def test_a_name_that_nobody_knows_defers(self):
        self.mail_server.smtp_host = "nowhere.invalid"
        row = self.send(to=TO)
        self.assertEqual(self.states(row), {TO: "deferred"})
        self.assertEqual(row.reason, "dns")

    def test_deferred_is_tried_again_with_the_same_message_id(self):
        self.server.reply("RCPT", with_=(450, "4.2.0 greylisted"), times=2)
        mail = self.make_mail(to=TO)
        row = self.send(mail)
        waits = []
        for attempt in (1, 2):
            self.states(row)
            self.assertEqual(row.attempts, attempt)
            waits.append(row.next_attempt - row.handed_at)
            self.run_queue()
            self.assertEqual(row.attempts, attempt, "not before its time")
            self.make_due(row)
            self.run_queue()
        self.assertLess(waits[0], waits[1])
        self.assertEqual(self.states(row), {TO: "sent"})
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertEqual(
            self.server.message_to(TO).message["Message-Id"], row.message_id_header
        )

    def test_patience_ends(self):
        self.server.reply("RCPT", with_=(451, "4.3.0 busy"))
        row = self.send(to=TO)
        for _attempt in range(13):
            self.make_due(row)
            self.run_queue()
        self.assertEqual(self.states(row), {TO: "refused"})
        self.assertEqual((row.reason, row.attempts), ("gave_up", 14))
        self.assertEqual(row.error, "4.3.0 busy")

    def test_unknown_is_never_sent_again_by_a_machine(self):
        self.server.drop("BODY", times=1, keep=True)
        mail = self.make_mail(to=TO)
        row = self.send(mail)
        self.make_due(row)
        self.run_queue()
        mail.mark_outgoing()
        mail.send()
        self.env["mail.mail"].process_email_queue()
        self.assertEqual(self.states(row), {TO: "unknown"})
        self.assertEqual(self.server.copies(), {TO: 1})
