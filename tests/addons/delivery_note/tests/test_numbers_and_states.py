"""A delivery note has its number once, and changes its state by its table only."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.document_flow.tools.transitions import forbidden

from .common import NoteCase


@tagged("post_install", "-at_install")
class TestNumbersAndStates(NoteCase):
    def test_a_draft_has_no_number_and_says_what_it_is(self):
        note = self.note()
        self.assertFalse(note.name)
        self.assertEqual(note.display_name, "Draft delivery note · Ada")

    def test_numbers_are_counted_per_entity_without_gaps(self):
        self.first.number_preset = "year"
        year = f"{self.note()._today():%y}"
        names = [self.sent_note().name for _each in range(2)]
        self.assertEqual(names, [f"AA-DN{year}001", f"AA-DN{year}002"])

    def test_a_number_is_counted_per_day_where_the_entity_wants_that(self):
        self.first.number_preset = "day"
        note = self.sent_note()
        self.assertEqual(note.name, f"DN-{note._today():%Y-%m%d}-001")
        with self.assertRaises(UserError):
            note.unlink()

    def test_it_is_sent_then_delivered(self):
        note = self.sent_note()
        self.assertEqual(note.state, "sent")
        note.action_deliver()
        self.assertEqual(note.state, "delivered")
        self.assertEqual(note.delivered_date, note._today())

    def test_every_other_transition_is_refused(self):
        notes = self.env["delivery.note"]
        states = notes._fields["state"].get_values(self.env)
        others = forbidden(notes._transitions, states)
        self.assertEqual(len(others), 4)
        for old, new in others:
            note = self.note().sudo()
            note._write_state({"state": old})
            with self.subTest(old=old, new=new), self.assertRaises(UserError):
                note._transition_to(new)

    def test_only_users_of_documents_may_say_that_it_arrived(self):
        note = self.sent_note()
        with self.assertRaises(AccessError):
            note.with_user(self.clerk).action_deliver()

    def test_what_was_sent_is_closed(self):
        note = self.sent_note()
        for name, value in {"goods": "3 players", "date": "2020-01-01"}.items():
            with self.subTest(name), self.assertRaises(UserError):
                note.write({name: value})
