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
