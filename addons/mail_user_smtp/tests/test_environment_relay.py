import os
import smtplib
from unittest.mock import patch
from urllib.parse import quote

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.relay import RELAY
from .certificates import Authority
from .common import AccountCase
from .mailbox import PLAIN, STARTTLS, TLS

LOGIN, SECRET = "robot@example.com", "p/w:@ค"


@tagged("post_install", "-at_install")
class TestEnvironmentRelay(AccountCase):
    """The company's relay is named by the environment; nothing of it is in Odoo."""

    def setUp(self):
        super().setUp()
        public = self.env["ir.mail_server"].search([("owner_user_id", "=", False)])
        public.active = False

    def use_relay(self, mode=STARTTLS, certificate=None, password=SECRET):
        server = self.start_server(mode, certificate, users={LOGIN: SECRET})
        scheme = TLS if mode == TLS else STARTTLS
        user = f"{quote(LOGIN, safe='')}:{quote(password, safe='')}"
        url = f"{scheme}://{user}@localhost:{server.port}"
        self.startPatcher(patch.dict(os.environ, {RELAY: url}))
        self.allow("")  # it is not for users, so needs no permission
        return server

    def test_whoever_has_no_account_leaves_through_it(self):
        for mode in (STARTTLS, TLS):
            with self.subTest(mode=mode):
                server = self.use_relay(mode)
                self.send(self.alice)
                (mail,) = server.received
                self.assertEqual(mail.login, LOGIN)
                self.assertIn("alice@example.com", mail["Reply-To"])

    def test_an_own_account_goes_before_it(self):
        relay = self.use_relay()
        server = self.start_server()
        self.give_account(self.alice, server)
        self.send(self.alice)
        self.assertEqual((len(server.received), len(relay.received)), (1, 0))

    def test_a_server_in_odoo_goes_before_it(self):
        relay = self.use_relay()
        with self.relay() as server:
            self.send(self.alice)
            self.assertEqual((len(server.received), len(relay.received)), (1, 0))

    def test_a_server_that_says_command_line_is_it(self):
        relay = self.use_relay()
        self.env["ir.mail_server"].create(
            {"name": "As started", "smtp_authentication": "cli"}
        )
        self.send(self.alice)
        self.assertEqual(len(relay.received), 1)

    def test_it_is_as_strict_as_an_own_account(self):
        stranger = Authority("Unknown")
        for mode, certificate in (
            (PLAIN, None),
            (STARTTLS, stranger.certificate()),
            (TLS, self.authority.certificate("mail.example.com")),
        ):
            with self.subTest(mode=mode):
                server = self.use_relay(mode, certificate)
                with self.assertRaises(OSError):  # smtplib's errors, too
                    self.send(self.alice)
                self.assertFalse(server.attempts)

    def test_a_wrong_password_is_tried_once(self):
        server = self.use_relay(password="wrong")
        with self.assertRaises(smtplib.SMTPAuthenticationError):
            self.send(self.alice)
        self.assertEqual(server.attempts[LOGIN], 1)

    def test_who_sends_is_said(self):
        self.use_relay()
        self.env.company.smtp_policy = "relay"
        sender = self.alice.with_user(self.alice)._get_mail_sender()
        self.assertEqual((sender.policy, sender.host), ("relay", "localhost"))
        self.assertIn("via the company's mail server", sender.line)

    def test_nonsense_says_what_is_wanted_and_not_what_was_there(self):
        for url in ("smtp://x", "starttls://", "tls://hunter2:nan", "hunter2"):
            with self.subTest(url=url), patch.dict(os.environ, {RELAY: url}):
                with self.assertRaises(UserError) as refused:
                    self.send(self.alice)
                self.assertIn("starttls://smtp.example.com:587", str(refused.exception))
                self.assertNotIn("hunter2", str(refused.exception))
                self.assertNotIn(SECRET, str(refused.exception))
