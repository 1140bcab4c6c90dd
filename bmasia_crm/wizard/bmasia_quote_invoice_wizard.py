from odoo import api, fields, models
from odoo.fields import Command

from ..tools import money


class BmasiaQuoteInvoiceWizard(models.TransientModel):
    """Asks what of an accepted quote is invoiced now: all that is left, a part in
    percent, or some lines.
    """

    _name = "bmasia.quote.invoice.wizard"
    _description = "Create Invoice"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "quote_id"

    quote_id = fields.Many2one("bmasia.quote", required=True, readonly=True)
    currency_id = fields.Many2one(related="quote_id.currency_id")
    has_recurring = fields.Boolean(related="quote_id.has_recurring")
    percent = fields.Float(
        digits=(5, 2),
        compute="_compute_percent",
        store=True,
        readonly=False,
        help="Of what each line was accepted at; no more than is left of it.",
    )
    line_ids = fields.One2many(
        "bmasia.quote.invoice.wizard.line",
        "wizard_id",
        "Lines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    amount_untaxed = fields.Monetary("Net", compute="_compute_amount_untaxed")

    @api.model
    def default_get(self, fields):
        """The quote on whose form the button was pressed."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "bmasia.quote":
            values["quote_id"] = self.env.context.get("active_id")
        return values

    @api.depends("quote_id")
    def _compute_percent(self):
        """What is left of all that is charged once."""
        for wizard in self:
            once = wizard.quote_id.line_ids.filtered(lambda line: line._is_once())
            whole = money.add(once.mapped("amount_untaxed"))
            left = money.add(once.mapped("amount_to_invoice"))
            wizard.percent = round(100 * left / whole, 2) if whole else 0.0

    @api.depends("quote_id")
    def _compute_line_ids(self):
        for wizard in self:
            found = wizard.quote_id.line_ids.filtered("amount_to_invoice")
            wizard.line_ids = [Command.clear()] + [
                Command.create({"line_id": line.id, "amount": line.amount_to_invoice})
                for line in found
            ]

    @api.onchange("percent")
    def _onchange_percent(self):
        for line in self.line_ids:
            line.amount = line.line_id._part_of(self.percent)

    @api.depends("line_ids.amount")
    def _compute_amount_untaxed(self):
        for wizard in self:
            wizard.amount_untaxed = money.add(wizard.line_ids.mapped("amount"))

    def action_confirm(self):
        """Make the draft, once: a second press opens the same.

        :returns: the action that opens it
        :rtype: dict
        :raises UserError: nothing is chosen, or more than is left
        """
        self.ensure_one()
        self._check_opened()
        chosen = self.line_ids.filtered("amount")
        presents = self.quote_id.line_ids._open().filtered(
            lambda line: not line.amount_untaxed
        )
        return self.quote_id.action_create_invoice(
            line_ids=[*chosen.line_id.ids, *presents.ids] or [0],
            amounts={str(line.line_id.id): line.amount for line in chosen},
            idempotency_key=f"{self._name}/{self.id}",
        )


class BmasiaQuoteInvoiceWizardLine(models.TransientModel):
    """One line of the quote, and how much of it is invoiced now."""

    _name = "bmasia.quote.invoice.wizard.line"
    _description = "Line To Invoice"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "line_id"
    _fixed = frozenset({"wizard_id"})

    wizard_id = fields.Many2one(
        "bmasia.quote.invoice.wizard", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one("bmasia.quote.line", required=True, readonly=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    name = fields.Text(related="line_id.name")
    amount_untaxed = fields.Monetary("Accepted", related="line_id.amount_untaxed")
    amount_invoiced = fields.Monetary(related="line_id.amount_invoiced")
    amount_to_invoice = fields.Monetary(related="line_id.amount_to_invoice")
    amount = fields.Monetary("Invoice Now", help="Net; 0: not now.")

    def _check_opened(self):
        self.wizard_id.check_access("write")
        return super()._check_opened()
