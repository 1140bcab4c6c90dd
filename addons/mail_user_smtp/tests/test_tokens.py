"""Odoo's own Gmail and Outlook sign-ins as a user's mailbox: their code, a real server;
only the providers' web addresses are played.
"""

import json
import time
from contextlib import contextmanager
from unittest.mock import patch

import requests

from odoo.tests import tagged

from .common import PASSWORD, AccountCase, Caught
from .mailbox import STRIPPED

KINDS = {
    "gmail": "google_gmail",
    "outlook": "microsoft_outlook",
}
TOKEN = "ya29.fresh"


@tagged("post_install", "-at_install")
class TestTokens(AccountCase):
    def setUp(self):
        super().setUp()
        for module in KINDS.values():
            params = self.env["ir.config_parameter"]
            params.set_param(f"{module}_client_id", "id")
            params.set_param(f"{module}_client_secret", "secret")
        self.asked = []
        self.answer = (200, {"access_token": TOKEN, "expires_in": 3600})
        self.startPatcher(patch.object(requests, "post", self.provider))

    def provider(self, url, data=None, timeout=None, **options):
        """The provider's address for tokens."""
        self.asked.append((url, data["refresh_token"]))
        answer = requests.Response()
        answer.status_code, content = self.answer
        content = {"refresh_token": "next", "id_token": "x", **content}
        answer._content = json.dumps(content).encode()
        return answer

    def start_token_server(self, **options):
        return self.start_server(mechanisms="XOAUTH2", tokens={TOKEN}, **options)

    def sign_in(self, kind, server, user=None):
        """What is there after a user has signed in at the provider."""
        user = user or self.alice
        module = KINDS[kind]
        user.smtp_server_ids.unlink()
        return self.env["ir.mail_server"].create(
            {
                "name": kind,
                "smtp_authentication": kind,
                "smtp_host": "localhost",
                "smtp_port": server.port,
                "smtp_encryption": "starttls",
                "smtp_user": user.email,
                "from_filter": user.email,
                "owner_user_id": user.id,
                f"{module}_refresh_token": "refresh",
                f"{module}_access_token": "ya29.stale",
                f"{module}_access_token_expiration": int(time.time()) - 1,
            }
        )

    def test_it_is_the_mailbox_of_its_owner_and_of_nobody_else(self):
        for kind in KINDS:
            with self.subTest(kind=kind), self.relay() as relay:
                server = self.start_token_server()
                self.sign_in(kind, server)
                own = self.alice.with_user(self.alice)
                self.assertEqual(own.smtp_state, "ok")
                sender = own._check_mail_sender()
                self.assertEqual((sender.policy, sender.host), ("own", "localhost"))
                self.send(self.alice)
                self.send(self.bob)
                (mail,) = server.received
                self.assertEqual(mail.login, "alice@example.com")
                self.assertEqual(mail.sender, "alice@example.com")
                self.assertEqual(mail["From"], "Alice <alice@example.com>")
                self.assertIn("<alice@example.com>", mail["Reply-To"])
                self.assertEqual(
                    [m.sender for m in relay.received], ["bob@example.com"]
                )

    def test_the_token_is_fetched_when_it_is_due(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                server = self.start_token_server()
                self.sign_in(kind, server)
                self.asked.clear()
                self.send(self.alice)
                self.send(self.alice)
                self.assertEqual([token for _url, token in self.asked], ["refresh"])
                self.assertEqual(len(server.received), 2)

    def test_a_revoked_sign_in_is_refused_in_plain_words(self):
        """The provider gives no token any more."""
        for kind in KINDS:
            with self.subTest(kind=kind):
                server = self.start_token_server()
                self.sign_in(kind, server)
                self.answer = (400, {"error": "invalid_grant"})
                with self.assertRefused("Sign in again in My Preferences"):
                    self.send(self.alice)
                self.assertFalse(server.attempts)
                # it may have been the provider's bad hour
                self.assertEqual(self.alice.smtp_state, "ok")

    def test_a_refused_token_is_remembered_until_the_next_sign_in(self):
        """The mail server does not take a token that looks fresh; core overlooks it."""
        for kind, module in KINDS.items():
            with self.subTest(kind=kind):
                server = self.start_token_server()
                row = self.sign_in(kind, server)
                server.tokens.clear()
                mails = self.post(self.alice)
                with self.assertRefused("XOAUTH2: no longer valid"):
                    self.deliver(mails)
                own = self.alice.with_user(self.alice)
                self.assertEqual(own.smtp_state, "error")
                self.assertIn("Sign in again", own.smtp_error)
                self.assertEqual(own._get_mail_sender().policy, "block")
                with self.assertRefused("Sign in again"):
                    self.deliver(mails)
                self.assertEqual(server.attempts.total(), 1)
                server.tokens.add(TOKEN)
                row[f"{module}_refresh_token"] = "signed in again"
                self.assertEqual(own.smtp_state, "ok")
                self.deliver(mails)
                self.assertEqual(len(server.received), 1)

    @contextmanager
    def assertRefused(self, says):
        with Caught(self, OSError) as caught:
            yield
        self.assertIn(says, str(caught[0]))

    def test_no_token_is_shown_before_the_certificate_was_verified(self):
        """Core's "starttls" of these accounts verifies nothing."""
        for kind in KINDS:
            with self.subTest(kind=kind):
                bad = self.authority.certificate("mail.example.com")
                server = self.start_token_server(certificate=bad)
                self.sign_in(kind, server)
                with self.assertRaisesRegex(OSError, "certificate verify failed"):
                    self.send(self.alice)
                self.assertEqual(server.heard[True], b"")
                server = self.start_token_server(mode=STRIPPED)
                self.sign_in(kind, server)
                with self.assertRaisesRegex(OSError, "STARTTLS"):
                    self.send(self.alice)
                self.assertNotIn(b"AUTH", server.heard[False])

    def test_a_password_takes_its_place(self):
        server = self.start_server()
        row = self.sign_in("gmail", server)
        own = self.give_account(self.alice, server, smtp_password=PASSWORD)
        self.assertFalse(row.exists())
        self.assertEqual(own.outgoing_mail_server_type, "user_smtp")
