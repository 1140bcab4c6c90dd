"""A line stays on the document that it was made for, whichever kind it is of."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CrmCase
from .entities import EntityWorld


@tagged("post_install", "-at_install")
class TestPartsStay(EntityWorld, CrmCase):
    def parts(self):
        """Two records of each kind of part, of two documents."""
        for name in self.registry.descendants(["document.part.mixin"], "_inherit"):
            model = self.env[name]
            if model._abstract or not model._auto:
                continue
            found = model.sudo().search([])
            first = found[:1]
            others = found.filtered(
                lambda part, first=first: part._document() != first._document()
            )
            self.assertTrue(others, f"Make two of {name} in tests/entities.py.")
            yield first, others[0]

    def test_none_moves_to_another_document(self):
        tried = 0
        for part, other in self.parts():
            field, target = part._document_field, other._document().id
            for user in (self.env.ref("base.user_root"), self.norbert):
                mine = part.with_user(user)
                with self.subTest(part=part._name, user=user.login):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        mine.write({field: target})
                    tried += 1
        self.assertGreater(tried, 10)

    def test_it_says_so_and_takes_what_it_has_already(self):
        quote, other = self.quote(), self.quote()
        line = quote.line_ids[0]
        with self.assertRaisesRegex(UserError, "stays on its document"):
            line.quote_id = other
        with self.assertRaisesRegex(UserError, "stays on its document"):
            other.write({"line_ids": [(4, line.id)]})
        line.write({"quote_id": quote.id, "quantity": 3})
        self.assertEqual(quote.line_ids.quantity, 3)
