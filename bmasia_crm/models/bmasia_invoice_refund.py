from odoo import models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools.rows import serialize

from ..tools import money


class BmasiaInvoiceRefundMixin(models.AbstractModel):
    """What a credit note leaves to the customer, and how it is given back.

    A credit note of an invoice that was paid is paid back
    (``action_register_payment`` of the note), or set off against another invoice. Tax
    that the customer withheld is a part of what was paid: it is given back in full
    while we hold the certificate, or noted as withheld on the payment back.

    The model provides ``kind``, ``state``, ``reversed_id``, and what
    ``bmasia.invoice.payment.mixin`` gives.
    """

    _name = "bmasia.invoice.refund.mixin"
    _description = "Refunds of Credit Notes"

    def action_set_off(
        self, invoice_id, amount=None, date=None, idempotency_key=None, again=False
    ):
        """Use what this credit note leaves to the customer for an open invoice.

        The invoice is paid by that, so that it has its receipt.

        :param int invoice_id: of the same customer
        :param float amount: default as much as possible
        :param date: default today
        :param str idempotency_key: a second call with the same one books nothing
        :param bool again: true: also if the same was set off before
        :returns: ``{"receipts": [{"id", "number"}], "amount_refund", "amount_due"}``:
            what is left to refund, and what is due of the invoice
        :rtype: dict
        :raises UserError: nothing is to be refunded, or more than that
        """
        self.ensure_one()
        self.env["bmasia.payment"].check_access("create")
        self._check_argument("amount", amount, "number")
        self._check_argument("idempotency_key", idempotency_key, "text")
        day = self._read_day(date) or self._today()
        return self.env["bmasia.booking.request"]._once(
            idempotency_key,
            self.company_id,
            {"set_off": [self.id, invoice_id, amount, date and str(day)]},
            lambda: self._set_off(invoice_id, amount, day, idempotency_key or again),
        )

    def _set_off(self, invoice_id, amount, day, again):
        payments = self.env["bmasia.payment"]
        invoice = payments._find("invoice_id", self._name, invoice_id)
        serialize(self.reversed_id | self | invoice)
        if not self._is_credit() or invoice.kind != "invoice":
            raise UserError(self.env._("A credit note is set off against an invoice."))
        payments._check_target(payments.new(payments._ends_of(self)), invoice)
        invoice._check_takes_money()
        use = {
            "credit_note_id": self.id,
            "invoice_id": invoice.id,
            "date": day,
            "amount": self._read_set_off(amount, invoice),
        }
        if not again:
            payments._check_use_not_repeated(use)
        uses = self.env["bmasia.payment.allocation"].sudo()
        made = uses.create({**payments._ends_of(self, invoice), **use})
        return {
            "receipts": [{"id": r.id, "number": r.name} for r in made.receipt_id],
            "amount_refund": (self.reversed_id or self).amount_refund,
            "amount_due": invoice.amount_due,
        }

    def _read_set_off(self, amount, invoice):
        """How much is set off: what is asked for, or as much as possible."""
        most = min(self._left_to_pay(), invoice.amount_due)
        amount = most if amount is None else amount
        if not 0 < amount <= most:
            raise UserError(
                self.env._(
                    "Of %(note)s, at most %(amount)s can be set off against "
                    "%(invoice)s.",
                    note=self.display_name,
                    amount=self._format_money(most),
                    invoice=invoice.display_name,
                )
            )
        return amount

    def _refundable(self):
        """The most that can ever be given back of this credit note: what was paid of
        its invoice beyond what the invoice comes to with its credit notes.
        """
        original, own = self.reversed_id, self._used_for_own_invoice()
        others = (original.credit_note_ids - self).mapped(
            lambda note: money.subtract(
                note._settled_by(), note._used_for_own_invoice()
            )
        )
        moved = (n._used_for_own_invoice() for n in original.credit_note_ids)
        paid = money.subtract(original.amount_paid, *moved)
        over = money.subtract(paid, original._asked_total(), *others)
        over = max(money.add([over, original.amount_credited]), 0.0)
        return min(self.amount_total, money.add([over, own]))

    def _used_for_own_invoice(self):
        """What of it pays the other rates of the invoice that it credits."""
        return money.add(self._uses_for_own_invoice().mapped("settled"))

    def _uses_for_own_invoice(self):
        return self.set_off_ids.filtered(
            lambda use: use.state == "valid" and use._is_own_note()
        )

    def _undo_uses_for_own_invoice(self):
        uses = self._uses_for_own_invoice()
        if uses:
            uses.receipt_id._void(self.env._("%s is void.", self.name))
            uses._take_back()
