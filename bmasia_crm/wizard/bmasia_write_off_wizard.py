from odoo import api, fields, models


class BmasiaWriteOffWizard(models.TransientModel):
    """Asks why an invoice is given up, and how much of it."""

    _name = "bmasia.write.off.wizard"
    _description = "Write Off"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "invoice_id"

    invoice_id = fields.Many2one("bmasia.invoice", required=True, readonly=True)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    amount_due = fields.Monetary(related="invoice_id.amount_due")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="Tax included.",
    )
    date = fields.Date(
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    reason = fields.Text()
    again = fields.Boolean("It Is Another Write-Off")
    is_repeated = fields.Boolean(compute="_compute_is_repeated")

    @api.model
    def default_get(self, fields):
        """The invoice on whose form the button was pressed."""
        values = super().default_get(fields)
        is_invoice = self.env.context.get("active_model") == "bmasia.invoice"
        if is_invoice and self.env.context.get("active_id"):
            values["invoice_id"] = self.env.context["active_id"]
        return values

    @api.depends("invoice_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.amount or wizard.invoice_id.amount_due
            wizard.date = wizard.date or wizard.invoice_id._today()

    @api.depends("invoice_id", "amount", "date")
    def _compute_is_repeated(self):
        """Whether the same was written off already."""
        for wizard in self:
            invoice = wizard.invoice_id
            wizard.is_repeated = invoice._was_written_off(wizard.amount, wizard.date)

    def action_confirm(self):
        """Write it off.

        :returns: the action that closes the dialog
        :rtype: dict
        """
        self.ensure_one()
        self._check_opened()
        self.invoice_id.action_write_off(
            self.reason, self.amount, self.date, again=self.again
        )
        return {"type": "ir.actions.act_window_close"}
