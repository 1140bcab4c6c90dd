from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.document_flow.exceptions import DocumentConflict
from odoo.addons.document_flow.tools.rows import serialize

from ..tools import money, shares
from .bmasia_invoice_payment import COUNTED


class BmasiaPaymentReturnMixin(models.AbstractModel):
    """An advance that is given back: its credit note first, then the money.

    Money on account has no document and is simply paid back (``action_refund``). An
    advance had a receipt, in Thailand a tax invoice, which a credit note corrects
    (Thai Revenue Code, section 82/10): ``action_return_advance`` makes both.

    The model provides ``allocation_ids`` and :meth:`register`.
    """

    _name = "bmasia.payment.return.mixin"
    _description = "Advances That Are Given Back"

    currency_id = fields.Many2one("res.currency")
    amount_advance = fields.Monetary(
        "Advance Not Used",
        compute="_compute_amount_advance",
        help="Paid for something that is not invoiced yet.",
    )

    @api.depends("allocation_ids.amount_left")
    def _compute_amount_advance(self):
        for payment in self:
            rows = payment.sudo().allocation_ids
            payment.amount_advance = money.add(rows.mapped("amount_left"))

    def action_return_advance(
        self,
        reason,
        amount=None,
        date=None,
        reference=None,
        method="transfer",
        withholding_amount=0.0,
        idempotency_key=None,
        again=False,
    ):
        """Give an unused advance back: a credit note of its receipt, and the payment.

        :param str reason: printed on the credit note
        :param float amount: tax included; default all that no invoice has deducted
        :param date: of both; default today
        :param str reference: the bank's
        :param str method: as of ``register``
        :param float withholding_amount: what of it the customer had withheld, and is
            not paid back
        :param str idempotency_key: a second call with the same one books nothing
        :param bool again: true: also if the same was given back before
        :returns: ``{"credit_notes": [{"id", "number"}], "payment", "left"}``: the
            payment out, and what is left of the advance
        :rtype: dict
        :raises UserError: no reason, or more than is not used
        :raises DocumentConflict: the same was given back already, and no key
        """
        self.ensure_one()
        self.check_access("write")
        reason = self._read_reason(
            reason, self.env._("Say why the advance is given back: it is printed.")
        )
        texts = {"method": method, "reference": reference}
        self._check_kinds(amount=amount, idempotency_key=idempotency_key, **texts)
        self._check_argument("withholding_amount", withholding_amount, "number")
        day = self._read_day(date) or self._today()
        out = {**texts, "date": day, "withheld": withholding_amount or 0.0}
        return self.env["bmasia.booking.request"]._once(
            idempotency_key,
            self.company_id,
            {"return": [self.id, amount, reason], **out},
            lambda: self._return_advance(reason, amount, out, idempotency_key or again),
        )

    def _return_advance(self, reason, amount, out, again):
        serialize(self)
        uses = self.sudo().allocation_ids.filtered("amount_left").sorted("id")
        serialize(uses)
        amount = self.amount_advance if amount is None else amount
        self._check_return(uses, amount, out)
        if not again:
            self._check_return_not_repeated(uses, amount, out["date"])
        notes, left = self.env["bmasia.invoice"], amount
        for use in uses:
            part = min(left, use.amount_left)
            left = money.subtract(left, part)
            if part:
                notes += self._credit_advance(use, part, reason, out["date"])
        paid = self._pay_notes_back(notes, out)
        return {
            "credit_notes": [{"id": note.id, "number": note.name} for note in notes],
            "payment": paid,
            "left": self.amount_advance,
        }

    def _check_return(self, uses, amount, out):
        if not 0 < amount <= self.amount_advance:
            raise UserError(
                self.env._(
                    "%s of this payment is an advance that no invoice has deducted: "
                    "that, or less, can be given back.",
                    self._format_money(self.amount_advance),
                )
            )
        if out["date"] < max(uses.mapped("date")):
            raise UserError(
                self.env._("An advance is not given back before it was received.")
            )
        if not 0 <= out["withheld"] < amount:
            raise UserError(
                self.env._("Less was withheld than what is given back in all.")
            )

    def _is_returned(self, uses, amount, day):
        """Whether as much of these advances was given back on that day."""
        same = [("advance_id", "in", uses.ids), ("state", "in", COUNTED)]
        same += [("amount_total", "=", amount), ("issue_date", "=", day)]
        return bool(self.env["bmasia.invoice"].search_count(same, limit=1))

    def _check_return_not_repeated(self, uses, amount, day):
        if self._is_returned(uses, amount, day):
            raise DocumentConflict(
                self.env._(
                    "The same was given back already. If it is another, say so (a "
                    "program: again, or an idempotency_key of its own)."
                )
            )

    def _credit_advance(self, use, amount, reason, day):
        """Issue the credit note of an advance, or of a part of it."""
        target = use._target()
        invoices = self.env["bmasia.invoice"]
        invoices.check_access("create")
        parts = shares.share(
            self._open_parts(use), amount, rounding=self.currency_id.rounding
        )
        note = invoices.sudo().create(
            {
                "kind": "credit_note",
                "advance_id": use.id,
                "customer_id": use.customer_id.id,
                "company_id": use.company_id.id,
                "partner_id": target.partner_id.id,
                "currency_id": use.currency_id.id,
                "lang": target.lang,
                "issue_date": day,
                "credit_reason": reason,
                "credit_ground": "advance_returned",
                "credit_event_date": day,
                "tax_given": shares.write(parts),
                "line_ids": [
                    Command.create(self._returned_line(use, part))
                    for part in parts
                    if part.base
                ],
            }
        )
        note = note.with_env(self.env)
        note.action_issue()
        self.message_post(
            body=self.env._(
                "%(amount)s of the advance is given back: %(note)s",
                amount=self._format_money(amount),
                note=note._get_html_link(),
            )
        )
        return note

    @api.model
    def _open_parts(self, use):
        """Net and tax of an advance, less what was deducted and given back."""
        rows = use.used_ids.filtered(lambda row: row.state == "valid")
        gone = [shares.read(row.tax_base) for row in rows]
        gone += [note._tax_base() for note in use._returned()]
        return shares.subtract(shares.read(use.tax_base), *gone)

    @api.model
    def _returned_line(self, use, part):
        receipt = use.receipt_id
        name = receipt.with_context(lang=receipt._get_print_lang())._title_of(use)
        return {
            "name": f"{name}, {receipt.name}",
            "kind": "one_time",
            "quantity": 1.0,
            "unit_price": part.base,
            "tax_category": part.category,
            "tax_rate": part.rate,
        }

    def _pay_notes_back(self, notes, out):
        """Note the money that went back for credit notes.

        :returns: id of the payment
        """
        withheld, rows = out["withheld"], []
        for note in notes:
            kept = min(withheld, note.amount_total)
            withheld = money.subtract(withheld, kept)
            amount = money.subtract(note.amount_total, kept)
            row = {"invoice_id": note.id, "amount": amount}
            rows.append({**row, "withholding_amount": kept})
        answer = self.register(
            self.customer_id.id,
            self.company_id.id,
            money.add(row["amount"] for row in rows),
            out["date"],
            self.currency_id.id,
            rows,
            out["method"],
            out["reference"],
            direction="out",
            again=True,
        )
        return answer["payment"]
