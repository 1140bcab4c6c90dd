"""Where the engines turn from one answer to the other: the examples in their docstrings
show the middle.
"""

import smtplib
import socket
import ssl
import threading
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..tools import (
    addresses,
    backoff,
    deadline,
    failures,
    file_names,
    replies,
    sites,
    tally,
    transmission,
)

LOGIN = {"login": {530, 534, 535, 538}}
PROTOCOL = {"protocol": {500, 502, 503, 504, 555}}
# by stage: what a code says for itself, of class 4 and of class 5, and which codes say
# something else
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

    def test_a_comment_is_a_name(self):
        for text, names in (
            ("ann@x.io (Ann Lee)", ["Ann Lee"]),
            ("ann@x.io (Ann) (Lee)", ["Ann Lee"]),
            ("ann@x.io", [""]),
        ):
            with self.subTest(text):
                found = addresses.read(text)
                self.assertEqual([box.name for box in found.good], names)

    def test_a_slash_parts_addresses_and_is_part_of_one(self):
        for text, parts in (
            ("a@x.io/b/c@x.io/d@x.io", ["a@x.io", "b/c@x.io", "d@x.io"]),
            ("a/b/c@x.io", ["a/b/c@x.io"]),
        ):
            with self.subTest(text):
                found = addresses.read(text)
                self.assertEqual([box.wire for box in found.good], parts)

    def test_a_sharp_s_is_no_double_s(self):
        self.assertEqual(
            addresses.wire_form("a@straße.example"), "a@xn--strae-oqa.example"
        )

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

    def test_the_first_wait_is_a_minute_however_it_is_counted(self):
        for attempts in (0, 1):
            self.assertEqual(backoff.seconds_to_wait(attempts, lambda: 0.5), 60)

    def test_a_held_mail_is_looked_at_again_after_a_quarter_of_an_hour(self):
        self.assertEqual(backoff.HOLD_SECONDS, 15 * 60)


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
            with patch.object(failures, "classify") as judge:
                failures.connection_verdict(kind(554, b"no"))
            self.assertEqual(judge.call_args[0][0].stage, stage)


