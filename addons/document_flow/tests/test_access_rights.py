"""Each access right, as each role has it."""

from odoo.tests import TransactionCase, new_test_user, tagged

from .rights import AccessRightsMixin, add_tests


@tagged("post_install", "-at_install")
class TestAccessRights(AccessRightsMixin, TransactionCase):
    ROLES = ("employee", "user", "numbering", "manager")
    RIGHTS = {
        "document.answer.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "document.attempt": ("", "", "", "r"),
        "document.link": ("", "r", "r", "r"),
        "document.question": ("", "r", "r", "r"),
        "document.number": ("", "", "r", "r"),
        "document.send.request": ("", "", "", "r"),
        "document.send.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "document.copies.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "document.reminder": ("", "r", "r", "r"),
        "document.reminder.step": ("", "", "", "rwcd"),
        "document.send.batch": ("", "r", "r", "r"),
        "document.send.batch.line": ("", "r", "r", "r"),
        "res.company": ("r", "r", "r", "rw"),
        "res.bank": ("r", "r", "r", "rwcd"),
    }
    OUTSIDERS = ("customer", "visitor")
    SHARED = {"res.company", "res.bank"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role, group in {
            "employee": "base.group_user",
            "user": "document_flow.group_user",
            "numbering": "document_flow.group_numbering",
            "manager": "document_flow.group_manager",
            "customer": "base.group_portal",
            "visitor": "base.group_public",
        }.items():
            setattr(cls, role, new_test_user(cls.env, f"{role}@example.com", group))

    def test_the_table_knows_every_model(self):
        ours = {
            model._name
            for model in self.env.values()
            if model._original_module == "document_flow" and model._auto
        }
        self.assertEqual(ours, set(self.RIGHTS) - self.SHARED)


add_tests(TestAccessRights, "document_flow")
