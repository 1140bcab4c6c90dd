"""Whose account an invitation to sign leaves through, in every set-up."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .answering import RelayCase
from .signing import SigningCase

SOMCHAI = "somchai@example.com"


@tagged("post_install", "-at_install")
class TestInvitationSenders(RelayCase, SigningCase):
    def invitations(self, server):
        """What a mail server took that asks Somchai to sign."""
        self.mails_to(SOMCHAI).filtered(lambda m: m.state == "outgoing").send()
        return [mail for mail in server.messages if mail.recipients == [SOMCHAI]]

    def assert_nothing_sent(self):
        self.assertFalse(self.invitations(self.relay))
        self.assertFalse(self.invitations(self.server))

    def ask_somchai(self):
        return self.ask_signatures(only=["Somchai"])

    def take_account_away(self):
        self.nikki.with_user(self.nikki).action_clear_smtp()

    def break_account(self):
        self.nikki.with_user(self.nikki).smtp_password = "another"

    def test_through_the_person_s_own_account(self):
        for policy in ("relay", "block"):
            self.thailand.smtp_policy = policy
            self.server.messages.clear()
            self.ask_somchai()
            [mail] = self.invitations(self.server)
            self.assertIn("nikki@example.com", mail.message["From"])
            self.assertFalse(self.invitations(self.relay))
            self.document.with_user(self.nikki).action_void_signing()

    def test_through_the_relay_where_the_entity_allows_it(self):
        self.take_account_away()
        self.ask_somchai()
        [mail] = self.invitations(self.relay)
        self.assertIn("nikki@example.com", mail.message["Reply-To"])
        self.assertFalse(self.invitations(self.server))

    def test_not_through_the_relay_while_accounts_are_switched_off(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("mail.disable_personal_mail_servers", "True")
        with self.assertRaisesRegex(UserError, "switched personal mailboxes off"):
            self.ask_somchai()
        self.assert_nothing_sent()

    def test_nobody_is_asked_where_nothing_can_be_sent(self):
        self.thailand.smtp_policy = "block"
        for event in (self.break_account, self.take_account_away):
            event()
            with self.assertRaises(UserError):
                self.ask_somchai()
            self.assertFalse(self.signing())
            self.assert_nothing_sent()

    def test_a_broken_account_is_not_replaced_by_the_relay(self):
        self.server.users[self.nikki.login] = "changed at the provider"
        account = self.nikki.with_user(self.nikki)
        own = account._smtp_server()
        own._try_account__(own._ask_sender_address)
        self.assertEqual(account.smtp_state, "error")
        with self.assertRaises(UserError):
            self.ask_somchai()
        self.assert_nothing_sent()

    def test_an_account_that_breaks_later_sends_no_reminder_and_says_so(self):
        self.ask_somchai()
        self.invitations(self.server)
        self.thailand.smtp_policy = "block"
        self.break_account()
        self.relay.messages.clear()
        self.server.messages.clear()
        before = self.document.activity_ids
        self.signer("Somchai")._remind()
        self.assert_nothing_sent()
        activity = self.document.activity_ids - before
        self.assertEqual(activity.user_id, self.nikki)
