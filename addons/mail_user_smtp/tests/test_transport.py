import itertools
import socket
import threading
import time
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from unittest.mock import patch

from odoo.tests import tagged

from ..tools import guard
from .certificates import Authority
from .common import PASSWORD, AccountCase
from .mailbox import PLAIN, STARTTLS, TLS

DAY = timedelta(days=1)
MODES = (STARTTLS, TLS)
UNANSWERED = {
    "EHLO": "greeted and did not go on in time",
    "STARTTLS": "did not begin the encryption",
    "AUTH": "did not answer the log-in in time",
    "MAIL": "did not say in time whether it takes mail",
    "RCPT": "did not say in time whether it takes mail",
    "DATA": "did not say in time that it took the test mail",
}
TRIAL = "odoo.addons.mail_user_smtp.models.ir_mail_server_connection"


@tagged("post_install", "-at_install")
class TestTransport(AccountCase):
    """The login is Alice's, the servers are real, and so are the certificates."""

    def try_account(self, server, **values):
        own = self.set_account(self.alice, server, **values)
        own.action_test_smtp()
        return own

    def assertRefused(self, own, kind_says, server=None):
        self.assertEqual(own.smtp_state, "error")
        self.assertIn(kind_says, own.smtp_error)
        self.assertTrue(own.smtp_checked_at)
        if server:
            self.assertFalse(server.attempts, "the password was shown to the server")

    def test_both_ways_of_encryption_work(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                server = self.start_server(mode)
                own = self.try_account(server)
                self.assertEqual(own.smtp_state, "ok", own.smtp_error)
                self.assertFalse(own.smtp_error)
                self.assertEqual(server.logins[self.alice.login], 1)

    def test_a_bad_certificate_is_refused_before_the_login(self):
        stranger = Authority("Unknown")
        bad = {
            "belongs to another name": self.authority.certificate("mail.example.com"),
            "has expired": self.authority.certificate(start=-3 * DAY, end=-DAY),
            "not valid yet": self.authority.certificate(start=DAY, end=2 * DAY),
            "signed itself": self.authority.certificate(self_signed=True),
            "does not know": stranger.certificate(),
        }
        for says, certificate in bad.items():
            for mode in MODES:
                with self.subTest(says=says, mode=mode):
                    server = self.start_server(mode, certificate)
                    self.assertRefused(self.try_account(server), says, server)

    def test_a_server_without_starttls_never_sees_the_password(self):
        server = self.start_server(PLAIN)
        self.assertRefused(self.try_account(server), "no encryption (STARTTLS)", server)

    def test_the_wrong_kind_of_encryption_is_named(self):
        server = self.start_server(STARTTLS)
        own = self.try_account(server, smtp_security=TLS)
        self.assertRefused(own, "Choose STARTTLS", server)

    def test_a_refused_password_is_tried_once(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                server = self.start_server(mode)
                own = self.try_account(server, smtp_password="wrong")
                self.assertRefused(own, "refused the log-in")
                self.assertIn("535 5.7.8 Username and Password", own.smtp_error)
                self.assertEqual(server.attempts[self.alice.login], 1)

    def test_other_answers_to_a_login_are_understood_too(self):
        for answer in ("534 5.7.9 App password required", "530 5.7.0 Must log in"):
            with self.subTest(answer=answer):
                server = self.start_server(refuse=answer)
                own = self.try_account(server, smtp_password="wrong")
                self.assertRefused(own, answer)

    def test_a_server_without_login_is_named(self):
        server = self.start_server(login=False)
        self.assertRefused(self.try_account(server), "no log-in with a password")

    def test_a_sender_that_the_login_may_not_use_is_found_by_the_test(self):
        server = self.start_server()
        server.refused_senders.add("sales@example.com")
        own = self.try_account(
            server, smtp_email="sales@example.com", smtp_login=self.alice.login
        )
        self.assertRefused(own, "does not let this login send as sales@example.com")

    def test_a_password_beyond_ascii_reaches_the_server(self):
        password = "pässwörd-รหัส"
        server = self.start_server(users={self.alice.login: password})
        own = self.try_account(server, smtp_password=password)
        self.assertEqual(own.smtp_state, "ok", own.smtp_error)

    def test_a_dead_port(self):
        server = self.start_server()
        with closing(socket.socket()) as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        self.allow("localhost", port)
        self.assertRefused(self.try_account(server, smtp_port=port), "does not answer")

    def test_a_server_that_says_nothing(self):
        server = self.start_server()
        self.startPatcher(patch(f"{TRIAL}.TEST_TIMEOUT", 0.2))
        with closing(socket.socket()) as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            port = silent.getsockname()[1]
            self.allow("localhost", port)
            own = self.try_account(server, smtp_port=port)
            self.assertRefused(own, "did not answer in time")

    def test_the_step_that_is_not_answered_is_named(self):
        """And nothing is said about the account, which may be in order."""
        self.startPatcher(patch(f"{TRIAL}.TEST_TIMEOUT", 0.5))
        for mode, (command, says) in itertools.product(MODES, UNANSWERED.items()):
            if (mode, command) == (TLS, "STARTTLS"):
                continue
            with self.subTest(mode=mode, command=command):
                server = self.start_server(mode, slow_at=command)
                own = self.set_account(self.alice, server)
                told = own.action_send_test_mail()["params"]
                self.assertEqual(told["type"], "warning")
                self.assertIn(says, told["message"])
                self.assertEqual(own.smtp_state, "untested")

    def test_a_server_that_answers_in_drops_is_left_in_time(self):
        """Each byte comes before the socket's timeout."""
        self.startPatcher(patch(f"{TRIAL}.TEST_SECONDS", 1))
        drops = {"": "did not answer in time", **UNANSWERED}
        for mode, (command, says) in itertools.product(MODES, drops.items()):
            if (mode, command) == (TLS, "STARTTLS"):
                continue
            with self.subTest(mode=mode, command=command):
                server = self.start_server(mode, slow_at=command, pace=0.2)
                own = self.set_account(self.alice, server)
                start = time.monotonic()
                told = own.action_send_test_mail()["params"]
                self.assertLess(time.monotonic() - start, 2.5)
                self.assertIn(says, told["message"])
                self.assertFalse(server.received)

    def test_a_test_takes_no_longer_than_somebody_waits(self):
        trial = import_module(TRIAL)
        self.assertLessEqual(trial.TEST_SECONDS, 20)
        self.assertLessEqual(guard.LOOK_UP + trial.TEST_TIMEOUT, trial.TEST_SECONDS)

    def test_a_server_that_hangs_up(self):
        server = self.start_server()
        with closing(socket.socket()) as rude:
            rude.bind(("127.0.0.1", 0))
            rude.listen()
            port = rude.getsockname()[1]
            self.allow("localhost", port)
            self.hang_up(rude)
            self.assertRefused(self.try_account(server, smtp_port=port), "closed the")

    def test_a_name_that_does_not_exist(self):
        server = self.start_server()
        own = self.try_account(server, smtp_host="mail.invalid", smtp_port=587)
        self.assertRefused(own, "no server named mail.invalid")

    def test_the_test_mail_arrives_in_the_own_mailbox(self):
        server = self.start_server()
        own = self.set_account(self.alice, server)
        answer = own.action_send_test_mail()
        self.assertEqual(answer["params"]["type"], "success")
        (mail,) = server.received
        self.assertEqual(mail.login, self.alice.login)
        self.assertEqual(mail.sender, "alice@example.com")
        self.assertEqual(mail.recipients, ["alice@example.com"])
        self.assertIn("alice@example.com", mail["Reply-To"])
        self.assertEqual(own.smtp_state, "ok")

    def test_a_test_uses_what_is_stored(self):
        server = self.start_server()
        own = self.give_account(self.alice, server)
        self.env.invalidate_all()
        own.action_test_smtp()
        self.assertEqual(server.logins[self.alice.login], 1)
        self.assertEqual(PASSWORD, server.users[self.alice.login])

    def hang_up(self, listening):
        def accept_and_close():
            listening.accept()[0].close()

        thread = threading.Thread(target=accept_and_close)
        thread.start()
        self.addCleanup(thread.join)
