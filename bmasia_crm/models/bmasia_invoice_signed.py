from odoo import api, fields, models

from .bmasia_invoice import BmasiaInvoice as Invoice

SIGNED = ("amount_untaxed_signed", "amount_total_signed", "amount_due_signed")


class BmasiaInvoice(models.Model):
    """Amounts as they add up in lists: a credit note takes away."""

    _inherit = "bmasia.invoice"

    _derived_fields = Invoice._derived_fields | set(SIGNED)

    amount_untaxed_signed = fields.Monetary(
        "Net (Signed)",
        compute="_compute_signed",
        store=True,
        help="Negative on a credit note.",
    )
    amount_total_signed = fields.Monetary(
        "Total (Signed)",
        compute="_compute_signed",
        store=True,
        help="Negative on a credit note.",
    )

    amount_due_signed = fields.Monetary(
        "Amount Due (Signed)",
        compute="_compute_signed",
        store=True,
        help="Of a draft nothing is due: nobody was asked for it.",
    )

    @api.depends("kind", "state", "amount_untaxed", "amount_total", "amount_due")
    def _compute_signed(self):
        for invoice in self:
            sign = -1 if invoice.kind == "credit_note" else 1
            invoice.amount_untaxed_signed = sign * invoice.amount_untaxed
            invoice.amount_total_signed = sign * invoice.amount_total
            asked = invoice.state == "issued"
            invoice.amount_due_signed = invoice.amount_due if asked else 0.0
