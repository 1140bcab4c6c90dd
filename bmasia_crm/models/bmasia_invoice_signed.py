from odoo import api, fields, models

from .bmasia_invoice import BmasiaInvoice as Invoice

SIGNED = ("amount_untaxed_signed", "amount_total_signed")


class BmasiaInvoice(models.Model):
    """Amounts as they add up in lists: a credit note takes away."""

    _inherit = "bmasia.invoice"

    _derived_fields = Invoice._derived_fields | set(SIGNED)

    amount_untaxed_signed = fields.Monetary(
        "Net",
        compute="_compute_signed",
        store=True,
        help="Negative on a credit note.",
    )
    amount_total_signed = fields.Monetary(
        "Total",
        compute="_compute_signed",
        store=True,
        help="Negative on a credit note.",
    )

    @api.depends("kind", "amount_untaxed", "amount_total")
    def _compute_signed(self):
        for invoice in self:
            sign = -1 if invoice.kind == "credit_note" else 1
            invoice.amount_untaxed_signed = sign * invoice.amount_untaxed
            invoice.amount_total_signed = sign * invoice.amount_total
