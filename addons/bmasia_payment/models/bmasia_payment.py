from odoo import models

from .payment_transaction import KEY


class BmasiaPayment(models.Model):
    """Money that may have come through a payment provider."""

    _inherit = "bmasia.payment"

    def _is_of_transaction(self):
        """Whether an online transaction was registered as this, not a person."""
        return (self.idempotency_key or "").startswith(KEY)
