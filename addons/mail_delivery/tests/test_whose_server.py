"""Who said no: the sender's own mail server or the recipient's, in providers' words."""

from odoo.tests import tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase
from odoo.addons.mail_delivery.tools.replies import Reply, classify

TO = "hotel@example.com"
OWN, THEIRS, NEITHER = "own", "theirs", "neither"
# server, stage, code, text → reason, whose
REPLIES = [
    ("Postfix", "MAIL", 552, "5.3.4 Message size exceeds fixed limit", "too_big", OWN),
    ("Postfix", "BODY", 552, "5.3.4 Error: message file too big", "too_big", OWN),
    ("Postfix", "MAIL", 452, "4.3.1 Insufficient system storage", "no_room", OWN),
    (
        "Postfix",
        "RCPT",
        553,
        "5.7.1 <a@b.cc>: Sender address rejected: not owned by user nikki",
        "sender_refused",
        OWN,
    ),
    (
        "Postfix",
        "RCPT",
        504,
        "5.5.2 <vm>: Helo command rejected: need fully-qualified hostname",
        "own_name",
        OWN,
    ),
    ("Postfix", "RCPT", 554, "5.7.1 <x@y.zz>: Relay access denied", "relay", OWN),
    (
        "Postfix",
        "RCPT",
        550,
        "5.1.1 <x@y.zz>: Recipient address rejected: User unknown",
        "no_such_user",
        THEIRS,
    ),
    (
        "Postfix",
        "RCPT",
        450,
        "4.2.0 <x@y.zz>: Recipient address rejected: Greylisted, see http://x",
        "greylisted",
        NEITHER,
    ),
    ("Postfix", "RCPT", 554, "5.7.1 <x@y.zz>: Access denied", "policy", OWN),
    ("Exim", "MAIL", 552, "Message size exceeds maximum permitted", "too_big", OWN),
    ("Exim", "MAIL", 552, "message too large", "too_big", OWN),
    ("Exim", "BODY", 554, "Message size exceeds maximum", "too_big", OWN),
    ("Exim", "RCPT", 550, "Sender verify failed", "sender_refused", OWN),
    ("Exim", "RCPT", 550, "relay not permitted", "relay", OWN),
    ("Exim", "RCPT", 550, "Unrouteable address", "rejected", OWN),
    (
        "Exchange",
        "BODY",
        552,
        "5.3.4 Message size exceeds fixed maximum message size",
        "too_big",
        OWN,
    ),
    (
        "Exchange",
        "RCPT",
        550,
        "5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
        "too_big_there",
        THEIRS,
    ),
    (
        "Exchange",
        "BODY",
        550,
        "5.7.60 SMTP; Client does not have permissions to send as this sender",
        "sender_refused",
        OWN,
    ),
    (
        "Exchange",
        "BODY",
        554,
        "5.2.252 SendAsDenied; nikki@example.com not allowed to send as info@",
        "sender_refused",
        OWN,
    ),
    ("Exchange", "RCPT", 550, "5.7.54 SMTP; Unable to relay recipient", "relay", OWN),
    (
        "Exchange",
        "MAIL",
        535,
        "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled",
        "login",
        OWN,
    ),
    (
        "Gmail",
        "MAIL",
        552,
        "5.3.4 Your message exceeded Google's message size limits.",
        "too_big",
        OWN,
    ),
    (
        "Gmail",
        "BODY",
        550,
        "5.7.26 This mail has been blocked because the sender is unauthenticated.",
        "rejected",
        OWN,
    ),
    (
        "Gmail",
        "RCPT",
        550,
        "5.1.1 The email account that you tried to reach does not exist.",
        "no_such_user",
        THEIRS,
    ),
    (
        "Gmail",
        "RCPT",
        552,
        "5.2.2 The recipient's inbox is out of storage space.",
        "mailbox_full",
        THEIRS,
    ),
    ("Yahoo", "MAIL", 553, "From address not verified - see X", "sender_refused", OWN),
    ("Yahoo", "BODY", 554, "Message not allowed - [PH01] spam", "spam", OWN),
    (
        "Zoho",
        "MAIL",
        553,
        "Sender is not allowed to relay emails",
        "sender_refused",
        OWN,
    ),
    ("any", "CONNECT", 554, "5.7.1 you are blacklisted", "not_welcome", OWN),
    ("any", "MAIL", 552, "no", "too_big", OWN),
    ("any", "RCPT", 552, "no", "rejected", OWN),
    ("any", "RCPT", 553, "no", "rejected", OWN),
    ("any", "MAIL", 550, "no", "sender_refused", OWN),
    ("any", "DATA", 554, "no", "not_taken", OWN),
    ("any", "RCPT", 550, "no", "rejected", OWN),
    ("any", "BODY", 554, "no", "rejected", OWN),
    ("any", "RCPT", 504, "no", "protocol", OWN),
    ("any", "MAIL", 501, "5.1.7 bad sender address syntax", "sender_refused", OWN),
    ("any", "RCPT", 501, "5.1.3 bad recipient syntax", "invalid_address", THEIRS),
    ("any", "RCPT", 550, "5.4.4 host not found", "unreachable", THEIRS),
]


