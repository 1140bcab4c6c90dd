from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import email_normalize

from .common import CUSTOMER, AccountCase

ALICE, BOB, RELAY = "alice@example.com", "bob@example.com", "relay"
NOTIFICATIONS = "notifications@relay.example"
CATCHALL, BOUNCE = "catchall@relay.example", "bounce@relay.example"
QUIET = {"mail_notify_force_send": False, "mail_post_autofollow_author_skip": True}


@tagged("post_install", "-at_install")
class TestSenderMatrix(AccountCase):
    """Every way a mail comes about: AUTH, envelope, From, Reply-To, recipients.

    Alice has an account, Bob has none; the company has a relay.
    """

    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.give_account(self.alice, self.server)

    def leaves(self, act, *arguments, from_filter="example.com"):
        """What leaves, through which server, when somebody acts.

        :returns: a list of (AUTH, envelope, From, Reply-To, recipients)
        """
        mails = self.env["mail.mail"].sudo()
        before = mails.search([])
        self.server.received.clear()
        with self.relay(from_filter=from_filter) as relay:
            act(*arguments)
            self.deliver(mails.search([("state", "=", "outgoing")]) - before)
            received = self.server.received + relay.received
        return [
            (
                mail.login,
                mail.sender,
                email_normalize(mail["From"]),
                email_normalize(mail["Reply-To"]),
                mail.recipients,
            )
            for mail in received
        ]

    def from_alice(self, to=CUSTOMER):
        return [(ALICE, ALICE, ALICE, ALICE, [to])]

    def record(self, user):
        return self.customer.with_user(user).with_context(**QUIET)

    # -- the ways

    def chatter(self, user):
        self.record(user).message_post(
            body="x", partner_ids=self.customer.ids, subtype_xmlid="mail.mt_comment"
        )

    def notify(self, user):
        self.record(user).message_notify(body="x", partner_ids=self.customer.ids)

    def compose(self, user, mode="comment"):
        composer = self.env["mail.compose.message"].with_user(user)
        composer.with_context(**QUIET).create(
            {
                "composition_mode": mode,
                "model": "res.partner",
                "res_ids": str(self.customer.ids),
                "partner_ids": self.customer.ids,
                "subject": "x",
                "body": "x",
                "force_send": False,
            }
        )._action_send_mail()

    def compose_for_many(self, user):
        self.compose(user, "mass_mail")

    def schedule_message(self, user):
        """Written by the user, posted by the cron."""
        later = fields.Datetime.now() + timedelta(hours=1)
        scheduled = (
            self.env["mail.scheduled.message"]
            .with_user(user)
            .create(
                {
                    "model": "res.partner",
                    "res_id": self.customer.id,
                    "author_id": user.partner_id.id,
                    "subject": "x",
                    "body": "x",
                    "partner_ids": self.customer.ids,
                    "scheduled_date": later,
                }
            )
        )
        scheduled.sudo().with_user(1).with_context(**QUIET)._post_message()

    def schedule_notification(self, user):
        later = fields.Datetime.now() + timedelta(hours=1)
        self.record(user).message_post(
            body="x",
            partner_ids=self.customer.ids,
            subtype_xmlid="mail.mt_comment",
            scheduled_date=later,
        )
        due = self.env["mail.message.schedule"].search([])
        due.with_user(1).with_context(**QUIET).force_send()

    def server_action(self, user):
        model = self.env["ir.model"]._get_id("res.partner")
        template = self.env["mail.template"].create(
            {
                "name": "x",
                "model_id": model,
                "partner_to": "{{ object.id }}",
                "subject": "x",
                "body_html": "<p>x</p>",
            }
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "x",
                "model_id": model,
                "state": "mail_post",
                "mail_post_method": "email",
                "template_id": template.id,
            }
        )
        action.with_user(user).with_context(
            **QUIET, active_model="res.partner", active_id=self.customer.id
        ).run()

    def cron_with_user(self, user):
        self.customer.with_user(1).with_user(user).sudo().with_context(
            **QUIET
        ).message_post(
            body="x", partner_ids=self.customer.ids, subtype_xmlid="mail.mt_comment"
        )

    def assign_activity(self, user, to):
        self.record(user).activity_schedule("mail.mail_activity_data_todo", user_id=to)

    # -- the rows

    def test_what_alice_does_leaves_through_her_server(self):
        for act in (
            self.chatter,
            self.notify,
            self.compose,
            self.compose_for_many,
            self.schedule_message,
            self.schedule_notification,
            self.server_action,
            self.cron_with_user,
        ):
            with self.subTest(act=act.__name__):
                self.assertEqual(self.leaves(act, self.alice), self.from_alice())

    def test_an_activity_is_announced_by_whoever_assigned_it(self):
        left = self.leaves(self.assign_activity, self.alice, self.bob.id)
        self.assertEqual(left, self.from_alice(to=BOB))

    def test_bob_leaves_through_the_relay_with_replies_to_him(self):
        expected = [(RELAY, BOB, BOB, BOB, [CUSTOMER])]
        for act in (
            self.chatter,
            self.compose,
            self.compose_for_many,
            self.schedule_message,
            self.server_action,
        ):
            with self.subTest(act=act.__name__):
                self.assertEqual(self.leaves(act, self.bob), expected)

    def _use_alias_domain(self):
        self.env.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {
                "name": "relay.example",
                "bounce_alias": "bounce",
                "catchall_alias": "catchall",
                "default_from": "notifications",
            }
        )

    def test_an_alias_domain_changes_nothing_for_alice(self):
        self._use_alias_domain()
        for act in (self.chatter, self.compose, self.compose_for_many):
            with self.subTest(act=act.__name__):
                self.assertEqual(self.leaves(act, self.alice), self.from_alice())

    def test_a_relay_of_another_domain_speaks_for_bob(self):
        self._use_alias_domain()
        left = self.leaves(self.chatter, self.bob, from_filter="relay.example")
        ((auth, envelope, sender, reply_to, _to),) = left
        self.assertEqual((auth, sender, reply_to), (RELAY, NOTIFICATIONS, BOB))
        self.assertIn(envelope, (NOTIFICATIONS, BOUNCE))

    def test_replies_go_to_the_catchall_where_the_company_wants_that(self):
        self._use_alias_domain()
        self.env.company.smtp_reply_to_sender = False
        left = self.leaves(self.chatter, self.alice)
        self.assertEqual(left, [(ALICE, ALICE, ALICE, CATCHALL, [CUSTOMER])])

    def test_the_system_uses_the_relay_whoever_it_speaks_for(self):
        def robot():
            self.customer.with_context(**QUIET).message_post(
                body="x",
                author_id=self.alice.partner_id.id,
                email_from=ALICE,
                partner_ids=self.customer.ids,
                subtype_xmlid="mail.mt_comment",
            )

        ((auth, _envelope, sender, _reply_to, _to),) = self.leaves(robot)
        self.assertEqual((auth, sender), (RELAY, ALICE))

    def test_a_customer_in_the_portal_uses_the_relay(self):
        portal = self.make_user("portia", "base.group_portal")

        def post():
            self.customer.with_user(portal).sudo().with_context(**QUIET).message_post(
                body="x",
                partner_ids=self.bob.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )

        self.assertEqual({row[0] for row in self.leaves(post)}, {RELAY})

    def test_a_password_reset_uses_the_relay(self):
        """System mail that a colleague sets off."""

        def reset():
            self.env["mail.mail"].with_user(self.alice).sudo().create(
                {
                    "subject": "Signature code",
                    "email_from": "office@example.com",
                    "email_to": CUSTOMER,
                    "body_html": "<p>1234</p>",
                }
            )

        ((auth, _envelope, sender, _reply_to, _to),) = self.leaves(reset)
        self.assertEqual((auth, sender), (RELAY, "office@example.com"))

    def test_the_same_from_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.alice.company_ids |= other
        for company in (self.env.company, other):
            own = self.alice.with_company(company)

            def act(own=own, company=company):
                self.customer.with_user(own).with_company(company).with_context(
                    **QUIET
                ).message_post(
                    body="x",
                    partner_ids=self.customer.ids,
                    subtype_xmlid="mail.mt_comment",
                )

            with self.subTest(company=company.name):
                self.assertEqual(self.leaves(act), self.from_alice())

    def test_nothing_leaves_in_the_name_of_somebody_who_left(self):
        self.alice.active = False
        self.assertFalse(self.leaves(self.cron_with_user, self.alice))
