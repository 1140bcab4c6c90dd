"""Where the engines turn from one answer to the other: the examples in their docstrings
show the middle.
"""

import smtplib
import ssl

from odoo.tests import BaseCase, tagged

from ..tools import (
    addresses,
    backoff,
    deadline,
    failures,
    file_names,
    plain_text,
    replies,
)


LOGIN = {"login": {530, 534, 535, 538}}
PROTOCOL = {"protocol": {500, 502, 503, 504, 555}}
# by stage: what a code says for itself, of class 4 and of class 5, and by which codes it
# says something else
CODES = {
    replies.CONNECT: ("busy", "not_welcome", LOGIN | PROTOCOL),
    replies.EHLO: (
        "busy",
        "not_welcome",
        LOGIN
        | {"protocol": {500, 502, 503, 555}, "own_name": {501, 504, 550, 553, 554}},
    ),
    replies.STARTTLS: ("tls", "tls", LOGIN),
    replies.AUTH: ("login", "login", {"login_later": {421, 450, 451, 454}}),
    replies.MAIL: (
        "busy",
        "sender_refused",
        LOGIN | {"protocol": {500, 501, 502, 503, 504, 555}, "too_big": {552}},
    ),
    replies.RCPT: ("busy", "rejected", LOGIN | PROTOCOL),
    replies.DATA: (
        "busy",
        "not_taken",
        LOGIN | {"protocol": {500, 501, 502, 503, 504, 555}},
    ),
    replies.BODY: ("busy", "rejected", LOGIN | PROTOCOL),
}


@tagged("post_install", "-at_install")
class TestReplies(BaseCase):
    def test_what_each_code_says_at_each_stage(self):
        for stage, (later, final, others) in CODES.items():
            for code in range(400, 600):
                reasons = [reason for reason, codes in others.items() if code in codes]
                expected = reasons[0] if reasons else (later if code < 500 else final)
                verdict = replies.classify(replies.Reply(code, "", stage))
                outcome = "deferred" if code < 500 else "refused"
                with self.subTest(stage=stage, code=code):
                    self.assertEqual(verdict.reason, expected)
                    self.assertEqual(verdict.outcome.value, outcome)

    def test_a_policy_is_about_the_sender_until_a_recipient_is_named(self):
        for code in range(548, 555):
            for detail in ("7.0", "7.1"):
                for stage, policy, other in (
                    (replies.MAIL, "sender_refused", "sender_refused"),
                    (replies.RCPT, "policy", "rejected"),
                    (replies.CONNECT, "policy", "not_welcome"),
                ):
                    expected = policy if code in (550, 553, 554) else other
                    if (stage, code) == (replies.MAIL, 552):
                        expected = "too_big"
                    reply = replies.Reply(code, f"5.{detail} no", stage)
                    with self.subTest(reply=reply):
                        self.assertEqual(replies.classify(reply).reason, expected)

    def test_outcomes_at_the_ends_of_each_class(self):
        for code, stage, outcome in (
            (199, replies.BODY, "unknown"),
            (200, replies.BODY, "sent"),
            (299, replies.BODY, "sent"),
            (300, replies.BODY, "unknown"),
            (399, replies.BODY, "unknown"),
            (400, replies.BODY, "deferred"),
            (499, replies.BODY, "deferred"),
            (500, replies.BODY, "refused"),
            (599, replies.BODY, "refused"),
            (600, replies.BODY, "unknown"),
            (250, "", "sent"),
            (250, replies.RCPT, "deferred"),
            (399, replies.RCPT, "deferred"),
            (600, replies.RCPT, "deferred"),
        ):
            with self.subTest(code=code, stage=stage):
                verdict = replies.classify(replies.Reply(code, "", stage))
                self.assertEqual(verdict.outcome.value, outcome)

    def test_what_a_verdict_carries(self):
        plain = replies.classify(replies.Reply(550, "5.1.1 no", replies.RCPT))
        self.assertEqual(
            (plain.code, plain.enhanced, plain.text, plain.account, plain.pause),
            (550, "5.1.1", "5.1.1 no", False, 0),
        )
        self.assertEqual(plain.tries, 0)
        self.assertEqual(replies.classify(replies.Reply(-1, "")).code, 0)
        for words, stage in (("too large", replies.RCPT), ("too large", replies.MAIL)):
            reply = replies.Reply(552, f"message {words}", stage)
            self.assertEqual(replies.classify(reply).tries, 2)
        bare = replies.Verdict(replies.Outcome.SENT)
        self.assertEqual(
            (bare.code, bare.account, bare.pause, bare.tries), (0, False, 0, 0)
        )

    def test_who_is_paused_and_whose_account_it_is(self):
        for code, text, stage, pause, account in (
            (535, "", replies.AUTH, 3600, True),
            (454, "", replies.AUTH, 0, True),
            (400, "", replies.AUTH, 0, True),
            (530, "", replies.MAIL, 3600, True),
            (554, "", replies.STARTTLS, 0, True),
            (400, "daily sending quota exceeded", replies.RCPT, 3600, True),
            (399, "daily sending quota exceeded", replies.RCPT, 0, False),
            (599, "daily sending quota exceeded", replies.RCPT, 3600, True),
            (600, "daily sending quota exceeded", replies.RCPT, 0, False),
            (452, "4.2.2 over quota", replies.MAIL, 3600, True),
            (452, "4.2.2 over quota", replies.RCPT, 0, False),
            (550, "5.2.1 disabled", replies.MAIL, 0, False),
            (550, "5.4.5 limit", replies.RCPT, 3600, True),
            (550, None, replies.RCPT, 0, False),
        ):
            with self.subTest(code=code, text=text, stage=stage):
                verdict = replies.classify(replies.Reply(code, text, stage))
                self.assertEqual((verdict.pause, verdict.account), (pause, account))


