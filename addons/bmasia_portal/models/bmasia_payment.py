from odoo import fields, models


class BmasiaPayment(models.Model):
    """A payment that customers may have reported before."""

    _inherit = "bmasia.payment"

    claim_ids = fields.One2many(
        "bmasia.payment.claim", "payment_id", "Reported As", readonly=True
    )

    def action_void(self, reason):
        """Take a payment back: what customers reported of it waits again.

        :param str reason: as of payments
        :returns: True
        """
        result = super().action_void(reason)
        self.sudo().claim_ids._open_again()
        return result
