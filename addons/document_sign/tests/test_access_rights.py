"""Each access right, as each role has it."""

from odoo.tests import tagged

from odoo.addons.document_flow.tests.rights import AccessRightsMixin, add_tests

from .common import SealCase


@tagged("post_install", "-at_install")
class TestAccessRights(AccessRightsMixin, SealCase):
    ROLES = ("employee", "user", "numbering", "manager")
    RIGHTS = {
        "document.acceptance": ("", "r", "r", "r"),
        "document.code": ("", "", "", "r"),
        "document.event": ("", "r", "r", "r"),
        "document.seal": ("", "", "", "r"),
        "document.signature": ("", "r", "r", "r"),
        "document.signer": ("", "r", "r", "r"),
        "document.signer.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "document.signing": ("", "r", "r", "r"),
        "document.signing.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "document.signing.wizard.signer": ("", "rwcd", "rwcd", "rwcd"),
    }
    OUTSIDERS = ("customer", "visitor")

    def test_the_table_knows_every_model(self):
        ours = {
            model._name
            for model in self.env.values()
            if model._original_module == "document_sign" and model._auto
        }
        self.assertEqual(ours, set(self.RIGHTS))


add_tests(TestAccessRights, "document_sign")
