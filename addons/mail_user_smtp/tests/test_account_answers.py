"""What a server answers to the account itself, and what its owner reads."""

import base64

from odoo.tests import tagged

from .common import PASSWORD, AccountCase
from .mailbox import STARTTLS, TLS

LONG = "x" * 700  # with PLAIN, more than a command line may hold


class AnswerCase(AccountCase):
    def try_account(self, server, **values):
        own = self.set_account(self.alice, server, **values)
        return own, own.action_test_smtp()["params"]


@tagged("post_install", "-at_install")
class TestSenderAddress(AnswerCase):
    def test_the_test_asks_for_a_mail_to_oneself_and_takes_it_back(self):
        server = self.start_server()
        own, answer = self.try_account(server)
        self.assertEqual(answer["type"], "success", own.smtp_error)
        self.assertEqual(server.asked, [("alice@example.com", "alice@example.com")])
        heard = server.heard[True].upper()
        self.assertLess(heard.index(b"RCPT TO:"), heard.index(b"RSET"))
        self.assertNotIn(b"DATA", heard)
        self.assertFalse(server.received)

    def test_a_sender_that_is_refused_at_the_recipient_only(self):
        """As Postfix does with reject_sender_login_mismatch."""
        server = self.start_server()
        server.at_recipient = "553 5.7.1 <sales@example.com>: not owned by user"
        own, _answer = self.try_account(
            server, smtp_email="sales@example.com", smtp_login=self.alice.login
        )
        self.assertEqual(own.smtp_state, "error")
        self.assertIn("does not let this login send as sales@", own.smtp_error)
        self.assertIn("553 5.7.1", own.smtp_error)

    def test_an_address_that_the_server_does_not_know(self):
        server = self.start_server()
        server.at_recipient = "550 5.1.1 User unknown"
        own, _answer = self.try_account(server)
        self.assertIn("knows no mailbox alice@example.com", own.smtp_error)

    def test_a_temporary_answer_is_no_verdict(self):
        server = self.start_server()
        for place in ("at_sender", "at_recipient"):
            for before in ("untested", "ok", "error"):
                with self.subTest(place=place, before=before):
                    own = self.set_account(self.alice, server)
                    self.alice.smtp_server_ids._write_state(before, sentence="Why.")
                    setattr(server, place, "452 4.3.1 Insufficient system storage")
                    answer = own.action_test_smtp()["params"]
                    setattr(server, place, "")
                    self.assertEqual(own.smtp_state, before)
                    self.assertEqual(answer["type"], "warning")
                    self.assertIn("try again in some minutes", answer["message"])
                    self.assertIn("452 4.3.1", answer["message"])

    def test_a_test_mail_that_is_refused_at_the_recipient(self):
        server = self.start_server()
        own = self.set_account(self.alice, server)
        server.at_recipient = "553 5.7.1 not owned by user"
        own.action_send_test_mail()
        self.assertIn("does not let this login send as", own.smtp_error)
        self.assertFalse(server.received)

    def test_an_address_in_another_script(self):
        self.alice.email = "alice@xn--bcher-kva.example"
        server = self.start_server()
        own, answer = self.try_account(
            server, smtp_email="alice@bücher.example", smtp_login=self.alice.login
        )
        self.assertEqual(answer["type"], "success", own.smtp_error)
        self.assertEqual(server.asked[0][1], "alice@xn--bcher-kva.example")

    def test_letters_before_the_at_that_the_server_does_not_take(self):
        server = self.start_server()
        own, _answer = self.try_account(
            server, smtp_email="jürgen@example.com", smtp_login=self.alice.login
        )
        self.assertIn("takes no address with letters such as", own.smtp_error)
        self.assertNotIn(b"MAIL", server.heard[True].upper())


