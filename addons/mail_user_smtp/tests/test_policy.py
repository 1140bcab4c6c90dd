from datetime import timedelta

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CUSTOMER, AccountCase
from .test_sender_matrix import QUIET


@tagged("post_install", "-at_install")
class TestPolicy(AccountCase):
    """Bob has no mailbox, and the company does not lend him its relay."""

    policy = "block"

    def setUp(self):
        super().setUp()
        self.record = self.customer.with_user(self.bob).with_context(**QUIET)

    def outgoing(self):
        return self.env["mail.mail"].sudo().search([("state", "=", "outgoing")])

    def assertRefused(self, act, *arguments):
        before = self.outgoing()
        messages = self.customer.message_ids
        with self.assertRaises(UserError) as refused:
            act(*arguments)
        (reason,) = refused.exception.args
        self.assertIn("no mailbox yet", reason)
        self.assertEqual(str(refused.exception), reason)
        way = refused.exception.context
        self.assertEqual(way["action"]["url"], f"/odoo/my-preferences/{self.bob.id}")
        self.assertEqual(way["button"], "Set up my mailbox")
        self.assertEqual(self.outgoing(), before)
        self.assertEqual(self.customer.message_ids, messages)

    def assertMails(self, act, *arguments, **values):
        before = self.outgoing()
        act(*arguments, **values)
        self.assertTrue(self.outgoing() - before)

    # -- the ways to people outside

    def mail(self, to=None, **values):
        self.record.message_post(
            **{
                "body": "x",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                "partner_ids": (to or self.customer).ids,
                **values,
            }
        )

    def write_in_the_web_client(self):
        self.record = self.record.sudo()
        self.mail()

    def mention_in_a_note(self):
        self.mail(subtype_xmlid="mail.mt_note")

    def write_to_an_address(self):
        self.mail(self.alice.partner_id, outgoing_email_to="someone@example.org")

    def write_to_a_follower(self):
        self.customer.message_subscribe(self.customer.ids)
        self.mail(self.alice.partner_id)

    def write_later(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        self.mail(scheduled_date=later)

    def composer(self, mode="comment", **values):
        return (
            self.env["mail.compose.message"]
            .with_user(self.bob)
            .with_context(**QUIET)
            .create(
                {
                    "composition_mode": mode,
                    "model": "res.partner",
                    "res_ids": str(self.customer.ids),
                    "partner_ids": self.customer.ids,
                    "subject": "x",
                    "body": "x",
                    "force_send": False,
                    **values,
                }
            )
        )

    def compose(self):
        self.composer().action_send_mail()

    def compose_for_many(self):
        self.composer("mass_mail").action_send_mail()

    def compose_for_later(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        self.composer(scheduled_date=later).action_schedule_message()

    WAYS = (
        mail,
        write_in_the_web_client,
        mention_in_a_note,
        write_to_an_address,
        write_to_a_follower,
        write_later,
        compose,
        compose_for_many,
        compose_for_later,
    )

    def test_his_mails_to_people_outside_are_refused(self):
        for way in self.WAYS:
            with self.subTest(way=way.__name__):
                self.assertRefused(way, self)

    def test_the_relay_takes_it_where_the_company_says_so(self):
        self.env.company.smtp_policy = "relay"
        for way in (self.mail, self.compose, self.compose_for_many):
            with self.subTest(way=way.__name__):
                self.assertMails(way)

    def test_the_policy_is_that_of_the_records_company(self):
        other = self.env["res.company"].create({"name": "O", "smtp_policy": "relay"})
        self.bob.company_ids |= other
        self.customer.company_id = other
        self.assertMails(self.mail)

    def test_what_waits_is_refused_when_the_mailbox_is_gone(self):
        self.give_account(self.bob, self.start_server())
        self.compose_for_later()
        self.bob.smtp_server_ids.unlink()
        waiting = self.env["mail.scheduled.message"].search([])
        self.assertRefused(waiting._post_message)

    # -- what is not his letter, or stays in the house

    def test_colleagues_are_told(self):
        self.assertMails(self.mail, self.alice.partner_id)

    def test_a_note_is_written(self):
        self.record.message_post(body="x", message_type="comment")
        self.assertIn("x", self.customer.message_ids[0].body)

    def test_what_odoo_tells_by_itself_leaves(self):
        self.assertMails(
            self.record.with_user(SUPERUSER_ID).message_post,
            body="Your order is on its way",
            message_type="notification",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )

    def test_a_noted_change_stays_in_the_house(self):
        """It must not keep him from working, and holds what he typed."""
        self.customer.message_subscribe((self.customer | self.alice.partner_id).ids)
        self.patch(
            type(self.customer),
            "_track_subtype",
            lambda *_args: self.env.ref("mail.mt_comment"),
        )
        before = self.outgoing()
        self.record._message_track(
            ["name"], {self.customer.id: {"name": "Former", "id": self.customer.id}}
        )
        told = (self.outgoing() - before).recipient_ids
        self.assertEqual(told, self.alice.partner_id)

    def mailing_of_the_company(self):
        self.env.company.email = "office@example.com"
        model = self.env["ir.model"]._get_id("res.partner")
        template = self.env["mail.template"].create(
            {"name": "x", "model_id": model, "email_from": "office@example.com"}
        )
        return self.composer("mass_mail", template_id=template.id)

    def test_a_mailing_in_the_name_of_the_company_is_not_his(self):
        self.assertRefused(self.mailing_of_the_company().action_send_mail)

    def test_an_administrator_mails_in_the_name_of_the_company(self):
        self.bob.group_ids |= self.env.ref("base.group_system")
        before = self.outgoing()
        self.mailing_of_the_company().action_send_mail()
        mail = self.outgoing() - before
        self.assertEqual(mail.email_from, "office@example.com")

    def test_passwords_and_invitations_leave(self):
        admin = self.make_user("ada", "base.group_system,base.group_user")
        self.env["res.users"].with_user(admin).with_context(create_user=True).create(
            {
                "name": "Portia",
                "login": CUSTOMER,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        with self.relay() as relay:
            self.bob.with_user(admin).action_reset_password()
            self.assertEqual(relay.received[0].recipients, ["bob@example.com"])

    # -- seen before sending

    def test_the_composer_says_who_sends(self):
        composer = self.composer()
        self.assertEqual(composer.sender_policy, "block")
        self.assertIn("no mailbox yet", composer.sender_line)
        way = composer.action_visit_mail_account()
        self.assertEqual(way["url"], f"/odoo/my-preferences/{self.bob.id}")
        self.give_account(self.bob, self.start_server())
        composer = self.composer()
        self.assertEqual(composer.sender_policy, "own")
        self.assertEqual(
            composer.sender_line, "Bob <bob@example.com> via localhost, verified"
        )

    def test_the_composer_warns_once_somebody_outside_is_written_to(self):
        composers = self.env["mail.compose.message"].with_user(self.bob)
        context = {
            "default_model": "res.partner",
            "default_res_ids": self.customer.ids,
            "default_composition_mode": "comment",
            "clicked_on_full_composer": True,
        }
        with Form(composers.with_context(**context)) as form:
            form.subject = "x"
            form.partner_ids.add(self.alice.partner_id)
            self.assertFalse(form.sender_policy)
            form.partner_ids.add(self.customer)
            self.assertEqual(form.sender_policy, "block")

    def test_the_chatter_says_who_sends(self):
        users = self.env["res.users"].with_user(self.bob)
        answer = users.get_mail_sender("res.partner", self.customer.id)
        self.assertEqual(answer["policy"], "block")
        self.assertIn("no mailbox yet", answer["line"])
        self.customer.company_id = self.env["res.company"].create({"name": "Other"})
        self.env.company.smtp_policy = "relay"
        self.assertEqual(users.get_mail_sender()["policy"], "relay")
        with self.assertRaises(AccessError):
            users.get_mail_sender("res.partner", self.customer.id)
        portal = self.make_user("portia", "base.group_portal")
        with self.assertRaises(AccessError):
            users.with_user(portal).get_mail_sender()
