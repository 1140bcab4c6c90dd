from odoo import api, fields, models

from odoo.addons.document_flow.tools.rows import window_of

from ..models.bmasia_payment import METHODS


class BmasiaAdvanceReturnWizard(models.TransientModel):
    """Asks how much of an advance goes back, when and why."""

    _name = "bmasia.advance.return.wizard"
    _description = "Pay Back an Advance"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "payment_id"

    payment_id = fields.Many2one("bmasia.payment", required=True, readonly=True)
    currency_id = fields.Many2one(related="payment_id.currency_id")
    customer_id = fields.Many2one(related="payment_id.customer_id")
    amount_advance = fields.Monetary(related="payment_id.amount_advance")
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
    withholding_amount = fields.Monetary(
        "Withheld", help="What the customer had withheld of it, and is not paid back."
    )
    method = fields.Selection(METHODS, default="transfer", required=True)
    reference = fields.Char(help="The bank's, or the number of the cheque.")
    reason = fields.Text()
    again = fields.Boolean("It Is Another Payment")
    is_repeated = fields.Boolean(compute="_compute_is_repeated")

    @api.model
    def default_get(self, fields):
        """The payment on whose form the button was pressed, or on its receipt's."""
        values = super().default_get(fields)
        model = self.env.context.get("active_model")
        if model in ("bmasia.payment", "bmasia.receipt"):
            record = self.env[model].browse(self.env.context.get("active_id"))
            payment = record if model == "bmasia.payment" else record.payment_id
            values["payment_id"] = payment.id
        return values

    @api.depends("payment_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.amount or wizard.payment_id.amount_advance
            wizard.date = wizard.date or wizard.payment_id._today()

    @api.depends("payment_id", "amount", "date")
    def _compute_is_repeated(self):
        """Whether the same was given back already."""
        for wizard in self:
            uses, day = wizard.payment_id.allocation_ids, wizard.date
            wizard.is_repeated = wizard.payment_id._is_returned(
                uses, wizard.amount, day
            )

    def action_confirm(self):
        """Issue the credit note, and note the payment.

        :returns: the action that opens the credit note
        :rtype: dict
        """
        self.ensure_one()
        self._check_opened()
        answer = self.payment_id.action_return_advance(
            self.reason,
            self.amount,
            self.date,
            self.reference,
            self.method,
            self.withholding_amount,
            again=self.again,
        )
        ids = [note["id"] for note in answer["credit_notes"]]
        return window_of(self.env["bmasia.invoice"].browse(ids))
