from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PASSWORD, AccountCase


@tagged("post_install", "-at_install")
class TestLifecycle(AccountCase):
    """What becomes of an account when its user changes."""

    def test_a_changed_address_in_odoo_leaves_the_account_alone(self):
        server = self.start_server()
        own = self.give_account(self.alice, server)
        own.email = "Alice.Liddell@example.com"
        self.assertEqual(own.smtp_state, "ok")
        self.assertEqual(own.outgoing_mail_server_id, self.alice.smtp_server_ids)
        self.send(self.alice)
        self.assertEqual(server.received[0].sender, "alice@example.com")

    def test_the_nightly_clean_up_keeps_accounts(self):
        server = self.start_server(users={"ali": PASSWORD})
        self.give_account(self.alice, server, smtp_login="ali")
        self.set_account(self.bob, server)
        rows = (self.alice + self.bob).smtp_server_ids
        self.env["res.users"]._gc_personal_mail_servers()
        self.assertEqual(rows.exists(), rows)
        self.assertEqual(len(rows), 2)

    def test_the_clean_up_still_deletes_what_is_not_ours(self):
        stale = self.env["ir.mail_server"].create(
            {
                "name": "Stale",
                "smtp_host": "mail.example.com",
                "smtp_user": "former@example.com",
                "from_filter": "former@example.com",
                "owner_user_id": self.alice.id,
            }
        )
        self.env["res.users"]._gc_personal_mail_servers()
        self.assertFalse(stale.exists())

    def test_a_renamed_user_sends_under_the_new_name(self):
        server = self.start_server()
        self.give_account(self.alice, server)
        self.alice.name = "Alice Liddell"
        self.send(self.alice)
        self.assertEqual(
            server.received[0]["From"], "Alice Liddell <alice@example.com>"
        )

    def test_archiving_a_user_forgets_the_password(self):
        self.give_account(self.alice, self.start_server())
        row = self.alice.smtp_server_ids
        self.alice.active = False
        self.assertFalse(row.exists())
        self.assertFalse(self.alice._get_mail_sender().ready)

    def test_deleting_a_user_does_not_leave_a_server_for_everybody(self):
        eve = self.make_user("eve")
        server = self.start_server(users={eve.login: PASSWORD})
        self.give_account(eve, server)
        row = eve.smtp_server_ids
        eve.unlink()
        self.assertFalse(row.exists())

    def test_a_copy_of_a_user_has_no_account(self):
        self.give_account(self.alice, self.start_server())
        copy = self.alice.copy()
        self.assertFalse(copy.smtp_server_ids)
        self.assertEqual(copy.smtp_state, "none")

    @mute_logger("odoo.sql_db")
    def test_the_row_is_strict(self):
        self.give_account(self.alice, self.start_server())
        row = self.alice.smtp_server_ids
        for values in (
            {"smtp_encryption": "none"},
            {"smtp_encryption": "starttls"},
            {"smtp_encryption": "ssl"},
            {"smtp_debug": True},
            {"owner_user_id": False},
        ):
            with self.subTest(values=values), self.assertRaises(Exception) as refused:
                row.write(values)
                self.env.flush_all()
            self.assertRegex(type(refused.exception).__name__, "CheckViolation|Valid")

    def test_an_address_belongs_to_one_account_only(self):
        server = self.start_server()
        self.give_account(
            self.alice,
            server,
            smtp_email="sales@example.com",
            smtp_login="alice@example.com",
        )
        with self.assertRaises(ValidationError):
            self.set_account(self.bob, server, smtp_email="sales@example.com")

    def test_cores_own_buttons_lead_to_the_account(self):
        own = self.alice.with_user(self.alice)
        action = own.action_setup_outgoing_mail_server("user_smtp")
        self.assertEqual(action["res_id"], self.alice.id)
        self.give_account(self.alice, self.start_server())
        self.assertEqual(own.outgoing_mail_server_type, "user_smtp")
        answer = own.action_test_outgoing_mail_server()
        self.assertEqual(answer["params"]["type"], "success")

    def test_an_account_that_signs_in_with_a_token_counts_too(self):
        """As Odoo's Gmail and Outlook addons make them, without their passwords."""
        types = self.env["res.users"]._fields["outgoing_mail_server_type"]
        self.assertIn("user_smtp", types.get_values(self.env))
        self.patch(
            self.registry["res.users"]._fields["outgoing_mail_server_type"],
            "_selection",
            {**types._selection, "login": "As a token"},
        )
        self.alice.email = "Alice@Example.com"
        row = self.env["ir.mail_server"].create(
            {
                "name": "Token",
                "smtp_host": "smtp.gmail.com",
                "smtp_port": 587,
                "smtp_encryption": "starttls",
                "smtp_user": "alice@example.com",
                "from_filter": "alice@example.com",
                "owner_user_id": self.alice.id,
            }
        )
        own = self.alice.with_user(self.alice)
        self.assertEqual(own.outgoing_mail_server_id, row)
        self.assertEqual(own.smtp_state, "ok")
        sender = own._get_mail_sender()
        self.assertTrue(sender.ready)
        self.assertEqual(sender.host, "smtp.gmail.com")
        own.write({"smtp_preset": "gmail", "smtp_password": "secret"})
        self.assertFalse(row.exists())
        self.assertEqual(own.smtp_state, "untested")
