from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, AccountCase
from .mailbox import STARTTLS

MAILBOX = "mail_user_smtp.res_users_view_form_mailbox"


@tagged("post_install", "-at_install")
class TestSuggestion(AccountCase):
    """What the address tells, so that the password is all there is to type."""

    def user_at(self, address):
        self.alice.email = address
        return self.alice.with_user(self.alice)

    def test_the_address_tells_the_provider(self):
        for address, preset, host in (
            ("mint@gmail.com", "gmail", "smtp.gmail.com"),
            ("Mint@GoogleMail.com", "gmail", "smtp.gmail.com"),
            ("mint@outlook.com", "microsoft", "smtp.office365.com"),
            ("mint@zoho.com", "zoho", "smtp.zoho.com"),
            ("mint@ymail.com", "yahoo", "smtp.mail.yahoo.com"),
            ("mint@me.com", "icloud", "smtp.mail.me.com"),
            ("mint@example.org", False, False),
        ):
            with self.subTest(address=address):
                own = self.user_at(address)
                self.assertEqual((own.smtp_preset, own.smtp_host), (preset, host))
                self.assertEqual(own.smtp_email, address.lower())
                self.assertEqual(own.smtp_state, "none")
                self.assertFalse(self.alice.smtp_server_ids)

    def test_the_password_alone_makes_the_account(self):
        own = self.user_at("mint@gmail.com")
        with Form(own, view=MAILBOX) as form:
            form.smtp_password = "abcd efgh ijkl mnop"
        self.assertEqual(own.smtp_state, "untested")
        self.assertEqual((own.smtp_host, own.smtp_port), ("smtp.gmail.com", 587))
        self.assertEqual(own.smtp_login, "mint@gmail.com")

    def test_without_an_address_the_login_is_one(self):
        self.alice.write({"login": "mint@gmail.com", "email": False})
        own = self.alice.with_user(self.alice)
        self.assertEqual(own.smtp_email, "mint@gmail.com")
        own.smtp_password = PASSWORD
        self.assertEqual(own.smtp_email, "mint@gmail.com")
        self.assertEqual(own.smtp_host, "smtp.gmail.com")

    def test_the_administrator_names_the_provider_of_the_companys_domain(self):
        params = self.env["ir.config_parameter"].sudo()
        params.set_param("mail_user_smtp.domains", "example.com = gmail, x=y")
        own = self.alice.with_user(self.alice)
        self.assertEqual(own.smtp_preset, "gmail")
        own.smtp_password = PASSWORD
        self.assertEqual(own.smtp_host, "smtp.gmail.com")

    def test_another_address_typed_brings_its_provider(self):
        own = self.alice.with_user(self.alice)
        with Form(own, view=MAILBOX) as form:
            form.smtp_email = "alice@icloud.com"
            self.assertEqual(form.smtp_preset, "icloud")
            self.assertEqual(form.smtp_host, "smtp.mail.me.com")
            self.assertEqual(form.smtp_login, "alice@icloud.com")
            form.smtp_password = PASSWORD
        self.assertEqual(own.smtp_email, "alice@icloud.com")

    def test_an_unknown_address_needs_a_server(self):
        with self.assertRaises(UserError) as refused:
            self.alice.with_user(self.alice).smtp_password = PASSWORD
        self.assertIn("Choose a provider", str(refused.exception))

    def test_microsoft_comes_with_its_warning(self):
        view = self.env.ref(MAILBOX)
        arch = self.env["res.users"].with_user(self.alice).get_view(view.id)["arch"]
        self.assertIn("from December 2026", arch)
        self.assertIn("Outlook sign-in", arch)


@tagged("post_install", "-at_install")
class TestAdministratorsList(AccountCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user("ada", "base.group_erp_manager")

    def activities(self, user):
        return user._mailbox_activities()

    def remind(self, users):
        return users.with_user(self.admin).action_remind_smtp()

    def test_a_reminder_stays_until_the_mailbox_works(self):
        self.assertTrue(self.remind(self.alice + self.bob))
        self.assertTrue(self.remind(self.alice))
        activity = self.activities(self.alice)
        self.assertEqual(len(activity), 1, "one is enough")
        self.assertEqual(activity.user_id, self.alice)
        self.assertIn("/odoo/my-preferences/", activity.note)
        self.assertTrue(activity.with_user(self.alice).read(["summary"]))
        self.give_account(self.alice, self.start_server())
        self.assertFalse(self.activities(self.alice))
        self.assertTrue(self.activities(self.bob))

    def test_a_reminder_is_no_mail(self):
        before = self.env["mail.mail"].sudo().search_count([])
        self.remind(self.alice)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)

    def test_whose_mailbox_works_is_left_in_peace(self):
        self.give_account(self.alice, self.start_server())
        self.remind(self.alice)
        self.assertFalse(self.activities(self.alice))

    def test_the_list_shows_state_and_last_check_and_nothing_else(self):
        view = self.env.ref("mail_user_smtp.res_users_view_list_mailbox")
        users = self.env["res.users"].with_user(self.admin)
        arch = users.get_view(view.id)["arch"]
        for name in ("smtp_state", "smtp_checked_at", "action_remind_smtp"):
            self.assertIn(name, arch)
        for name in ("smtp_host", "smtp_login", "smtp_email", "smtp_error"):
            self.assertNotIn(name, arch)
        self.give_account(self.alice, self.start_server(STARTTLS))
        (seen,) = self.alice.with_user(self.admin).web_read(
            {"name": {}, "smtp_state": {}, "smtp_checked_at": {}}
        )
        self.assertEqual(seen["smtp_state"], "ok")
        self.assertTrue(seen["smtp_checked_at"])

    def test_several_are_cleared_at_once(self):
        server = self.start_server()
        self.give_account(self.alice, server)
        self.give_account(self.bob, server)
        (self.alice + self.bob).with_user(self.admin).action_clear_smtp()
        self.assertFalse((self.alice + self.bob).smtp_server_ids)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_colleagues_cannot(self):
        for method in ("action_remind_smtp", "action_clear_smtp"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(self.alice.with_user(self.bob), method)()