@tagged("post_install", "-at_install")
class TestAddressLengths(BaseCase):
    def test_both_halves_have_their_longest(self):
        domain = ".".join(["x" * 60] * 4) + ".example"  # 251 octets
        for local, host, is_fine in (
            ("a" * 64, "example.com", True),
            ("a" * 65, "example.com", False),
            ("a", f"{'y'}.{domain}", True),
            ("a", f"{'yy'}.{domain}", False),
            ("a" * 64, f"{'y'}.{domain}", True),
        ):
            with self.subTest(local=len(local), host=len(host)):
                problem = addresses.problem_of(f"{local}@{host}")
                self.assertEqual(problem, None if is_fine else addresses.INVALID)

    def test_a_foreign_local_part_is_named_only_where_it_is_one(self):
        for address, problem in (
            ("jürgen@example.com", addresses.LOCAL_PART),
            ("jür gen@example.com", addresses.INVALID),
            ("jür<gen@example.com", addresses.INVALID),
            ("jurgen@example.com", None),
        ):
            with self.subTest(address):
                self.assertEqual(addresses.problem_of(address), problem)


@tagged("post_install", "-at_install")
class TestDeadline(BaseCase):
    def test_it_ends_when_nothing_is_left(self):
        now = [100.0]
        self.patch(deadline.time, "monotonic", lambda: now[0])
        limit = deadline.Deadline(5)
        self.assertIs(limit.hurried, False)
        for moment, left, over in (
            (100, 5, False),
            (104.5, 0.5, False),
            (105, 0, True),
        ):
            now[0] = moment
            self.assertEqual((limit.left(), limit.over()), (left, over))


@tagged("post_install", "-at_install")
class TestBackoff(BaseCase):
    def test_a_day_of_attempts(self):
        self.assertEqual(backoff.MAX_ATTEMPTS, 14)


@tagged("post_install", "-at_install")
class TestFailures(BaseCase):
    def test_a_message_error_carries_its_reason_or_its_words(self):
        self.assertEqual(str(failures.MessageError("size")), "size")
        self.assertEqual(str(failures.MessageError("size", "too large")), "too large")

    def test_what_is_wrong_with_the_account(self):
        strange = type("Error", (Exception,), {"__module__": "OpenSSL.SSL"})
        certificate = type("CertificateError", (Exception,), {})
        for error, reason in (
            (ssl.SSLError(1, "bad"), "tls"),
            (strange("bad"), "tls"),
            (certificate("bad"), "tls"),
            (smtplib.SMTPNotSupportedError("STARTTLS extension not supported"), "tls"),
            (
                smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported"),
                "login",
            ),
        ):
            with self.subTest(error=repr(error)):
                verdict = failures.connection_verdict(error)
                self.assertEqual(verdict.outcome, replies.Outcome.REFUSED)
                self.assertEqual((verdict.reason, verdict.account), (reason, True))

    def test_where_the_server_refused(self):
        for kind, stage in (
            (smtplib.SMTPHeloError, replies.EHLO),
            (smtplib.SMTPConnectError, replies.CONNECT),
        ):
            stages = []
            self.patch(failures, "classify", lambda reply: stages.append(reply.stage))
            failures.connection_verdict(kind(554, b"no"))
            self.assertEqual(stages, [stage])


@tagged("post_install", "-at_install")
class TestFileNames(BaseCase):
    def test_a_name_fills_what_there_is(self):
        for name, longest, cut in (
            ("x" * 255, 255, "x" * 255),
            ("x" * 256, 255, "x" * 255),
            ("x" * 256 + ".pdf", 255, "x" * 251 + ".pdf"),
            ("abcdef.pdf", 8, "abcd.pdf"),
            ("น้ำa.pdf", 6, ".pdf"),
            # what does not fit ends it: nothing shorter comes after
            ("a👨‍👩‍👧bc.pdf", 8, "a.pdf"),
            (None, 8, ""),
        ):
            with self.subTest(name=name, longest=longest):
                self.assertEqual(file_names.cut_file_name(name, longest), cut)
        self.assertEqual(len(file_names.cut_file_name("x" * 300)), 255)


@tagged("post_install", "-at_install")
class TestPlainText(BaseCase):
    def test_each_kind_of_element(self):
        for html, text in (
            ("<p>a</p><p>b</p>", "a\n\nb"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("a<br/><b>b</b>", "a\n*b*"),
            ("a<br/><b>b </b>c", "a\n*b*c"),
            ("<p>x</p><ul><li>a</li><li>b</li></ul>", "x\n\n- a\n- b"),
            ("<p>y</p><p>x</p><pre>a  b\nc\nd</pre>", "y\n\nx\n\na  b\nc\nd"),
            ("<p>a \n b</p>", "a b"),
            ("<p>x</p><p>a <span> b</span></p>", "x\n\na b"),
            ("<p>x</p><p>a<span> b</span></p>", "x\n\na b"),
            (
                '<p>x</p><p>a<a href="https://x.io">b</a></p>',
                "x\n\nab [1]\n\n[1] https://x.io",
            ),
            ('<p>a <a href="#b">b</a></p>', "a b"),
            ('<p>a <img alt="b"/></p>', "a b"),
            ("<p>a <img/></p>", "a"),
            ('<p>a <i alt="b">c</i></p>', plain_text.plain_text("<p>a <i>c</i></p>")),
            (
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
                "a b\nc",
            ),
        ):
            with self.subTest(html):
                self.assertEqual(plain_text.plain_text(html), text)