@tagged("post_install", "-at_install")
class TestGreeting(AnswerCase):
    def greeting(self, url, address="alice@example.com", mode=STARTTLS):
        self.env["ir.config_parameter"].set_param("web.base.url", url)
        server = self.start_server(mode)
        own, answer = self.try_account(
            server, smtp_email=address, smtp_login=self.alice.login
        )
        self.assertEqual(answer["type"], "success", own.smtp_error)
        heard = server.heard[False] + server.heard[True]
        names = {
            line.split(b" ")[1].decode()
            for line in heard.split(b"\r\n")
            if line.upper().startswith(b"EHLO")
        }
        (name,) = names
        return name

    def test_it_says_the_name_of_the_site(self):
        for mode in (STARTTLS, TLS):
            with self.subTest(mode=mode):
                name = self.greeting("https://crm.bmasia.co.th/odoo", mode=mode)
                self.assertEqual(name, "crm.bmasia.co.th")

    def test_a_site_without_a_name_says_the_senders_domain(self):
        for url in (
            "http://localhost:8069",
            "http://4f2c9d1be07a:8069",
            "http://odoo.internal",
            "http://192.0.2.1:8069",
            "http://localhost.localdomain",
            "http://[::1]:8069",
            "",
        ):
            with self.subTest(url=url):
                self.assertEqual(self.greeting(url), "example.com")

    def test_without_any_domain_it_says_its_address(self):
        name = self.greeting("http://4f2c9d1be07a", "alice@mail.internal")
        self.assertEqual(name, "[127.0.0.1]")

    def test_a_name_that_is_refused(self):
        for code in ("501", "504", "550"):
            for mode in (STARTTLS, TLS):
                with self.subTest(code=code, mode=mode):
                    server = self.start_server(mode)
                    server.at_greeting = f"{code} 5.5.2 Helo command rejected"
                    own, _answer = self.try_account(server)
                    self.assertIn("does not accept the name", own.smtp_error)
                    self.assertIn("example.com", own.smtp_error)
                    self.assertFalse(server.attempts)

    def test_a_greeting_that_is_put_off(self):
        server = self.start_server()
        server.at_greeting = "421 4.7.0 Too many connections"
        own, answer = self.try_account(server)
        self.assertEqual(own.smtp_state, "untested")
        self.assertIn("Try again in some minutes", answer["message"])


@tagged("post_install", "-at_install")
class TestPasswordOnTheWire(AnswerCase):
    def test_a_long_one_reaches_a_server_with_short_lines(self):
        for mechanisms in ("PLAIN", "LOGIN"):
            with self.subTest(mechanisms=mechanisms):
                users = {self.alice.login: LONG}
                server = self.start_server(users=users, mechanisms=mechanisms)
                own, answer = self.try_account(server, smtp_password=LONG)
                self.assertEqual(answer["type"], "success", own.smtp_error)
                self.assertEqual(server.attempts.total(), 1)
                self.assertCommandsAreShort(server)

    def assertCommandsAreShort(self, server):
        for line in server.heard[True].split(b"\r\n"):
            if line.startswith(b"AUTH"):
                self.assertLessEqual(len(line) + 2, 512)

    def test_a_short_one_goes_in_one_line(self):
        server = self.start_server(mechanisms="PLAIN")
        self.try_account(server)
        words = base64.b64encode(f"\0{self.alice.login}\0{PASSWORD}".encode())
        self.assertIn(b"AUTH PLAIN " + words, server.heard[True])

    def test_what_comes_along_when_copying_is_named(self):
        for typed, hint in {
            f" {PASSWORD}": "begins or ends with a blank",
            f"{PASSWORD}\t": "begins or ends with a blank",
            f"{PASSWORD}\xa0": "begins or ends with a blank",
            "pa\u0308ssword": "in more than one way",
            "\uff50\uff41\uff53\uff53": "in more than one way",
        }.items():
            with self.subTest(typed=typed):
                server = self.start_server()
                own, _answer = self.try_account(server, smtp_password=typed)
                self.assertIn("refused the log-in", own.smtp_error)
                self.assertIn(hint, own.smtp_error)
                self.assertEqual(server.attempts.total(), 1)
                self.assertNotIn(typed.strip(), own.smtp_error)

    def test_an_ordinary_wrong_one_gets_no_hint(self):
        own, _answer = self.try_account(self.start_server(), smtp_password="wrong")
        self.assertNotIn("blank", own.smtp_error)

    def test_blanks_that_belong_to_it_are_kept(self):
        for typed in (" secret", "sec ret", "secret ", "p\u0061\u0308ss"):
            with self.subTest(typed=typed):
                server = self.start_server(users={self.alice.login: typed})
                own, answer = self.try_account(server, smtp_password=typed)
                self.assertEqual(answer["type"], "success", own.smtp_error)

    def test_what_no_keyboard_writes_does_not_reach_the_server(self):
        for typed in (f"{PASSWORD}\u200b", f"\ufeff{PASSWORD}", f"{PASSWORD}\r\n"):
            with self.subTest(typed=typed):
                own, answer = self.try_account(self.start_server(), smtp_password=typed)
                self.assertEqual(answer["type"], "success", own.smtp_error)


@tagged("post_install", "-at_install")
class TestRelayOnTheWire(AccountCase):
    def test_a_refused_password_of_the_relay_is_shown_once(self):
        with self.relay() as relay:
            row = self.env["ir.mail_server"].search([("smtp_user", "=", "relay")])
            row.smtp_pass = "wrong"
            with self.assertRaises(OSError):
                row._connect__(mail_server_id=row.id, smtp_from="a@example.com")
            self.assertEqual(relay.attempts["relay"], 1)
