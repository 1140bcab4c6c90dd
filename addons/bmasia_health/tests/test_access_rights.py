"""Each access right, as each role has it."""

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.common import CrmCase
from odoo.addons.document_flow.tests.rights import AccessRightsMixin, add_tests


@tagged("post_install", "-at_install")
class TestAccessRights(AccessRightsMixin, CrmCase):
    ROLES = ("nikki", "pom", "norbert", "root")
    RIGHTS = {"bmasia.print.time": ("", "", "", "r")}
    OUTSIDERS = ("customer", "visitor")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_users({"root": "base.group_system"})

    def test_the_table_knows_every_model(self):
        ours = {
            model._name
            for model in self.env.values()
            if model._original_module == "bmasia_health" and model._auto
        }
        self.assertEqual(ours, set(self.RIGHTS))

    def test_the_menu_is_for_administrators(self):
        menu = self.env.ref("bmasia_health.menu_health")
        for user in (self.nikki, self.pom, self.norbert, self.root):
            seen = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            with self.subTest(user.login):
                self.assertEqual(menu.id in seen, user == self.root)


add_tests(TestAccessRights, "bmasia_health")
