from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import email_normalize

from .common import AccountCase


@tagged("post_install", "-at_install")
class TestForging(AccountCase):
    """Bob tries to write as Alice."""

    def setUp(self):
        super().setUp()
        self.as_alice = {
            "author_id": self.alice.partner_id.id,
            "email_from": '"Alice" <alice@example.com>',
        }
        self.as_customer = {
            "author_id": self.customer.id,
            "email_from": self.customer.email_formatted,
        }

    def assertBobs(self, message):
        self.assertEqual(message.author_id, self.bob.partner_id)
        self.assertEqual(email_normalize(message.email_from), "bob@example.com")
        self.assertEqual(email_normalize(message.reply_to), "bob@example.com")

    def attempts(self):
        yield from (self.as_alice, self.as_customer)
        yield from ({name: value} for name, value in self.as_alice.items())
        yield {"author_id": False, "email_from": "ceo@example.com"}

    def test_by_posting(self):
        for values in self.attempts():
            with self.subTest(values=values):
                self.assertBobs(self.post(self.bob, **values).mail_message_id)

    def test_by_notifying(self):
        record = self.customer.with_user(self.bob)
        for values in self.attempts():
            with self.subTest(values=values):
                message = record.message_notify(
                    body="x", partner_ids=self.customer.ids, **values
                )
                self.assertBobs(message)

    def test_by_making_or_changing_the_message_itself(self):
        messages = self.env["mail.message"].with_user(self.bob)
        place = {"model": "res.partner", "res_id": self.customer.id, "body": "x"}
        for values in self.attempts():
            with self.subTest(values=values):
                self.assertBobs(messages.create({**place, **values}))
        context = {f"default_{name}": value for name, value in self.as_alice.items()}
        self.assertBobs(messages.with_context(**context).create(place))
        message = messages.create(place)
        for name, value in self.as_alice.items():
            with self.subTest(name=name), self.assertRaises(AccessError):
                message.write({name: value})
        message.write({"body": "edited", "email_from": message.email_from})

    def test_nobody_edits_or_deletes_what_another_wrote(self):
        """Core lets everybody do that who may write the document."""
        place = {
            "model": "res.partner",
            "res_id": self.customer.id,
            "body": "As agreed",
        }
        messages = self.env["mail.message"]
        note = messages.with_user(self.alice).create(
            {**place, "message_type": "comment"}
        )
        incoming = messages.create(
            {**place, "message_type": "email", "author_id": self.customer.id}
        )
        for message in (note, incoming):
            mine = message.with_user(self.bob)
            other = self.env["res.partner"].create({"name": "Elsewhere"})
            for values in (
                {"body": "Forged"},
                {"subject": "Forged"},
                {"res_id": other.id},
                {"attachment_ids": False},
                {"date": "2020-01-01"},
                {"message_type": "notification"},
            ):
                with self.subTest(values=values), self.assertRaises(AccessError):
                    mine.write(values)
            with self.assertRaises(AccessError):
                mine.unlink()
            self.assertIn("As agreed", message.body)
        note.with_user(self.alice).write({"body": "As agreed, and more"})
        note.with_user(self.alice).unlink()

    def test_inviting_by_mail_is_no_way_past_the_policy(self):
        """Core makes that mail as superuser, in the name of who invites."""
        self.env.company.smtp_policy = "block"
        stranger = new_test_user(self.env, "ines@example.com", "base.group_user")
        stranger.email = "ines@example.com"
        channel = (
            self.env["discuss.channel"]
            .with_user(stranger)
            .create({"name": "Our bank has changed", "channel_type": "group"})
        )
        with self.assertRaises(UserError) as refused:
            channel.invite_by_email(["out@example.com"])
        self.assertIn("no mailbox yet", str(refused.exception))
        mails = [("email_to", "=", "out@example.com")]
        self.assertFalse(self.env["mail.mail"].search(mails))

    def test_by_the_composer(self):
        composers = self.env["mail.compose.message"].with_user(self.bob)
        for mode in ("comment", "mass_mail"):
            with self.subTest(mode=mode):
                composer = composers.create(
                    {
                        "composition_mode": mode,
                        "model": "res.partner",
                        "res_ids": str(self.customer.ids),
                        "partner_ids": self.customer.ids,
                        "subject": "x",
                        "body": "x",
                        "force_send": False,
                        "auto_delete": False,
                        "auto_delete_keep_log": True,
                        **self.as_alice,
                    }
                )
                mails, messages = composer._action_send_mail()
                self.assertBobs(messages or mails.mail_message_id)

    def test_by_a_template(self):
        template = self.env["mail.template"].create(
            {
                "name": "As Alice",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "email_from": "alice@example.com",
                "partner_to": "{{ object.id }}",
                "subject": "x",
                "body_html": "<p>x</p>",
            }
        )
        own = template.with_user(self.bob)
        mails = self.env["mail.mail"].sudo()
        for values in ({}, {"email_from": "ceo@example.com"}):
            with self.subTest(values=values):
                mail = mails.browse(
                    own.send_mail(self.customer.id, email_values=values)
                )
                self.assertBobs(mail.mail_message_id)
        form = Form(
            self.env["mail.compose.message"]
            .with_user(self.bob)
            .with_context(
                default_model="res.partner",
                default_res_ids=self.customer.ids,
                default_template_id=template.id,
            )
        )
        _mails, message = form.save()._action_send_mail()
        self.assertBobs(message)

    def test_a_template_may_speak_for_the_company(self):
        self.env.company.email = "office@example.com"
        template = self.env["mail.template"].create(
            {
                "name": "Company",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "email_from": "{{ user.company_id.email }}",
                "partner_to": "{{ object.id }}",
                "subject": "x",
                "body_html": "<p>x</p>",
            }
        )
        mail_id = template.with_user(self.bob).send_mail(self.customer.id)
        mail = self.env["mail.mail"].sudo().browse(mail_id)
        self.assertEqual(mail.email_from, "office@example.com")

    def test_by_taking_the_address(self):
        own = self.bob.with_user(self.bob)
        for address in (
            "alice@example.com",
            "ALICE@Example.com",
            "Al <alice@example.com>",
        ):
            with self.subTest(address=address), self.assertRaises(ValidationError):
                own.email = address
        with self.assertRaises(ValidationError):
            own.partner_id.write({"email": "alice@example.com"})
        own.email = "robert@example.com"
        self.assertEqual(own.email, "robert@example.com")

    def test_by_taking_the_address_of_an_account(self):
        self.give_account(
            self.alice,
            self.start_server(),
            smtp_email="sales@example.com",
            smtp_login="alice@example.com",
        )
        own = self.bob.with_user(self.bob)
        with self.assertRaises(ValidationError):
            own.email = "sales@example.com"
        with self.assertRaises(ValidationError):
            self.set_account(
                self.bob, self.start_server(), smtp_email="sales@example.com"
            )

    def test_by_an_account_with_the_address_of_odoo_itself(self):
        self.env["mail.alias.domain"].create(
            {"name": "relay.example", "default_from": "notifications"}
        )
        with self.assertRaises(ValidationError):
            self.set_account(
                self.bob, self.start_server(), smtp_email="notifications@relay.example"
            )

    def test_by_the_server_of_a_colleague(self):
        self.give_account(self.alice, self.start_server())
        server = self.alice.smtp_server_ids
        message = self.post(self.bob).mail_message_id
        with self.assertRaises(ValidationError):
            self.env["mail.mail"].create(
                {"mail_message_id": message.id, "mail_server_id": server.id}
            )

    def test_superuser_code_still_speaks_for_others(self):
        record = self.customer.with_user(self.bob).sudo()
        message = record.message_post(body="From the portal", **self.as_customer)
        self.assertEqual(message.author_id, self.customer)
        self.assertEqual(message.email_from, self.customer.email_formatted)

    def test_mail_that_comes_in_keeps_its_author(self):
        message = self.customer.message_post(
            body="Answer", message_type="email", **self.as_customer
        )
        self.assertEqual(message.author_id, self.customer)

    def test_a_customer_in_the_portal_writes_in_their_own_name(self):
        portal = self.make_user("portia", "base.group_portal")
        message = portal.partner_id.with_user(portal).sudo().message_post(body="Hello")
        self.assertEqual(message.author_id, portal.partner_id)
