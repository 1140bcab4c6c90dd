"""Who may read one kind of document learns nothing of the others."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CrmCase
from .entities import EntityWorld


@tagged("post_install", "-at_install")
class TestRolesOfOneKind(EntityWorld, CrmCase):
    def models(self):
        """All models of records that hang on a document of some kind."""
        for model in self.env.values():
            reference = model._fields.get("res_id")
            if (
                not model._abstract
                and hasattr(model, "_entity_path")
                and reference is not None
                and reference.type == "many2one_reference"
                and not hasattr(model, "_plural")
            ):
                yield model

    def test_who_reads_no_document_finds_nothing_that_hangs_on_one(self):
        groups = (
            "document_flow.group_user",
            "document_flow.group_numbering",
            "document_flow.group_manager",
        )
        for group in groups:
            user = new_test_user(self.env, f"{group}@example.com", group)
            user.company_ids = [Command.set(self.env["res.company"].search([]).ids)]
            tried = 0
            for model in self.models():
                mine = model.with_user(user).with_context(
                    allowed_company_ids=user.company_ids.ids
                )
                self.assertTrue(model.search([], limit=1), model._name)
                if mine.has_access("read"):
                    tried += 1
                    with self.subTest(group=group, model=model._name):
                        self.assertEqual(mine.search_count([]), 0)
                        every = model.search([]).with_user(user)
                        self.assertFalse(every._filtered_access("read"))
            self.assertGreater(tried, 1)

    def test_who_reads_some_kinds_finds_what_hangs_on_these(self):
        """Sales reads every kind of BMAsia's; one is taken away."""
        reminders = self.env["document.reminder"]
        kept, lost = (
            reminders.search([("res_model", "=", f"bmasia.{name}")])
            for name in ("quote", "invoice")
        )
        self.assertTrue(kept and lost)
        user = next(iter(self.staff.values()))["user"]
        before = reminders.with_user(user).search([])
        self.assertTrue(before & kept and before & lost)
        self.env.ref("bmasia_crm.access_bmasia_invoice_user").perm_read = False
        after = reminders.with_user(user).search([])
        self.assertEqual(after, before - lost)