@tagged("post_install", "-at_install")
class TestFileNames(BaseCase):
    def test_a_name_fills_what_there_is(self):
        for name, longest, cut in (
            ("x" * 255, 255, "x" * 255),
            ("x" * 254 + ".", 255, "x" * 254 + "."),
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


class Server:
    """The other end of a line: says one answer to each command, and keeps them all."""

    def __init__(self, *answers):
        self.answers, self.heard = list(answers), []
        self.session = smtplib.SMTP(timeout=5)
        self.session.sock, self.socket = socket.socketpair()
        self.session.ehlo_resp = b"there"
        self.session.does_esmtp = True
        self.session.esmtp_features = {"size": ""}
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        text, answer = b"", None
        with self.socket.makefile("rb") as file:
            for line in file:
                text += line
                if answer == 354 and line != b".\r\n":
                    continue
                self.heard.append(text)
                text = b""
                if not self.answers or self.answers[0] is None:
                    break
                answer = self.answers.pop(0)
                self.socket.sendall(f"{answer} words\r\n".encode())
        self.socket.close()

    def transmit(self, content=b"Subject: x\r\n\r\nwords\r\n", **options):
        letter = transmission.Letter("me@example.com", content)
        reply = transmission.transmit(
            self.session, letter, "you@example.com", **options
        )
        return reply.code, reply.stage

    def is_open(self):
        return self.session.sock is not None


@tagged("post_install", "-at_install")
class TestTransmission(BaseCase):
    def test_a_mail_is_offered_in_four_steps(self):
        server = Server(250, 250, 354, 250)
        self.assertEqual(server.transmit(), (250, replies.BODY))
        self.assertTrue(server.is_open())
        self.assertEqual(
            [text.split(b":")[0].strip().lower() for text in server.heard[:3]],
            [b"mail from", b"rcpt to", b"data"],
        )
        self.assertIn(b"size=21", server.heard[0])
        self.assertEqual(server.heard[3], b"Subject: x\r\n\r\nwords\r\n.\r\n")

    def test_a_text_ends_its_line_and_hides_its_dots(self):
        server = Server(250, 250, 354, 250)
        server.session.esmtp_features = {}
        server.transmit(b".a\r\n..b")
        self.assertEqual(server.heard[3], b"..a\r\n...b\r\n.\r\n")
        self.assertNotIn(b"size", server.heard[0])

    def test_the_first_no_ends_it_and_the_line_is_ready_for_the_next(self):
        for answers, decisive in (
            ((550, 250), (550, replies.MAIL)),
            ((250, 450, 250), (450, replies.RCPT)),
            ((250, 599, 250), (599, replies.RCPT)),
            ((250, 250, 400, 250), (400, replies.DATA)),
            ((250, 299, 354, 550), (550, replies.BODY)),
            ((200, 250, 354, 200), (200, replies.BODY)),
            ((250, 250, 354, 299), (299, replies.BODY)),
            ((250, 250, 354, 400), (400, replies.BODY)),
        ):
            with self.subTest(answers=answers):
                server = Server(*answers)
                self.assertEqual(server.transmit(), decisive)
                self.assertTrue(server.is_open())
                self.assertEqual(server.answers, [])
                if decisive[1] != replies.BODY:
                    self.assertEqual(server.heard[-1].strip().lower(), b"rset")

    def test_nonsense_and_farewells_end_the_line(self):
        for answers, decisive in (
            ((199,), (199, replies.MAIL)),
            ((300,), (300, replies.MAIL)),
            ((250, 421), (421, replies.RCPT)),
            ((250, 250, 250), (250, replies.DATA)),
            ((250, 250, 353), (353, replies.DATA)),
            ((250, 250, 355), (355, replies.DATA)),
            ((250, 250, 354, 300), (300, replies.BODY)),
            ((250, 250, 354, 199), (199, replies.BODY)),
            ((250, 250, 354, 399), (399, replies.BODY)),
            ((250, 250, 354, 600), (600, replies.BODY)),
            ((250, 250, 354, 421), (421, replies.BODY)),
        ):
            with self.subTest(answers=answers):
                server = Server(*answers)
                self.assertEqual(server.transmit(), decisive)
                self.assertFalse(server.is_open())

    def test_a_line_that_breaks_says_how_far_it_came(self):
        for answers, stage, handed_over in (
            ((), replies.MAIL, False),
            ((250,), replies.RCPT, False),
            ((250, 250), replies.DATA, False),
            ((250, 250, 354), replies.BODY, True),
        ):
            with self.subTest(stage=stage):
                server = Server(*answers)
                with self.assertRaises(failures.ConnectionLost) as lost:
                    server.transmit()
                error = lost.exception
                self.assertEqual((error.stage, error.handed_over), (stage, handed_over))
                self.assertFalse(server.is_open())

    def test_a_server_that_breaks_off_at_rset_is_let_go(self):
        server = Server(250, 550, None)
        self.assertEqual(server.transmit(), (550, replies.RCPT))
        self.assertFalse(server.is_open())

    def test_an_answer_to_no_question_is_taken_for_none(self):
        server = Server(250, 250, 354, 250)
        server.socket.sendall(b"250 too early\r\n")
        server.session.file = server.session.sock.makefile("rb")
        with self.assertRaises(failures.ConnectionLost) as lost:
            server.transmit()
        self.assertEqual(lost.exception.stage, replies.MAIL)
        self.assertFalse(server.is_open())

    def test_patience(self):
        for left, seconds in ((0, 1), (1.5, 1.5), (30, 30), (31, 30)):
            self.assertEqual(transmission.patience(left), seconds)
        for failed, seconds in ((0, 5), (1, 10), (2, 15), (3, 15)):
            self.assertEqual(transmission.connect_patience(60, failed), seconds)
        self.assertEqual(transmission.FINAL_TIMEOUT, 60)

    def test_the_kernel_sends_at_once(self):
        server = Server()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server.session.sock = socket.create_connection(listener.getsockname())
        transmission.send_at_once(server.session)
        option = (socket.IPPROTO_TCP, socket.TCP_NODELAY)
        self.assertTrue(server.session.sock.getsockopt(*option))
        server.session.close()
        transmission.send_at_once(server.session)
        transmission.send_at_once(None)

    def test_a_line_break_anywhere_is_found(self):
        self.assertTrue(transmission.has_line_break("a", ["b", "c\nd"]))
        self.assertTrue(transmission.has_line_break(("b", "c\rd")))
        self.assertFalse(transmission.has_line_break())


@tagged("post_install", "-at_install")
class TestSites(BaseCase):
    def test_which_names_are_public(self):
        for host, public in (
            ("example.com", True),
            ("localhost", False),
            ("com", False),
            ("odoo.lan", False),
            ("127.0.0.1", False),
            ("a..com", False),
            ("", False),
        ):
            with self.subTest(host):
                name = sites.site_name(f"http://{host}", None)
                self.assertEqual(name == host, public)
        self.assertEqual(sites.site_name("http://[x", "a@example.org"), "example.org")
        self.assertEqual(sites.site_name(None, "a@example.org"), "example.org")


@tagged("post_install", "-at_install")
class TestTally(BaseCase):
    def test_whether_there_is_something_to_say(self):
        self.assertFalse(tally.Tally())
        sent, failed, skipped = tally.Tally(), tally.Tally(), tally.Tally()
        sent.count("sent")
        failed.failed.add(1)
        skipped.skipped.add(1)
        self.assertTrue(sent and failed and skipped)
