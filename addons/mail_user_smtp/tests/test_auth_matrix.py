"""Every security setting against every kind of server and every kind of log-in."""

import base64
import itertools
from dataclasses import dataclass, field
from unittest.mock import patch

import psycopg2

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PASSWORD, AccountCase
from .mailbox import PLAIN, STARTTLS, STRIPPED, TLS, UNWILLING
from .test_transport import TRIAL

NOT_ENCRYPTED = "offers no encryption (STARTTLS)"
# (setting, server) -> what the user reads; None: the line is encrypted
LINES = {
    (STARTTLS, STARTTLS): None,
    (STARTTLS, STRIPPED): NOT_ENCRYPTED,
    (STARTTLS, UNWILLING): NOT_ENCRYPTED,
    (STARTTLS, TLS): "choose TLS as security",
    (STARTTLS, PLAIN): NOT_ENCRYPTED,
    (TLS, STARTTLS): "Choose STARTTLS",
    (TLS, STRIPPED): "Choose STARTTLS",
    (TLS, UNWILLING): "Choose STARTTLS",
    (TLS, TLS): None,
    (TLS, PLAIN): "Choose STARTTLS",
}
SERVERS = (STARTTLS, STRIPPED, UNWILLING, TLS, PLAIN)


@dataclass(frozen=True)
class Login:
    """A kind of log-in that a server offers, and what the user reads."""

    says: str = ""  # empty: it works
    shown: int = 1  # how often the server is shown the password
    again: bool = True  # whether the next mail may try the account again
    verdict: bool = True  # whether the account is known not to work now
    options: dict = field(default_factory=dict)  # of the server


def offering(mechanisms, says="", shown=1):
    return Login(says, shown, options={"mechanisms": mechanisms})


def refusing(answer, says, again=False, verdict=True):
    options = {"refuse": answer, "users": {}}
    return Login(says, again=again, verdict=verdict, options=options)


NO_KIND = "in a way that Odoo speaks"
LOGINS = {
    "PLAIN": offering("PLAIN"),
    "LOGIN": offering("LOGIN"),
    "PLAIN and LOGIN": offering("LOGIN PLAIN"),
    "PLAIN among others": offering("CRAM-MD5 XOAUTH2 PLAIN"),
    "CRAM-MD5 only": offering("CRAM-MD5", NO_KIND, shown=0),
    "XOAUTH2 only": offering("XOAUTH2", NO_KIND, shown=0),
    "unknown only": offering("GSSAPI X-FUTURE", NO_KIND, shown=0),
    "nothing named": offering("", NO_KIND, shown=0),
    "none": Login("offers no log-in", shown=0, options={"login": False}),
    "after STARTTLS": Login(options={"early": False}),
    "535": refusing("535 5.7.8 Bad credentials", "refused the log-in"),
    "534": refusing("534 5.7.9 App password required", "refused the log-in"),
    "530": refusing("530 5.7.0 Must log in", "refused the log-in"),
    "454": refusing("454 4.7.0 Later", "no log-in at the moment", True, verdict=False),
}


@tagged("post_install", "-at_install")
class TestAuthMatrix(AccountCase):
    def test_every_setting_with_every_server_and_every_log_in(self):
        self.startPatcher(patch(f"{TRIAL}.TEST_TIMEOUT", 0.5))
        for mode, (name, login) in itertools.product(SERVERS, LOGINS.items()):
            server = self.start_server(mode, **login.options)
            for setting in (STARTTLS, TLS):
                with self.subTest(setting=setting, server=mode, login=name):
                    self.check_cell(setting, server, login)
            server.stop()

    def check_cell(self, setting, server, login):
        self.alice.smtp_server_ids.unlink()
        server.forget()
        own = self.set_account(self.alice, server, smtp_security=setting)
        answer = own.action_test_smtp()["params"]
        refusal = LINES[setting, server.mode]
        if refusal:
            self.assertError(own, refusal)
            self.assertNothingShown(server)
        else:
            self.assertLoggedIn(own, server, login, answer)
        self.assertNothingInTheClear(server)

    def assertLoggedIn(self, own, server, login, answer):
        if not login.verdict:
            self.assertIn(login.says, answer["message"])
            self.assertEqual((own.smtp_state, own.smtp_error), ("untested", ""))
        elif login.says:
            self.assertError(own, login.says, again=login.again)
        else:
            self.assertEqual(own.smtp_state, "ok", own.smtp_error)
        # a provider locks whoever shows it a refused password twice
        self.assertEqual(server.attempts.total(), login.shown)

    def assertError(self, own, says, again=True):
        self.assertEqual(own.smtp_state, "error")
        self.assertIn(says, own.smtp_error)
        account = self.alice.smtp_server_ids
        self.assertEqual(account.user_smtp_login_refused, not again)

    def assertNothingShown(self, server):
        self.assertFalse(server.attempts, "the password was shown to the server")
        self.assertNotIn(b"AUTH", server.heard[True])

    def assertNothingInTheClear(self, server):
        heard = server.heard[False]
        for secret in (PASSWORD, self.alice.login):
            for shape in (secret.encode(), base64.b64encode(secret.encode())):
                self.assertNotIn(shape, heard)
        self.assertNotIn(b"AUTH", heard)
        self.assertNotIn(b"MAIL", heard)

    def test_nothing_is_said_before_the_certificate_was_verified(self):
        for mode in (STARTTLS, TLS):
            for name, login in LOGINS.items():
                with self.subTest(mode=mode, login=name):
                    bad = self.authority.certificate("mail.example.com")
                    server = self.start_server(mode, bad, **login.options)
                    own = self.set_account(self.alice, server)
                    own.action_test_smtp()
                    self.assertError(own, "belongs to another name")
                    self.assertEqual(server.heard[True], b"")
                    self.assertNothingInTheClear(server)

    def test_no_encryption_at_all_cannot_be_chosen(self):
        server = self.start_server(PLAIN)
        with self.assertRaises(ValidationError):
            self.set_account(self.alice, server, smtp_security="none")
        own = self.set_account(self.alice, server)
        for weak in ("none", "starttls", "ssl"):  # core's: not verified
            with self.subTest(weak=weak), self.assertRaises(psycopg2.IntegrityError):
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    own.sudo().smtp_server_ids.smtp_encryption = weak
                    self.env.flush_all()
        self.assertNothingInTheClear(server)
