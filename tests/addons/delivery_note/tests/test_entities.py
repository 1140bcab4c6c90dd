"""A delivery note is seen by those who work with documents of its entity."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import NoteCase


@tagged("post_install", "-at_install")
class TestEntities(NoteCase):
    def test_who_works_for_the_other_entity_reaches_nothing(self):
        note = self.sent_note()
        notes = self.env["delivery.note"].with_user(self.ben)
        self.assertFalse(notes.search([]))
        theirs = note.with_user(self.ben)
        for call in (
            lambda: theirs.read(["goods"]),
            lambda: theirs.write({"user_id": self.ben.id}),
            theirs.action_send,
            theirs.send_email,
            theirs.action_print,
            theirs.action_deliver,
            lambda: self.note().write({"company_id": self.second.id}),
        ):
            with self.assertRaises(AccessError):
                call()
        messages = self.env["mail.message"].with_user(self.ben)
        here = [("model", "=", note._name), ("res_id", "=", note.id)]
        self.assertFalse(messages.search(here))

    def test_employees_portal_and_visitors_have_no_right(self):
        note = self.sent_note()
        for user in (self.clerk, self.customer, self.visitor):
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(user=user.name, operation=operation):
                    self.assertFalse(note.with_user(user).has_access(operation))

    def test_access_delivery_note_user(self):
        for operation in ("read", "write", "create", "unlink"):
            self.assertTrue(self.note().has_access(operation))

    def test_who_is_archived_hands_it_to_a_manager_of_its_entity(self):
        manager = self.person("mia", "document_flow.group_manager", self.first)
        self.ann.document_manager_id = manager
        note = self.sent_note()
        self.ann.active = False
        self.assertEqual(note.user_id, manager)
