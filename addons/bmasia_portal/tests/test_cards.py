from lxml import etree

from odoo.tests import TransactionCase

OURS = ("bmasia.", "document.", "mail.delivery")


class TestCards(TransactionCase):
    """On a phone Odoo shows rows as cards; without a view it makes one up that says the
    name alone."""

    def test_rows_in_the_form_of_a_document_are_cards_that_say_something(self):
        documents = self.env["document.mixin"]._inherit_children
        missing = set()
        for model in sorted(self.concrete(documents)):
            form = self.env[model].get_views([(False, "form")], {"mobile": True})
            arch = etree.fromstring(form["views"]["form"]["arch"])
            for node in arch.iter("field"):
                field = self.env[model]._fields.get(node.get("name"))
                if any(parent.tag == "field" for parent in node.iterancestors()):
                    continue
                if field is None or field.type not in ("one2many", "many2many"):
                    continue
                if node.get("widget") or node.find("kanban") is not None:
                    continue
                own_list = node.find("list") is not None
                if own_list and "kanban" not in node.get("mode", ""):
                    missing.add((model, field.name, "its list alone"))
                if not self.has_cards(field.comodel_name):
                    missing.add((model, field.name, field.comodel_name))
        self.assertFalse(missing)

    def test_what_my_day_leads_to_is_cards_on_a_phone(self):
        names = self.env["document.todo.mixin"]._inherit_children
        models = self.concrete(names)
        self.assertIn("bmasia.payment.claim", models)
        listed = {model for model in models if self.has_view(model, "list")}
        missing = {model for model in listed if not self.has_cards(model)}
        self.assertFalse(missing)

    def concrete(self, names):
        """The models among them and their children that have records."""
        found = set()
        for name in names:
            model = self.env[name]
            if model._abstract:
                found |= self.concrete(model._inherit_children)
            else:
                found.add(name)
        return found

    def has_cards(self, model):
        return not model.startswith(OURS) or self.has_view(model, "kanban")

    def has_view(self, model, kind):
        views = self.env["ir.ui.view"].sudo()
        return bool(views.search_count([("model", "=", model), ("type", "=", kind)]))
