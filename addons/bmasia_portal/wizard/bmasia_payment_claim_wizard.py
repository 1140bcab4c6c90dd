from odoo import api, fields, models
from odoo.exceptions import UserError


class BmasiaPaymentClaimWizard(models.TransientModel):
    """*Done with payment*: the money that a customer reports was noted already, as from
    the bank's statement, with the amount and the day that the bank says.
    """

    _name = "bmasia.payment.claim.wizard"
    _description = "Reported Payment That Is Noted Already"
    _inherit = ["document.wizard.mixin"]
    _opened_for = "claim_id"

    claim_id = fields.Many2one(
        "bmasia.payment.claim", "Reported Payment", required=True, readonly=True
    )
    payment_ids = fields.Many2many(
        "bmasia.payment", string="Payments", compute="_compute_payment_ids"
    )
    payment_id = fields.Many2one(
        "bmasia.payment",
        compute="_compute_payment_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('id', 'in', payment_ids)]",
    )

    @api.depends("claim_id")
    def _compute_payment_ids(self):
        for wizard in self:
            wizard.payment_ids = wizard.claim_id._possible_payments()

    @api.depends("claim_id")
    def _compute_payment_id(self):
        """The one that was noted since, if there is one only."""
        for wizard in self:
            noted = wizard.claim_id._noted_since()
            wizard.payment_id = noted if len(noted) == 1 else False

    def action_confirm(self):
        """Close the report as this payment.

        :returns: an action that closes the dialog
        :rtype: dict
        :raises DocumentConflict: it was closed meanwhile
        :raises UserError: no payment is chosen, or one of somebody else
        """
        self.ensure_one()
        self._check_opened()
        if not self.payment_id:
            raise UserError(self.env._("Choose the payment."))
        self.claim_id._settle(self.payment_id)
        return {"type": "ir.actions.act_window_close"}

    def _check_opened(self):
        """Nobody writes a report: whoever may write its invoice decides about it."""
        self.claim_id.check_access("read")
        self.claim_id.invoice_id.check_access("write")
