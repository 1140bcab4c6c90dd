from unittest.mock import patch

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestUpgradeOfBase(TransactionCase):
    """``odoo -u base``, which a new Odoo brings along, checks base's views when no
    other addon is loaded yet, and with them the primary views that are made of them.
    """

    def test_views_that_are_made_of_base_s_stand_on_base_alone(self):
        names = self.env["ir.model.data"].search(
            [("module", "=", "base"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(names.mapped("res_id")).exists()
        changed = views.filtered("inherit_children_ids")
        self.assertTrue(changed)
        loading = {"_init": True, "_init_modules": set()}
        with patch.multiple(self.registry, **loading):
            for view in changed.with_context(install_module="base"):
                with self.subTest(view=view.xml_id):
                    view._check_xml()
