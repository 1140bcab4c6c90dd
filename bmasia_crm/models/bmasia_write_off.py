from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.rows import serialize
from odoo.addons.document_flow.tools.transitions import Question

from ..tools import money, rates, shares
from .bmasia_asked_mixin import KEPT

_lt = LazyTranslate(__name__)


class BmasiaWriteOff(models.Model):
    """What of an invoice is given up, on a day and for a reason: a bad debt.

    It is no document and asks for no VAT document: of a service, VAT falls due with the
    payment (Thai Revenue Code, section 78/1), which never came. What a tax invoice had
    declared already stays declared; section 82/11 lets it be deducted under conditions
    that are the accountant's to see to.

    Money that arrives after all takes its part back: a row of its own, negative, that
    names what it takes back from (``reverses_id``) and what caused it. So the rows sum
    to what is written off, on any day. Managers make them with
    ``bmasia.invoice.action_write_off``; none is deleted, it is voided.
    """

    _name = "bmasia.write.off"
    _description = "Write-Off"
    _inherit = [
        "bmasia.asked.mixin",
        "bmasia.closed.mixin",
        "document.input.mixin",
        "document.entity.mixin",
        "document.sums.mixin",
        "document.form.mixin",
    ]
    _order = "date desc, id desc"
    _rec_names_search = ["invoice_id.name", "customer_id"]
    _further_questions = (
        Question(
            "action_void",
            _lt("Void write-off"),
            reason=_lt("Reason"),
            hint=KEPT,
        ),
    )

    invoice_id = fields.Many2one(
        "bmasia.invoice", readonly=True, required=True, index=True, ondelete="restrict"
    )
    customer_id = fields.Many2one(
        "bmasia.company", readonly=True, required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", "Billing Entity", readonly=True, required=True, index=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True, required=True)
    date = fields.Date(readonly=True, required=True, index=True)
    reason = fields.Text(readonly=True, required=True)
    amount = fields.Monetary(
        readonly=True, required=True, help="Tax included; negative where it came back."
    )
    amount_untaxed = fields.Monetary("Net", readonly=True)
    amount_tax = fields.Monetary(
        "VAT Never Due", readonly=True, help="Zero where it was declared already."
    )
    tax_base = fields.Json("Net and Tax by Rate", readonly=True)
    amount_left = fields.Monetary(
        "Still Written Off", compute="_compute_amount_left", store=True
    )
    state = fields.Selection(
        [("valid", "Valid"), ("voided", "Voided")],
        "Status",
        default="valid",
        required=True,
        readonly=True,
        index=True,
    )
    voided_date = fields.Date(readonly=True)
    void_reason = fields.Text(readonly=True)
    reverses_id = fields.Many2one(
        "bmasia.write.off",
        "Takes Back From",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    reversal_ids = fields.One2many(
        "bmasia.write.off", "reverses_id", "Taken Back", readonly=True
    )
    allocation_id = fields.Many2one(
        "bmasia.payment.allocation",
        "Recovered By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    credit_note_id = fields.Many2one(
        "bmasia.invoice",
        "Credited By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.depends(
        *("amount", "state", "reverses_id"),
        *("reversal_ids.amount", "reversal_ids.state"),
    )
    def _compute_amount_left(self):
        for row in self:
            back = row.reversal_ids.filtered(lambda each: each.state == "valid")
            left = money.add([row.amount, *back.mapped("amount")])
            stands = row.state == "valid" and not row.reverses_id
            row.amount_left = left if stands else 0.0

    @api.depends("invoice_id.name", "amount", "currency_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            amount = row.invoice_id._format_money(row.amount)
            row.display_name = f"{row.invoice_id.display_name} · {amount}"

    def _today(self):
        """Today at the billing entity's desk."""
        return self.company_id._today()

    def _take_back(self, amount, cause):
        """Take a part back, as the same amount was paid or credited.

        :param float amount: at most what is left of it
        :param cause: the use of money, or the credit note
        """
        self.ensure_one()
        left = shares.add(
            *(shares.read(row.tax_base) for row in self | self._valid_reversals())
        )
        parts = shares.share(left, amount, rounding=self.currency_id.rounding)
        is_paid = cause._name == "bmasia.payment.allocation"
        day = cause.date if is_paid else cause.issue_date
        self.create(
            {
                **self._row_values(shares.subtract([], parts)),
                "amount": -amount,
                "date": max(self.date, day),
                "reason": self.reason,
                "invoice_id": self.invoice_id.id,
                "reverses_id": self.id,
                "allocation_id": is_paid and cause.id,
                "credit_note_id": not is_paid and cause.id,
                "customer_id": self.customer_id.id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
            }
        )

    def _recovered_by(self, cause):
        """The most that money brings back of this: its net, taxed as this was."""
        taxed = [row.rate for row in shares.read(self.tax_base) if row.tax]
        if cause._name != "bmasia.payment.allocation" or not taxed:
            return self.amount
        paid = self.invoice_id._standard_rate(cause.date)
        brought = rates.restated(shares.read(cause.tax_base), paid, taxed[0])
        return max(shares.total(brought), 0.0) if paid != taxed[0] else self.amount

    def _valid_reversals(self):
        return self.reversal_ids.filtered(lambda row: row.state == "valid")

    @api.model
    def _row_values(self, parts):
        """Net and tax of a row, as they are stored."""
        return {
            "tax_base": shares.write(parts),
            "amount_untaxed": money.add(part.base for part in parts),
            "amount_tax": money.add(part.tax for part in parts),
        }

    def action_void(self, reason):
        """Take write-offs back: what is not paid of their invoices is due again.

        :param str reason: for the record
        :returns: True
        :raises UserError: no reason, void already, or money has taken it back
        """
        reason = self._read_reason(
            reason, self.env._("Say why the write-off is taken back.")
        )
        for row in self:
            row.check_access("write")
            serialize(row.invoice_id)
            serialize(row)
            if row.state == "voided" or row.reverses_id:
                raise UserError(
                    self.env._("%s is not written off any more.", row.display_name)
                )
            row._check_may_undo()
            own = row.sudo()
            (own | own.reversal_ids)._void(reason)
            row.invoice_id._message_log(
                body=self.env._(
                    "The write-off of %(amount)s was taken back: %(reason)s",
                    amount=row.invoice_id._format_money(row.amount),
                    reason=reason,
                )
            )
        return True

    def _void(self, reason):
        for row in self.filtered(lambda each: each.state == "valid"):
            row.write(
                {
                    "state": "voided",
                    "voided_date": row._today(),
                    "void_reason": reason,
                }
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was booked is never deleted: void it."))
