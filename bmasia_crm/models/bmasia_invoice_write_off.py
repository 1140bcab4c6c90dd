from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.exceptions import DocumentConflict
from odoo.addons.document_flow.tools.rows import serialize, window_of

from ..tools import money, shares
from .bmasia_invoice_payment import COUNTED


class BmasiaInvoiceWriteOffMixin(models.AbstractModel):
    """What is given up of an invoice that nobody is going to pay.

    Gives ``action_write_off``, for managers, and what is written off. That is not due
    any more: no reminder is sent, and it is in no list of what is open. The invoice
    stays issued and is never *paid* by it.

    The model provides ``kind``, ``state``, ``issue_date``, and what
    ``bmasia.invoice.payment.mixin`` gives.

    How it works: what is paid or credited after all takes its part of the write-off
    back in the same step (``_recover_written_off``), so that a receipt of recovered
    money has its tax as any other: it falls due with the payment (Thai Revenue Code,
    section 78/1).
    """

    _name = "bmasia.invoice.write.off.mixin"
    _description = "Write-Offs of an Invoice"

    currency_id = fields.Many2one("res.currency")
    write_off_ids = fields.One2many(
        "bmasia.write.off", "invoice_id", "Write-Offs", readonly=True
    )
    amount_written_off = fields.Monetary(
        "Written Off",
        compute="_compute_payment",
        store=True,
        help="Written off: the customer is no longer asked to pay it.",
    )

    def action_write_off(
        self, reason, amount=None, date=None, idempotency_key=None, again=False
    ):
        """Give up what nobody is going to pay. For managers.

        :param str reason: for the record
        :param float amount: tax included; default all that is due
        :param date: default today
        :param str idempotency_key: a second call with the same one books nothing
        :param bool again: true: also if the same was written off before
        :returns: ``{"id", "amount", "amount_due", "payment_state"}``: id is the
            write-off's
        :rtype: dict
        :raises AccessError: no manager
        :raises UserError: no reason, nothing is due, or more than that
        :raises DocumentConflict: an equal write-off is there, and no key
        """
        self.ensure_one()
        self.check_access("write")
        self.env["bmasia.write.off"].check_access("write")
        reason = self._read_reason(
            reason, self.env._("Say why it is not going to be paid.")
        )
        self._check_argument("amount", amount, "number")
        self._check_argument("idempotency_key", idempotency_key, "text")
        day = self._read_day(date) or self._today()
        return self.env["bmasia.booking.request"]._once(
            idempotency_key,
            self.company_id,
            {"write_off": [self.id, amount, str(day), reason]},
            lambda: self._write_off(reason, amount, day, idempotency_key or again),
        )

    def _write_off(self, reason, amount, day, again):
        serialize(self)
        self._check_is_chased()
        amount = self.amount_due if amount is None else amount
        self._check_write_off(amount, day)
        if not again:
            self._check_write_off_not_repeated(amount, day)
        rows = self.env["bmasia.write.off"].sudo()
        made = rows.create(
            {
                "invoice_id": self.id,
                "amount": amount,
                "date": day,
                **rows._row_values(self._undue_parts(amount)),
                "reason": reason,
                "customer_id": self.customer_id.id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
            }
        )
        self._message_log(
            body=self.env._(
                "%(amount)s was written off: %(reason)s",
                amount=self._format_money(amount),
                reason=reason,
            )
        )
        if not self.amount_due:
            self._settle_reminders()
        return {
            "id": made.id,
            "amount": amount,
            "amount_due": self.amount_due,
            "payment_state": self.payment_state,
        }

    def _check_write_off(self, amount, day):
        if not 0 < amount <= self.amount_due:
            raise UserError(
                self.env._(
                    "Of %(invoice)s, at most %(amount)s can be written off: that is "
                    "due.",
                    invoice=self.display_name,
                    amount=self._format_money(self.amount_due),
                )
            )
        if not self.issue_date <= day <= self._today():
            raise UserError(
                self.env._(
                    "A write-off is dated on the day of its invoice or later, and not "
                    "in the future."
                )
            )

    def _was_written_off(self, amount, day):
        """Whether as much of this was written off on that day already."""
        same = [("invoice_id", "=", self.id), ("state", "=", "valid")]
        same += [("amount", "=", amount), ("date", "=", day)]
        return bool(self.env["bmasia.write.off"].search_count(same, limit=1))

    def _check_write_off_not_repeated(self, amount, day):
        if self._was_written_off(amount, day):
            raise DocumentConflict(
                self.env._(
                    "The same was written off already. If it is another, say so (a "
                    "program: again, or an idempotency_key of its own)."
                )
            )

    def _undue_parts(self, amount):
        """Net and tax of what is written off, by rate. Of a tax invoice the tax was
        declared: all of the debt is lost, and no tax is taken back.
        """
        if self.is_tax_invoice:
            return [money.TaxRow("outside", 0.0, amount, 0.0)]
        valid = (*self.allocation_ids.sudo(), *self.write_off_ids.sudo())
        settled = [shares.read(row.tax_base) for row in valid if row.state == "valid"]
        left = self._rows_on(self._today())
        left = shares.subtract(left, *self._credited_parts(), *settled)
        left = shares.add(left, *self._parts_taken_back())
        return shares.share(left, amount, rounding=self.currency_id.rounding)

    def _recover_written_off(self, cause):
        """Take back what was written off and is paid or credited after all.

        :param cause: the use of money, or the credit note; counted already
        """
        for invoice in self:
            settled = (invoice.amount_paid, invoice.amount_credited)
            gone = money.add([*settled, invoice.amount_written_off])
            over = money.subtract(gone, invoice._asked_total())
            for row in invoice.sudo().write_off_ids.sorted("id", reverse=True):
                part = min(over, row.amount_left, row._recovered_by(cause))
                if part > 0:
                    row._take_back(part, cause)
                    over = money.subtract(over, part)

    def _is_written_off(self):
        """Whether nothing is due because the rest was given up."""
        self.ensure_one()
        given_up = self.state in COUNTED and self.amount_written_off
        return bool(given_up and not self.amount_due)

    def action_open_write_offs(self):
        """Open the write-offs of this invoice.

        :returns: an action
        :rtype: dict
        """
        rows = self.write_off_ids.filtered(lambda row: not row.reverses_id)
        return window_of(rows)

    def _marked_words(self):
        """Who opens it sees that nobody asks for it any more, and no code to pay."""
        words = super()._marked_words()
        if words or not self._is_written_off():
            return words
        document = self.with_context(lang=self._get_print_lang())
        return [document.env._("Written off").upper()]
