from odoo.tests import TransactionCase, tagged

from odoo.addons.encrypted_field.tests.common import new_key, use_keys


@tagged("post_install", "-at_install")
class TestUninstalling(TransactionCase):
    """Before an uninstallation its dialog says which passwords it costs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(use_keys(new_key()))
        cls.env["ir.mail_server"].with_context(active_test=False).search([]).unlink()

    def lost_with(self, addon):
        module = self.env["ir.module.module"].search([("name", "=", addon)])
        values = {"module_ids": module.ids}
        return self.env["base.module.uninstall"].create(values).lost_secrets

    def make_server(self, name, **values):
        values = {"name": name, "smtp_host": "mail.example.com", **values}
        return self.env["ir.mail_server"].create(values)

    def test_passwords_that_are_lost_are_counted(self):
        self.make_server("One", smtp_user="one", smtp_pass="a")
        self.make_server("Two", smtp_user="two", smtp_pass="b")
        self.make_server("Three")
        kind = self.env["ir.model"]._get("ir.mail_server").name
        for addon in ("mail_user_smtp", "encrypted_field"):
            self.assertIn(f"{kind}, Password: 2", self.lost_with(addon).split("\n"))

    def test_nothing_is_said_where_nothing_is_lost(self):
        self.assertNotIn("Password", self.lost_with("mail_user_smtp") or "")
        self.make_server("One", smtp_user="one", smtp_pass="a")
        self.assertFalse(self.lost_with("auth_signup"))

    def test_the_dialog_shows_it(self):
        arch = self.env["base.module.uninstall"].get_view(view_type="form")["arch"]
        self.assertIn('invisible="not lost_secrets"', arch)
