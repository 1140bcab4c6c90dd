from odoo import api, fields, models

from ..models.bmasia_invoice_tax import GROUNDS

OF_ADVANCES = "advance_returned"


class BmasiaCreditLineWizard(models.TransientModel):
    """Asks how many of one line of an invoice are credited, and why; of a tax invoice,
    on which of the grounds that the law knows.
    """

    _name = "bmasia.credit.line.wizard"
    _description = "Credit This Line"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "line_id"

    line_id = fields.Many2one("bmasia.invoice.line", required=True, readonly=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    name = fields.Text(related="line_id.name")
    quantity = fields.Float(
        digits=(12, 3),
        min_display_digits=2,
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        help="Of what was invoiced; proposed is what no credit note has yet.",
    )
    amount_untaxed = fields.Monetary("Net", compute="_compute_amount_untaxed")
    is_tax_invoice = fields.Boolean(related="line_id.invoice_id.is_tax_invoice")
    asks_ground = fields.Boolean(compute="_compute_asks_ground")
    ground = fields.Selection(
        [each for each in GROUNDS if each[0] != OF_ADVANCES],
        help="Why the tax invoice is corrected; printed.",
    )
    reason = fields.Text("Reason for Credit", help="Printed on the credit note.")

    @api.model
    def default_get(self, fields):
        """The line on which the button was pressed."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "bmasia.invoice.line":
            values["line_id"] = self.env.context.get("active_id")
        return values

    @api.depends("line_id")
    def _compute_quantity(self):
        for wizard in self:
            line = wizard.line_id
            left = line._left_to_credit() if line else 0.0
            part = left / line.amount_untaxed if line.amount_untaxed else 1.0
            wizard.quantity = wizard.quantity or round(line.quantity * part, 3)

    @api.depends("line_id", "quantity")
    def _compute_amount_untaxed(self):
        for wizard in self:
            wizard.amount_untaxed = wizard.line_id._net_of(wizard.quantity)

    @api.depends("line_id")
    def _compute_asks_ground(self):
        """Where the tax of something was declared."""
        for wizard in self:
            invoice = wizard.line_id.invoice_id
            declared = invoice.is_tax_invoice or invoice.sudo().receipt_ids
            wizard.asks_ground = invoice._is_taxed() and bool(declared)

    def action_confirm(self):
        """Make the draft of the credit note.

        :returns: the action that opens it
        :rtype: dict
        :raises UserError: no reason, or more than is left
        """
        self.ensure_one()
        self._check_opened()
        line = self.line_id
        return line.invoice_id.action_credit(
            self.reason,
            line_ids=line.ids,
            ground=self.ground if self.asks_ground else None,
            quantities={str(line.id): self.quantity},
        )
