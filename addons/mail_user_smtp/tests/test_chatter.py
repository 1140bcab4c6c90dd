import smtplib
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CUSTOMER, PASSWORD, AccountCase, Caught


@tagged("post_install", "-at_install")
class TestChatter(AccountCase):
    """What leaves, seen from the server: AUTH, envelope, From, Reply-To."""

    def assertMail(self, mail, login, address, reply_to=None):
        self.assertEqual(mail.login, login)
        self.assertEqual(mail.sender, address)
        self.assertEqual(mail.recipients, [CUSTOMER])
        self.assertIn(f"<{address}>", mail["From"])
        self.assertIn(f"<{reply_to or address}>", mail["Reply-To"])
        self.assertIsNone(mail["Return-Path"])

    def test_a_message_leaves_through_the_account_of_its_author(self):
        server = self.start_server()
        self.give_account(self.alice, server)
        self.give_account(self.bob, server)
        self.send(self.alice)
        self.send(self.bob)
        first, second = server.received
        self.assertMail(first, "alice@example.com", "alice@example.com")
        self.assertMail(second, "bob@example.com", "bob@example.com")
        self.assertEqual(first["From"], "Alice <alice@example.com>")

    def test_login_and_address_may_differ_and_have_capitals(self):
        server = self.start_server(users={"ali": PASSWORD})
        self.alice.email = "Alice.Liddell@Example.COM"
        self.give_account(
            self.alice, server, smtp_login="ali", smtp_email="Alice@Mail.Example.com"
        )
        self.send(self.alice)
        (mail,) = server.received
        self.assertMail(mail, "ali", "alice@mail.example.com")

    def test_replies_come_to_the_sender_where_there_is_a_catchall(self):
        self._set_alias_domain()
        server = self.start_server()
        self.give_account(self.alice, server)
        self.send(self.alice)
        self.assertMail(server.received[0], "alice@example.com", "alice@example.com")

    def test_replies_go_to_the_catchall_where_the_company_wants_that(self):
        self._set_alias_domain()
        self.env.company.smtp_reply_to_sender = False
        server = self.start_server()
        self.give_account(self.alice, server)
        self.send(self.alice)
        (mail,) = server.received
        self.assertMail(
            mail, "alice@example.com", "alice@example.com", "catchall@relay.example"
        )

    def _set_alias_domain(self):
        self.env.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {
                "name": "relay.example",
                "bounce_alias": "bounce",
                "catchall_alias": "catchall",
                "default_from": "notifications",
            }
        )

    def test_a_document_with_an_alias_of_its_own_keeps_it(self):
        self._set_alias_domain()
        model = self.env["ir.model"]._get("res.partner")
        self.env["mail.alias"].create(
            {
                "alias_name": "customer-alias",
                "alias_domain_id": self.env.company.alias_domain_id.id,
                "alias_model_id": model.id,
                "alias_parent_model_id": model.id,
                "alias_parent_thread_id": self.customer.id,
            }
        )
        mails = self.post(self.alice)
        self.assertIn("customer-alias@relay.example", mails.reply_to)

    def test_a_public_server_for_the_same_address_does_not_take_the_mail(self):
        server = self.start_server()
        with self.relay(from_filter="alice@example.com") as relay:
            self.give_account(self.alice, server)
            self.send(self.alice)
            self.assertFalse(relay.received)
        self.assertEqual(len(server.received), 1)

    def test_somebody_without_account_uses_the_relay_with_replies_to_them(self):
        self._set_alias_domain()
        server = self.start_server()
        self.give_account(self.alice, server)
        with self.relay() as relay:
            self.send(self.bob)
            (mail,) = relay.received
        self.assertEqual(mail.login, "relay")
        self.assertIn("<bob@example.com>", mail["From"])
        self.assertIn("<bob@example.com>", mail["Reply-To"])
        self.assertFalse(server.received)

    def test_an_untested_account_is_not_used(self):
        server = self.start_server()
        self.set_account(self.alice, server)
        with self.relay() as relay:
            self.send(self.alice)
            self.assertEqual(len(relay.received), 1)
        self.assertFalse(server.attempts)

    def test_the_system_uses_the_relay_also_when_a_user_set_it_off(self):
        server = self.start_server()
        self.give_account(self.alice, server)
        with self.relay() as relay:
            message = self.customer.message_post(
                body="From the system",
                partner_ids=self.customer.ids,
                subtype_xmlid="mail.mt_comment",
                email_from="robot@example.com",
            )
            self.deliver(self.mails_of(message))
            self.assertEqual(len(relay.received), 1)
        self.assertFalse(server.received)

    def test_a_cron_may_send_in_the_name_of_a_user(self):
        server = self.start_server()
        self.give_account(self.alice, server)
        record = self.customer.with_user(self.alice).sudo()
        message = record.with_context(mail_notify_force_send=False).message_post(
            body="Renewal",
            partner_ids=self.customer.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self.deliver(self.mails_of(message))
        self.assertMail(server.received[0], "alice@example.com", "alice@example.com")

    def test_a_login_refused_while_sending_is_remembered_and_not_repeated(self):
        server = self.start_server()
        own = self.give_account(self.alice, server)
        server.users[self.alice.login] = "changed at the provider"
        mails = self.post(self.alice)
        with self.relay() as relay:
            for _attempt in range(3):
                with self.assertLoginRefused() as refused:
                    self.deliver(mails)
                self.assertIn("Username and Password", str(refused[0]))
            self.assertFalse(relay.received, "the mail must not take another way")
        self.assertEqual(server.attempts[self.alice.login], 1)
        self.assertEqual(own.smtp_state, "error")
        self.assertIn("refused the log-in", own.smtp_error)
        own.smtp_password = server.users[self.alice.login]
        own.action_test_smtp()
        self.deliver(mails)
        self.assertEqual(len(server.received), 1)

    def assertLoginRefused(self):
        """Not ``assertRaises``, which takes back what was written."""
        return Caught(self, smtplib.SMTPAuthenticationError)

    def test_a_server_that_is_down_is_no_refusal(self):
        server = self.start_server()
        own = self.give_account(self.alice, server)
        server.stop()
        with Caught(self, ConnectionRefusedError):
            self.deliver(self.post(self.alice))
        self.assertEqual(own.smtp_state, "ok")

    def test_a_host_that_became_internal_is_refused_at_sending(self):
        own = self.give_account(self.alice, self.start_server())
        self.allow("")
        with Caught(self, smtplib.SMTPAuthenticationError) as refused:
            self.deliver(self.post(self.alice))
        self.assertIn("own network", str(refused[0]))
        self.assertEqual(own.smtp_state, "ok")

    def test_an_administrator_sends_what_waits_in_the_queue(self):
        """They may not see Alice's server; pressing Send on her mail has to work."""
        self.give_account(self.alice, self.start_server())
        mails = self.post(self.alice)
        admin = self.make_user("ada", "base.group_system")
        servers = self.registry["ir.mail_server"]
        self.startPatcher(patch.object(servers, "_disable_send", lambda *args: True))
        mails.with_user(admin).send()
        with self.assertRaises(AccessError):
            mails.with_user(self.bob).send()

    def test_no_row_is_written_for_a_sending_limit(self):
        self.give_account(self.alice, self.start_server())
        mails = self.post(self.alice)
        server = self.alice.smtp_server_ids
        self.assertEqual(mails._split_by_delayed_batch(server), mails)
        self.assertFalse(server.owner_limit_count)
        self.assertFalse(server.owner_limit_time)
