"""Who had REST within BMAsia CRM has it after the upgrade, however that is done."""

from odoo.modules.migration import load_script
from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path


@tagged("post_install", "-at_install")
class TestRestMigration(TransactionCase):
    def test_the_upgrade_of_the_crm_installs_it(self):
        addon = self.env.ref("base.module_bmasia_rest")
        for before, after in (
            ("uninstalled", "to install"),
            ("installed", "installed"),
            ("to install", "to install"),
        ):
            with self.subTest(before):
                addon.state = before
                self.env.flush_all()
                self.script().migrate(self.env.cr, "19.0.1.2.0")
                addon.invalidate_recordset()
                self.assertEqual(addon.state, after)

    def script(self):
        path = "bmasia_crm/migrations/19.0.1.3.0/post-rest-addon.py"
        return load_script(file_path(path), "post-rest-addon")