@tagged("post_install", "-at_install")
class TestWhoseServer(DeliveryCase):
    def answered(self, stage, code, text):
        self.mail_server.action_resume_delivery()
        self.server.forget()
        self.server.reply(stage, with_=(code, text))
        return self.send(to=TO)

    def test_each_answer_is_told_from_the_right_side(self):
        for provider, stage, code, text, reason, whose in REPLIES:
            with self.subTest(provider, stage=stage, code=code, text=text):
                row = self.answered(stage, code, text)
                self.assertEqual(row.reason, reason)
                sentence = row.explanation.lower()
                if whose is OWN and reason != "login":
                    self.assertIn("your mail server", sentence)
                if whose is OWN:
                    self.assertNotIn("recipient's server", sentence)
                self.assertIn(text, row.error)

    def test_a_password_that_is_switched_off_is_told_apart_from_a_wrong_one(self):
        row = self.answered("MAIL", 535, "5.7.139 SmtpClientAuthentication is disabled")
        self.assertIn("switched off", row.explanation)
        row = self.answered("MAIL", 535, "5.7.8 bad credentials")
        self.assertIn("name and password", row.explanation)
        row = self.answered("MAIL", 534, "5.7.9 Application-specific password needed")
        self.assertIn("app password", row.explanation)

    def test_a_login_that_cannot_be_checked_now_is_no_wrong_password(self):
        verdict = classify(Reply(454, "4.7.0 temporary failure", "AUTH"))
        self.assertEqual(verdict.reason, "login_later")
        row = self.env["mail.delivery"].new({"state": "deferred"})
        sentence = row._sentence(verdict.reason)
        self.assertNotIn("password", sentence)

    def test_a_cancelled_mail_says_so(self):
        mail = self.make_mail(to=TO, scheduled_date="2099-01-01")
        mail.cancel()
        self.assertIn("it was cancelled before sending", mail.delivery_ids.explanation)

    def test_a_mail_that_is_too_large_for_now_is_not_tried_in_silence(self):
        self.server.reply("MAIL", with_=(452, "4.3.4 message too big for system"))
        row = self.send(to=TO)
        self.assertEqual((row.state, row.reason), ("deferred", "too_big"))
        self.make_due(row)
        self.run_queue()
        self.assertEqual((row.state, row.reason), ("refused", "too_big"))
        self.assertEqual(row.attempts, 2)
        self.assertFalse(row.next_attempt)

    def test_the_size_stands_in_the_explanation(self):
        self.server.reply("BODY", with_=(552, "5.3.4 message file too big"))
        raw = bytes(range(256)) * 8192  # 2 MB, 2.7 MB encoded
        attached = self.env["ir.attachment"].create({"name": "a.bin", "raw": raw})
        row = self.send(to=TO, attachment_ids=[(4, attached.id)])
        self.assertIn("(2.74 Mb)", row.explanation)
        self.assertGreater(row.size, 2_800_000)

    def test_what_the_server_announces_is_remembered(self):
        self.send(to=TO)
        self.assertEqual(self.mail_server.announced_size, 30_000_000)
        self.assertEqual(self.mail_server._size_limit(), 30_000_000)
        self.mail_server.max_email_size = 5
        self.assertEqual(self.mail_server._size_limit(), 5 * 1024 * 1024)
