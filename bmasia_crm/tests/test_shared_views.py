"""The screens of all kinds of documents are made from the same views."""

from lxml import etree

from odoo.tests import tagged

from .common import CrmCase

SHARED = ("form", "list", "search")
RIGHTS = {"create": "create", "edit": "write", "delete": "unlink"}


@tagged("post_install", "-at_install")
class TestSharedViews(CrmCase):
    def kinds(self):
        kinds = self.env["document.mixin"]._kinds().values()
        self.assertTrue(kinds)
        return kinds

    def own_view(self, model, view_type):
        views = self.env["ir.ui.view"]
        return views.browse(views.default_view(model._name, view_type))

    def test_every_kind_inherits_the_shared_views(self):
        for model in self.kinds():
            for view_type in SHARED:
                with self.subTest(model=model._name, view=view_type):
                    root = self.own_view(model, view_type)
                    self.assertEqual(root.mode, "primary")
                    while root.inherit_id:
                        root = root.inherit_id
                    base = self.env.ref(f"document_flow.document_view_{view_type}")
                    self.assertEqual(root, base)

    def test_what_is_added_to_the_shared_form_shows_on_every_kind(self):
        self.env["ir.ui.view"].create(
            {
                "name": "document.form.more",
                "model": "document.mixin",
                "inherit_id": self.env.ref("document_flow.document_view_form").id,
                "arch": '<sheet position="inside"><i class="added" /></sheet>',
            }
        )
        for model in self.kinds():
            with self.subTest(model=model._name):
                arch, _view = model._get_view(view_type="form")
                self.assertEqual(len(arch.findall(".//i[@class='added']")), 1)

    def test_a_list_never_adds_up_currencies(self):
        """Odoo's list does, with a rate of 1 where none is stored."""
        seen = set()
        for model in self.env.registry:
            if not model.startswith("bmasia.") or self.env[model]._transient:
                continue
            model = self.env[model]
            for view in self.env["ir.ui.view"].search(
                [("model", "=", model._name), ("type", "=", "list")]
            ):
                arch = etree.fromstring(view.get_combined_arch())
                sums = arch.xpath("./field[@sum]/@name")
                if any(model._fields[name].type == "monetary" for name in sums):
                    seen.add(model._name)
                    with self.subTest(view=view.name):
                        self.assertEqual(arch.get("js_class"), "document_list")
        self.assertLessEqual({"bmasia.invoice", "bmasia.payment"}, seen)

    def test_every_kind_offers_to_send_to_print_and_to_cancel_sending(self):
        for model in self.kinds():
            with self.subTest(model=model._name):
                arch, _view = model._get_view(view_type="form")
                buttons = {button.get("name") for button in arch.iter("button")}
                self.assertLessEqual(
                    {"action_send", "action_print", "action_cancel_mail"}, buttons
                )

    def test_who_may_not_create_has_no_button_for_it(self):
        """Rights are those of the kind, and not of the model of the shared view."""
        seen = set()
        for model in self.kinds():
            for user in (self.nikki, self.pom):
                own = model.with_user(user)
                for view_type in ("form", "list"):
                    root = etree.fromstring(own.get_view(view_type=view_type)["arch"])
                    for button, right in RIGHTS.items():
                        offered = root.get(button, "true").lower() == "true"
                        may = own.has_access(right)
                        seen.add((may, offered))
                        with self.subTest(model._name, user=user.name, right=right):
                            self.assertLessEqual(offered, may)
        self.assertLessEqual({(True, True), (False, False)}, seen)
