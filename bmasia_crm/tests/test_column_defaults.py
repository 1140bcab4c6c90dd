"""Who writes a row of core's tables without the ORM knows nothing of our columns."""

from odoo.tests import TransactionCase, tagged

from .entities import own_addons


@tagged("post_install", "-at_install")
class TestColumnDefaults(TransactionCase):
    def setUp(self):
        super().setUp()
        self.ours = own_addons(self.env)

    def test_each_column_that_we_require_of_others_has_a_default(self):
        required = self.required_columns()
        added = {
            (model._table, field.name)
            for model in self.env.values()
            if model._auto and model._original_module not in self.ours
            for field in model._fields.values()
            if self.requires(field)
        }
        self.assertIn(("ir_mail_server", "user_smtp_state"), added)
        self.assertGreater(len(added), 5)
        self.assertEqual([c for c in sorted(added) if not required.get(c, True)], [])

    def test_default_is_the_one_of_the_field(self):
        """As core's own neutralisation writes it."""
        self.env.cr.execute(
            "INSERT INTO ir_mail_server (name, smtp_port, smtp_host, smtp_encryption,"
            " active, smtp_authentication)"
            " VALUES ('Dummy', 1025, 'invalid', 'none', true, 'login') RETURNING id"
        )
        server = self.env["ir.mail_server"].browse(self.env.cr.fetchone())
        self.assertEqual(server.user_smtp_state, "untested")
        self.env.cr.execute(
            "INSERT INTO res_company (name, partner_id, currency_id, layout_background)"
            " SELECT 'By SQL', partner_id, currency_id, 'Blank' FROM res_company"
            " LIMIT 1 RETURNING id"
        )
        company = self.env["res.company"].browse(self.env.cr.fetchone())
        names = [f.name for f in company._fields.values() if self.requires(f)]
        defaults = company.default_get(names)
        self.assertEqual({name: company[name] for name in names}, defaults)

    def requires(self, field):
        """Whether we added it, and require it."""
        return field.store and field.required and self.ours.issuperset(field._modules)

    def required_columns(self):
        """``{(table, column): whether it has a default}`` of what may not be NULL."""
        self.env.cr.execute(
            "SELECT table_name, column_name, column_default IS NOT NULL"
            "  FROM information_schema.columns"
            " WHERE table_schema = current_schema AND is_nullable = 'NO'"
        )
        return {row[:2]: row[2] for row in self.env.cr.fetchall()}
