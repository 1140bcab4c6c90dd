"""An adjustment in print: the amounts that were asked for, and no VAT."""

from odoo.fields import Command
from odoo.tests import tagged

from .documents import DocumentCase

# what only a tax document says
TAX_WORDS = ("VAT", "ใบลดหนี้", "Tax invoice", "before tax")


@tagged("post_install", "-at_install")
class TestAdjustments(DocumentCase):
    def sold(self, *lines):
        lines = lines or ({"name": "Music", "unit_price": 10000},)
        return self.issued(self.hotel, line_ids=[Command.create(v) for v in lines])

    def credited(self, invoice, net=None):
        """Credit all, or a net amount; what becomes of it without VAT, and with."""
        invoice.action_credit("Closed hotel", ground="ended")
        draft = invoice.credit_note_ids.filtered(lambda note: note.state == "draft")
        if net:
            draft.line_ids.write({"quantity": 1, "unit_price": net})
        draft.action_issue()
        notes = invoice.credit_note_ids
        return [notes.filtered(lambda n, k=k: n.kind == k) for k in KINDS]

    def check_without_tax(self, note):
        text = self.flat(note)
        self.assertIn("Adjustment note", text)
        self.assertIn("not a tax document", text)
        for word in (*TAX_WORDS, f" {note._format_figure(note.amount_tax)}"):
            self.assertNotIn(word, text)
        column = sum(map(note._column_amount, note._paid_lines()))
        self.assertAlmostEqual(column, note.amount_total, 2)
        self.assertEqual(
            [(row["kind"], row["amount"]) for row in note._totals_rows()],
            [("total", note.amount_total)],
        )
        return text

    def test_the_unpaid_part_is_told_as_it_was_asked_for(self):
        invoice = self.sold()
        receipt = self.receipt(invoice, 4000)
        adjustment, note = self.credited(invoice, 7476.64)
        text = self.check_without_tax(adjustment)
        self.assertIn("Music 1 6,700.00", text)
        self.assertIn("Total THB 6,700.00", text)
        self.assertIn("Total of the invoice 10,700.00", text)
        self.assertIn("Correct total 4,000.00", text)
        self.assertIn("Difference 6,700.00", text)
        self.assertIn("Six thousand seven hundred baht only", text)
        text = self.flat(note)
        for words in ("Subtotal 1,214.95", "VAT 7 % 85.05", "1,300.00", receipt.name):
            self.assertIn(words, text)

    def test_a_second_one_starts_from_what_the_first_one_left(self):
        invoice = self.sold()
        first, _note = self.credited(invoice, 2000)
        self.assertIn("Correct total 8,560.00", self.check_without_tax(first))
        both, _note = self.credited(invoice, 3000)
        text = self.check_without_tax(both - first)
        self.assertIn("Total after earlier credit notes 8,560.00", text)
        self.assertIn("Correct total 5,350.00", text)
        self.assertIn("Correct total 8,560.00", self.flat(first), "what it says stays")

    def test_discounts_rates_and_free_lines_are_in_no_column_of_their_own(self):
        invoice = self.sold(
            {"name": "Music", "quantity": 3, "unit_price": 1000, "discount": 10},
            {"name": "Export", "unit_price": 500, "tax_rate": 0},
            {"name": "Player", "unit_price": 0, "list_value": 99},
        )
        adjustment, _note = self.credited(invoice)
        text = self.check_without_tax(adjustment)
        self.assertIn("Music 3 2,889.00", text)
        self.assertIn("Export 1 500.00", text)
        self.assertNotIn("Discount", text)
        self.assertNotIn("99.00", text)


KINDS = ("adjustment", "credit_note")
