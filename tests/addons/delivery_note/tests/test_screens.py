"""Its screens are the shared ones; what it adds is in its form."""

from lxml import etree

from odoo.tests import Form, tagged

from .common import GOODS, NoteCase


@tagged("post_install", "-at_install")
class TestScreens(NoteCase):
    def arch(self, view_type):
        notes = self.env["delivery.note"].with_user(self.ann)
        return etree.fromstring(notes.get_view(view_type=view_type)["arch"])

    def test_list_kanban_and_search_are_the_shared_ones(self):
        for view_type in ("list", "kanban", "search"):
            with self.subTest(view_type):
                names = {node.get("name") for node in self.arch(view_type).iter()}
                self.assertLessEqual({"partner_id", "user_id"}, names)
                states = {"search": "by_state"}.get(view_type, "state")
                self.assertIn(states, names)

    def test_a_draft_is_written_in_its_form(self):
        with Form(self.env["delivery.note"].with_user(self.ann)) as form:
            form.partner_id = self.ada
            form.goods = GOODS
        note = form.record
        self.assertEqual((note.company_id, note.user_id), (self.first, self.ann))
        self.assertEqual(note.state, "draft")

    def test_the_form_offers_what_every_document_has(self):
        names = {button.get("name") for button in self.arch("form").iter("button")}
        wanted = {"action_send", "action_print", "action_cancel_mail", "action_deliver"}
        self.assertLessEqual(wanted, names)
        fields = {field.get("name") for field in self.arch("form").iter("field")}
        self.assertLessEqual({"delivery_ids", "archive_ids", "goods", "state"}, fields)
