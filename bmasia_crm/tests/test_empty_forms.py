"""A form or a dialog that is opened about nothing says so, and does not break."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestEmptyForms(CrmCase):
    def own(self):
        """All models of BMAsia CRM and of documents that have a form."""
        for name, model in sorted(self.env.registry.items()):
            if name.startswith(("bmasia.", "document.")) and not model._abstract:
                yield self.env[name].with_user(self.norbert)

    def spec(self, model):
        return {
            name: {}
            for name, field in model._fields.items()
            if not field.groups and field.type not in ("one2many", "properties")
        }

    def test_every_form_opens_about_nothing(self):
        for model in self.own():
            with self.subTest(model._name):
                try:
                    model.onchange({}, [], self.spec(model))
                except UserError as error:
                    self.assertTrue(str(error))
