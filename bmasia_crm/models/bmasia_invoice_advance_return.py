from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import money, shares
from .bmasia_invoice_payment import COUNTED


class BmasiaInvoiceAdvanceReturnMixin(models.AbstractModel):
    """The credit note of an advance that never comes to its invoice.

    The advance had its receipt, which was the tax invoice. Before the money goes back,
    a credit note takes that tax back (Thai Revenue Code, section 82/10): it names the
    receipt as its tax invoice, and has the receipt's share of net and tax. From then on
    the money is to be refunded: it is paid back, or set off against an invoice.

    Gives ``advance_id``, the use of money that was the advance, which stands where
    other credit notes have their invoice. The credit note is made by
    ``action_return_advance`` of the payment.
    """

    _name = "bmasia.invoice.advance.return.mixin"
    _description = "Credit Notes of Advances"

    advance_id = fields.Many2one(
        "bmasia.payment.allocation",
        "Advance",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="What this credit note takes back, instead of an invoice.",
    )

    def _credited_document(self):
        return self.advance_id.receipt_id or super()._credited_document()

    def _sibling_notes(self):
        return self.advance_id.return_ids or super()._sibling_notes()

    def _credited_net(self):
        return self.advance_id.amount_untaxed or super()._credited_net()

    def _credited_total(self):
        return self.advance_id.settled or super()._credited_total()

    def _charged_parts(self):
        if not self.advance_id:
            return super()._charged_parts()
        return shares.read(self.advance_id.tax_base)

    def _declaring_receipts(self):
        return super()._declaring_receipts() | self.advance_id.sudo().receipt_id

    def _corrected_tax_invoices(self):
        """Only the advance's part of its receipt, which may be for more."""
        receipt = self.advance_id.receipt_id
        if not receipt:
            return super()._corrected_tax_invoices()
        row = {"number": receipt.name, "date": receipt.date}
        return [{**row, "parts": self._charged_parts()}]

    def _amount_without_tax_document(self):
        receipt = self.advance_id.receipt_id
        if not receipt:
            return super()._amount_without_tax_document()
        return 0.0 if receipt.is_tax_invoice else self.amount_total

    def _check_credit_fits(self):
        if not self.advance_id:
            return super()._check_credit_fits()
        self._check_reversed()
        self._check_credited_rates()
        if self.amount_total > self.advance_id.amount_left:
            raise UserError(
                self.env._(
                    "Of this advance, %s is not used: more is not given back.",
                    self._format_money(self.advance_id.amount_left),
                )
            )
        return True

    # ------------------------------------------------------------
    # GIVEN BACK
    # ------------------------------------------------------------

    def _advance_to_refund(self, paid):
        """What is still to be given back of it.

        :param float paid: what was
        """
        counts = self.advance_id and self.state in COUNTED
        return max(money.subtract(self.amount_total, paid), 0.0) if counts else 0.0

    def _left_to_pay(self):
        if not self.advance_id:
            return super()._left_to_pay()
        return self._advance_to_refund(self._settled_by())

    def _refundable(self):
        return self.amount_total if self.advance_id else super()._refundable()
