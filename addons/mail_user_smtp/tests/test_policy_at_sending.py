from contextlib import closing, contextmanager

from odoo.tests import tagged

from .common import CUSTOMER, AccountCase


@tagged("post_install", "-at_install")
class TestPolicyAtSending(AccountCase):
    """A mail waits; meanwhile something happens to its sender's account."""

    policy = "block"

    def setUp(self):
        super().setUp()
        self.admin = self.make_user("ada", "base.group_system")
        self.server = self.start_server()
        self.own = self.give_account(self.alice, self.server)
        self.relay_server = self.enterContext(self.relay())
        self.mails = self.post(self.alice)

    # -- what happens

    def type_another_password(self):
        self.own.smtp_password = "another"

    def type_another_address(self):
        self.own.smtp_email = "alice2@example.com"

    def type_another_server(self):
        self.own.smtp_host = "smtp.gmail.com"

    def clear(self):
        self.own.action_clear_smtp()

    def an_administrator_clears(self):
        self.alice.with_user(self.admin).action_clear_smtp()

    def personal_mailboxes_are_switched_off(self):
        self.env["ir.config_parameter"].set_param(
            "mail.disable_personal_mail_servers", "1"
        )

    def leave(self):
        self.alice.active = False

    EVENTS = (
        type_another_password,
        type_another_address,
        type_another_server,
        clear,
        an_administrator_clears,
        personal_mailboxes_are_switched_off,
        leave,
    )

    def assertNothingLeft(self):
        self.assertFalse(self.server.received)
        self.assertFalse(self.relay_server.received)
        self.assertFalse(self.relay_server.attempts)

    def test_it_waits_and_never_takes_the_relay(self):
        for event in self.EVENTS:
            with self.subTest(event=event.__name__), self.undone():
                event(self)
                self.deliver(self.mails)
                self.assertNothingLeft()
                self.assertEqual(self.mails.state, "outgoing")
                self.assertTrue(self.mails._delivery_hold())

    @contextmanager
    def undone(self):
        """Take back what happens inside."""
        with closing(self.env.cr.savepoint()):
            yield

    def test_it_leaves_from_the_account_as_soon_as_that_works(self):
        self.clear()
        self.deliver(self.mails)
        self.assertNothingLeft()
        self.assertIn("no mailbox yet", self.mails._delivery_hold())
        self.give_account(self.alice, self.server)
        self.deliver(self.mails)
        (mail,) = self.server.received
        self.assertEqual((mail.login, mail.recipients), (self.alice.login, [CUSTOMER]))

    def test_the_sender_is_told(self):
        self.clear()
        self.deliver(self.mails)
        self.assertTrue(self.alice._mailbox_activities())

    def test_from_is_the_address_of_now(self):
        self.server.users["alice2"] = self.server.users[self.alice.login]
        self.own.write({"smtp_email": "alice2@example.com", "smtp_login": "alice2"})
        self.own.write({"smtp_password": self.server.users["alice2"]})
        self.own.action_test_smtp()
        self.deliver(self.mails)
        (mail,) = self.server.received
        self.assertEqual(mail.sender, "alice2@example.com")
        self.assertIn("<alice2@example.com>", mail["From"])
        self.assertIn("<alice2@example.com>", mail["Reply-To"])

    def test_where_the_company_says_so_it_takes_the_relay(self):
        self.clear()
        self.env.company.smtp_policy = "relay"
        self.deliver(self.mails)
        (mail,) = self.relay_server.received
        self.assertIn("<alice@example.com>", mail["From"])

    def test_the_policy_is_that_of_the_documents_company(self):
        other = self.env["res.company"].create({"name": "O", "smtp_policy": "relay"})
        self.alice.company_ids |= other
        self.clear()
        for company, count in ((self.env.company, 0), (other, 1)):
            self.customer.company_id = company
            self.deliver(self.mails)
            self.assertEqual(len(self.relay_server.received), count)

    def test_after_a_refused_login_it_fails_where_it_is_seen(self):
        self.own.smtp_password = "wrong"
        self.own.action_test_smtp()
        self.assertFalse(self.mails._delivery_hold())
        with self.assertRaisesRegex(Exception, "refused the log-in"):
            self.deliver(self.mails)
        self.assertNothingLeft()

    def test_colleagues_are_told_all_the_same(self):
        mails = self.post(self.alice, partner_ids=self.bob.partner_id.ids)
        self.clear()
        self.deliver(mails)
        self.assertEqual(len(self.relay_server.received), 1)

    def test_what_the_system_wrote_leaves(self):
        mail = self.env["mail.mail"].with_user(self.alice).sudo()
        mail = mail.create(
            {"email_from": "office@example.com", "email_to": CUSTOMER, "body_html": "x"}
        )
        self.clear()
        self.deliver(mail)
        self.assertEqual(len(self.relay_server.received), 1)

    def test_somebody_who_comes_back_sends_nothing_by_that(self):
        self.alice.active = False
        self.alice.active = True
        self.give_account(self.alice, self.server)
        self.deliver(self.mails)
        self.assertNothingLeft()
        self.assertIn("has left", self.mails._delivery_hold())

    def test_the_successor_sends_it_as_their_own(self):
        self.give_account(self.bob, self.server)
        self.alice.active = False
        self.mails.held_for_id = self.bob
        self.mails.with_user(self.bob)._take_over()
        self.deliver(self.mails)
        (mail,) = self.server.received
        self.assertEqual((mail.login, mail.sender), (self.bob.login,) * 2)
        self.assertIn("Bob", mail["From"])
        self.assertIn("<bob@example.com>", mail["Reply-To"])
        self.assertNotIn("alice", str(mail.message["From"]).lower())
