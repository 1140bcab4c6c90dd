"""A credit note of one line, and of some of its units."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestCreditLine(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sold = cls.issued_invoice(
            cls.line(1000, 5, name="Loudspeaker", kind="one_time", discount=10),
            cls.line(500, name="Cable", kind="one_time"),
            tax_invoice_asked=True,
        )
        cls.speakers = cls.sold.line_ids[0]

    def dialog(self):
        context = {
            "active_model": "bmasia.invoice.line",
            "active_id": self.speakers.id,
        }
        dialogs = self.env["bmasia.credit.line.wizard"]
        return Form(dialogs.with_user(self.pom).with_context(**context))

    def confirmed(self, **values):
        with self.dialog() as form:
            for name, value in values.items():
                setattr(form, name, value)
        action = form.record.action_confirm()
        return self.env["bmasia.invoice"].browse(action["res_id"]).with_user(self.pom)

    def test_the_dialog_proposes_what_is_left(self):
        form = self.dialog()
        self.assertEqual((form.quantity, form.amount_untaxed), (5, 4500))
        form.quantity = 2
        self.assertEqual(form.amount_untaxed, 1800)
        note = self.confirmed(quantity=2, ground="returned", reason="Broken")
        self.assertEqual(note.line_ids.mapped("quantity"), [2])
        self.assertEqual(note.amount_untaxed, 1800)
        self.assertEqual(note.line_ids.reversed_line_id, self.speakers)
        self.assertEqual(
            (note.credit_ground, note.credit_reason), ("returned", "Broken")
        )
        note.action_issue()
        self.assertEqual(self.dialog().quantity, 3)

    def test_without_a_ground_the_tax_invoice_is_not_corrected(self):
        with self.assertRaises(AssertionError), self.dialog() as form:
            form.reason = "Broken"

    def test_more_than_was_invoiced_is_refused(self):
        for quantity in (6, -1, 0):
            with self.subTest(quantity), self.assertRaisesRegex(UserError, "Credit as"):
                self.sold.with_user(self.pom).action_credit(
                    "Broken",
                    line_ids=self.speakers.ids,
                    quantities={str(self.speakers.id): quantity},
                )
        self.assertFalse(self.sold.credit_note_ids)
