from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user, tagged

from .. import hooks
from ..hooks import post_init_hook


@tagged("post_install", "-at_install")
class TestInstallingIntoAWorkingOdoo(TransactionCase):
    """What the installation does to a company that mails already; the hook is called as
    if it ran now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].search([]).action_archive()
        cls.env["res.users.log"].search([]).unlink()
        cls.env["res.company"].search([]).write(
            {"smtp_policy": "block", "smtp_policy_kept": False}
        )
        cls.env["res.company"].search([]).smtp_reply_to_sender = True
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.admin = new_test_user(
            cls.env, "chief@example.com", "base.group_system", email="chief@example.com"
        )
        cls.user = new_test_user(cls.env, "clerk@example.com", "base.group_user")

    def companies(self, name):
        return set(self.env["res.company"].search([]).mapped(name))

    def told(self):
        summary = "Choose who may mail to customers"
        activities = self.env["mail.activity"].search([("summary", "=", summary)])
        return activities.user_id

    def make_server(self, **values):
        return self.env["ir.mail_server"].create(
            {"name": "Company", "smtp_host": "mail.example.com", **values}
        )

    def options(self, **values):
        return patch.dict(hooks.config.options, values)

    def test_a_company_with_a_mail_server_goes_on_as_before(self):
        self.make_server()
        post_init_hook(self.env)
        self.assertEqual(self.companies("smtp_policy"), {"relay"})
        self.assertEqual(self.companies("smtp_policy_kept"), {True})
        # answers, too, go to where they went
        self.assertEqual(self.companies("smtp_reply_to_sender"), {False})

    def test_administrators_are_told_and_nobody_else(self):
        self.make_server()
        post_init_hook(self.env)
        self.assertIn(self.admin, self.told())
        self.assertNotIn(self.user, self.told())

    def test_a_new_database_is_strict(self):
        with self.options(smtp_server="mail.example.com"):
            post_init_hook(self.env)
        self.assertEqual(self.companies("smtp_policy"), {"block"})
        self.assertEqual(self.companies("smtp_reply_to_sender"), {True})
        self.assertFalse(self.told())

    def test_the_server_of_odoos_options_counts_where_people_worked(self):
        self.env["res.users.log"].create({})
        with self.options(smtp_server="localhost"):
            post_init_hook(self.env)
        self.assertEqual(self.companies("smtp_policy"), {"block"})
        with self.options(smtp_server="mail.example.com"):
            post_init_hook(self.env)
        self.assertEqual(self.companies("smtp_policy"), {"relay"})

    def test_somebodys_own_server_is_not_the_companys(self):
        self.make_server(owner_user_id=self.user.id, from_filter="clerk@example.com")
        post_init_hook(self.env)
        self.assertEqual(self.companies("smtp_policy"), {"block"})

    def test_the_notice_ends_with_another_policy_and_not_with_the_same(self):
        self.make_server()
        post_init_hook(self.env)
        self.other.smtp_policy = "relay"
        self.assertTrue(self.other.smtp_policy_kept)
        self.other.smtp_policy = "block"
        self.assertFalse(self.other.smtp_policy_kept)
        self.assertTrue(self.env.company.smtp_policy_kept)

    def test_settings_say_whom_the_other_policy_stops_and_leave_it(self):
        self.make_server()
        post_init_hook(self.env)
        admin = self.admin.with_user(self.admin)
        settings = admin.env["res.config.settings"].create({})
        self.assertTrue(settings.smtp_policy_kept)
        before = settings.smtp_without_mailbox
        self.assertGreaterEqual(before, 2)
        self.user.active = False
        settings.invalidate_recordset()
        self.assertEqual(settings.smtp_without_mailbox, before - 1)
        settings.action_keep_smtp_policy()
        self.assertFalse(self.env.company.smtp_policy_kept)
        self.assertEqual(self.env.company.smtp_policy, "relay")
