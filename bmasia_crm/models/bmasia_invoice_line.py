from odoo import fields, models

from .bmasia_line_tax_mixin import TAXED


class BmasiaInvoiceLine(models.Model):
    """A line of an invoice; on a credit note, of which line it takes something back."""

    _name = "bmasia.invoice.line"
    _description = "Line of an Invoice"
    _inherit = ["bmasia.document.line.mixin"]

    _document_field = "invoice_id"
    _entity_path = "invoice_id.company_id"

    invoice_id = fields.Many2one(
        "bmasia.invoice", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    reversed_line_id = fields.Many2one(
        "bmasia.invoice.line",
        "Original Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _same_values(self):
        """This line on a document that is issued anew: taxed as it was."""
        taxed = {name: self[name] for name in TAXED}
        original = self.reversed_line_id.id
        return {**self._copied_values(), **taxed, "reversed_line_id": original}

    def _credited_values(self):
        """This line on a credit note."""
        return {**self._same_values(), "reversed_line_id": self.id}

    def _credited_part_values(self):
        """This line where only a part of it is credited: one unit, at what it comes to.

        The description says what it was; the caller gives the price.
        """
        values = {**self._same_values(), "quantity": 1.0, "discount": 0.0}
        values.update({"date_from": False, "date_to": False, "list_value": 0.0})
        return {**values, "kind": "one_time"}

    def _is_taken_back(self):
        return bool(self.reversed_line_id)
