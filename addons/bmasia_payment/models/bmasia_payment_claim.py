from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.bmasia_crm.tools.roles import FINANCE
from odoo.addons.document_flow.tools.rows import window_of


class BmasiaPaymentClaim(models.Model):
    """What a payment provider reports and the system did not register: a transfer that
    the customer announced, or money that arrived and could not be booked.
    """

    _inherit = "bmasia.payment.claim"

    transaction_id = fields.Many2one(
        "payment.transaction",
        "Online Payment",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=FINANCE,
    )
    is_confirmed = fields.Boolean(
        "Confirmed",
        readonly=True,
        help="The provider confirmed that the money arrived. Stays until it is closed.",
    )

    def _todo_open(self):
        arrived = Domain("state", "=", "open") & Domain("is_confirmed", "=", True)
        return Domain(super()._todo_open()) | arrived

    def action_register(self):
        """Register what a provider confirmed; where that still does not work, open
        *Register Payment* as for what a customer says.

        :returns: an action
        :rtype: dict
        :raises UserError: the money may be noted by hand already
        """
        self.ensure_one()
        transaction = self.sudo().transaction_id
        is_new = self.is_confirmed and not transaction.bmasia_payment_id
        if not is_new or self.state != "open":
            return super().action_register()
        self.invoice_id.check_access("write")
        payments = self.env["bmasia.payment"]
        payments.check_access("create")
        if noted := self._noted_since():
            raise UserError(
                self.env._(
                    "%(payment)s was noted by hand since this arrived. If it is the "
                    "same money, press “Done with payment”; else register this one on "
                    "the invoice.",
                    payment=noted[0].display_name,
                )
            )
        try:
            with self.env.cr.savepoint():
                transaction._book()
        except UserError:
            return super().action_register()
        return window_of(payments.browse(transaction.bmasia_payment_id.id))

    @api.model
    def _waiting_on(self, invoices):
        """With those of a payment for several invoices."""
        paid = [("transaction_id.bmasia_invoice_ids", "in", invoices.ids)]
        found = self.sudo().search([("state", "=", "open"), *paid])
        return super()._waiting_on(invoices) | found.sudo(self.env.su)

    def _claimed_invoices(self):
        """All that the customer paid for at once."""
        invoices = super()._claimed_invoices()
        others = self.sudo().transaction_id.bmasia_invoice_ids - self.invoice_id
        for invoice in others.sudo(self.env.su):
            invoices |= invoice._issued_invoice() or invoice
        return invoices

    def _noted_since(self):
        """By hand: what another transaction brought is other money."""
        noted = super()._noted_since()
        return noted.filtered(lambda each: not each._is_of_transaction())

    def _close(self, payment=None):
        """The transaction is that payment, too. What else was reported of it, before it
        was confirmed, asks for nothing more.
        """
        transactions = self.sudo().transaction_id
        if payment:
            new = transactions.filtered(lambda each: not each.bmasia_payment_id)
            new.bmasia_payment_id = payment
            same = self.sudo().search([("transaction_id", "in", transactions.ids)])
            super(BmasiaPaymentClaim, same - self)._close()
        return super()._close(payment)

    def _open_again(self):
        transactions = self.transaction_id.filtered(
            lambda each: not each.bmasia_payment_id._is_of_transaction()
        )
        transactions.write({"bmasia_payment_id": False})
        return super()._open_again()
