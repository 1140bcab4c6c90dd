from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.encrypted_field.tests.common import new_key, use_keys

from .common import AccountCase


@tagged("post_install", "-at_install")
class TestSender(AccountCase):
    policy = "block"

    def sender(self, user):
        return user.with_user(user)._get_mail_sender()

    def assertBlocked(self, user, state, says):
        sender = self.sender(user)
        self.assertFalse(sender.ready)
        self.assertEqual((sender.state, sender.policy), (state, "block"))
        self.assertIn(says, sender.reason)
        self.assertIn(says, sender.line)
        with self.assertRaises(UserError) as blocked:
            user.with_user(user)._check_mail_sender()
        self.assertIn(says, str(blocked.exception))

    def test_a_working_account_sends_in_the_name_of_its_user(self):
        self.give_account(self.alice, self.start_server())
        sender = self.alice.with_user(self.alice)._check_mail_sender()
        self.assertTrue(sender.ready)
        self.assertEqual((sender.state, sender.policy), ("ok", "own"))
        self.assertEqual(sender.email, "alice@example.com")
        self.assertEqual(sender.from_header, '"Alice" <alice@example.com>')
        self.assertEqual(sender.reply_to, sender.from_header)
        self.assertEqual(
            sender.line, "Alice <alice@example.com> via localhost, verified"
        )
        self.assertFalse(sender.reason)

    def test_without_account_the_company_blocks_by_default(self):
        self.assertBlocked(self.alice, "none", "Set it up")

    def test_an_untested_account_does_not_count(self):
        self.set_account(self.alice, self.start_server())
        self.assertBlocked(self.alice, "untested", "Test connection")

    def test_a_refused_account_does_not_count(self):
        own = self.set_account(self.alice, self.start_server(), smtp_password="wrong")
        own.action_test_smtp()
        self.assertBlocked(self.alice, "error", "refused the log-in")

    def test_an_account_without_its_key_does_not_count(self):
        self.give_account(self.alice, self.start_server())
        with use_keys():
            self.assertBlocked(self.alice, "ok", "ODOO_SECRET_KEYS")
        with use_keys(new_key()):
            self.assertBlocked(self.alice, "ok", "Type the password again")

    def test_the_company_may_allow_its_relay(self):
        self.env.company.smtp_policy = "relay"
        with self.relay():
            sender = self.alice.with_user(self.alice)._check_mail_sender()
        self.assertFalse(sender.ready)
        self.assertEqual((sender.state, sender.policy), ("none", "relay"))
        self.assertEqual(sender.host, "localhost")
        self.assertEqual(sender.from_header, '"Alice" <alice@example.com>')
        self.assertIn("alice@example.com", sender.reply_to)
        self.assertIn("via the company's mail server", sender.line)

    def test_a_relay_for_other_addresses_shows_how_it_will_look(self):
        self.env.company.smtp_policy = "relay"
        domain = self.env["mail.alias.domain"].create(
            {"name": "relay.example", "default_from": "notifications"}
        )
        self.env.company.alias_domain_id = domain
        with self.relay(from_filter="relay.example"):
            sender = self.sender(self.alice)
        self.assertEqual(sender.email, "notifications@relay.example")
        self.assertIn("alice@example.com", sender.reply_to)

    def test_there_is_no_fallback_after_a_refusal(self):
        self.env.company.smtp_policy = "relay"
        own = self.set_account(self.alice, self.start_server(), smtp_password="wrong")
        self.assertEqual(self.sender(self.alice).policy, "relay")
        own.action_test_smtp()
        self.assertBlocked(self.alice, "error", "refused the log-in")

    def test_the_policy_is_that_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(other.smtp_policy, "block")
        other.smtp_policy = "relay"
        own = self.alice.with_user(self.alice)
        self.assertEqual(own._get_mail_sender(company=other).policy, "relay")
        self.assertEqual(own._get_mail_sender().policy, "block")

    def test_of_a_colleague_only_whether_it_works_is_told(self):
        own = self.set_account(self.alice, self.start_server(), smtp_password="wrong")
        own.action_test_smtp()
        reason = self.alice.with_user(self.bob)._get_mail_sender().reason
        self.assertEqual(reason, "Alice has no working mailbox.")

    def test_code_may_send_for_a_user_who_does_not_act(self):
        self.give_account(self.alice, self.start_server())
        self.assertTrue(self.alice.with_user(self.bob)._get_mail_sender().ready)
        self.assertTrue(self.alice._get_mail_sender().ready)

    def test_the_administrator_may_switch_personal_servers_off(self):
        self.give_account(self.alice, self.start_server())
        self.env["ir.config_parameter"].set_param(
            "mail.disable_personal_mail_servers", "1"
        )
        sender = self.sender(self.alice)
        self.assertFalse(sender.ready)
        self.assertIn("switched personal mailboxes off", sender.reason)

    def test_a_name_cannot_smuggle_a_header(self):
        own = self.give_account(self.alice, self.start_server())
        self.alice.name = "Alice\r\nBcc: spy@example.com"
        header = own._get_mail_sender().from_header
        self.assertNotIn("\n", header)
        self.assertEqual(header, '"Alice Bcc: spy example.com" <alice@example.com>')

    def test_the_settings_show_the_policy(self):
        settings = self.env["res.config.settings"].create({"smtp_policy": "relay"})
        settings.execute()
        self.assertEqual(self.env.company.smtp_policy, "relay")
