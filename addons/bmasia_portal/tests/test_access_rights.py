"""Each access right, as each role has it."""

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.common import CrmCase
from odoo.addons.document_flow.tests.rights import AccessRightsMixin, add_tests


@tagged("post_install", "-at_install")
class TestAccessRights(AccessRightsMixin, CrmCase):
    ROLES = ("nikki", "pom", "norbert")
    RIGHTS = {
        "bmasia.payment.claim": ("r", "r", "r"),
        "bmasia.payment.claim.wizard": ("", "rwcd", "rwcd"),
    }
    OUTSIDERS = ("customer", "visitor")

    def test_the_table_knows_every_model(self):
        ours = {
            model._name
            for model in self.env.values()
            if model._original_module == "bmasia_portal" and model._auto
        }
        self.assertEqual(ours, set(self.RIGHTS))


add_tests(TestAccessRights, "bmasia_portal")
