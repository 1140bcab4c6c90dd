from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.exceptions import DocumentConflict
from odoo.addons.document_flow.tools.days import say_day
from odoo.addons.document_flow.tools.rows import serialize, window_of
from odoo.addons.document_flow.tools.transitions import Question

from ..tools import money

_lt = LazyTranslate(__name__)
# Fixed once it is booked: void it and note it anew.
FIXED = frozenset(
    {"customer_id", "company_id", "currency_id", "direction", "date", "amount"}
    | {"method", "reference", "cheque_date"}
)
METHODS = [
    ("transfer", "Bank Transfer"),
    ("promptpay", "PromptPay"),
    ("cheque", "Cheque"),
    ("card", "Card"),
    ("online", "Online"),
    ("cash", "Cash"),
    ("other", "Other"),
]


class BmasiaPayment(models.Model):
    """Money that a customer paid, or that was paid back, on a day.

    It has no number and is no document: what it is used for, now or later, makes the
    receipts (``bmasia.payment.allocation``). What is not used is the customer's credit
    on account. Nothing is deleted once it is booked; a cheque that bounced is voided.

    The public methods are in ``bmasia.payment.booking.mixin``.
    """

    _name = "bmasia.payment"
    _description = "Payment"
    _inherit = [
        "bmasia.asked.mixin",
        "bmasia.payment.booking.mixin",
        "bmasia.payment.return.mixin",
        "bmasia.payment.todo.mixin",
        "bmasia.tax.details.mixin",
        "bmasia.closed.mixin",
        "document.input.mixin",
        "document.owned.mixin",
        "document.sums.mixin",
        "document.form.mixin",
        "mail.thread",
    ]
    _order = "date desc, id desc"
    _rec_names_search = ["reference", "customer_id"]
    _further_questions = (
        Question(
            "action_void",
            _lt("Void payment"),
            reason=_lt("Reason"),
            hint=_lt("As that the cheque bounced. Stays on the record."),
        ),
    )

    customer_id = fields.Many2one(
        "bmasia.company", required=True, index=True, ondelete="restrict", tracking=True
    )
    company_id = fields.Many2one(
        default=lambda self: self.env.company, tracking=True, index=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    direction = fields.Selection(
        [("in", "Received"), ("out", "Paid Back")],
        default="in",
        required=True,
        index=True,
    )
    date = fields.Date(
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.company._today(),
        help="When the money arrived, or left.",
    )
    amount = fields.Monetary(required=True, tracking=True)
    amount_signed = fields.Monetary(
        compute="_compute_signed",
        store=True,
        help="Negative where it was paid back; nothing where it was voided.",
    )
    method = fields.Selection(METHODS, default="transfer", required=True)
    reference = fields.Char(
        index="trigram", help="The bank's, or the number of the cheque."
    )
    cheque_date = fields.Date(help="Of a cheque dated ahead: when it may be presented.")
    state = fields.Selection(
        [("expected", "Expected"), ("booked", "Booked"), ("voided", "Voided")],
        "Status",
        default="booked",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
    )
    void_reason = fields.Text(readonly=True, copy=False)
    void_date = fields.Date(readonly=True, copy=False)
    note = fields.Text(help="Never printed.")
    allocation_ids = fields.One2many(
        "bmasia.payment.allocation", "payment_id", "Used For", readonly=True
    )
    refund_allocation_ids = fields.One2many(
        "bmasia.payment.allocation", "refund_id", "Credits Paid Back", readonly=True
    )
    amount_allocated = fields.Monetary(
        "Used", compute="_compute_allocated", store=True, readonly=True
    )
    amount_unallocated = fields.Monetary(
        "Not Used",
        compute="_compute_allocated",
        store=True,
        readonly=True,
        help="The customer's credit on account.",
    )
    invoice_ids = fields.Many2many(
        "bmasia.invoice", compute="_compute_invoice_ids", search="_search_invoice_ids"
    )
    receipt_ids = fields.One2many(
        "bmasia.receipt", "payment_id", "Receipts", readonly=True
    )
    receipt_count = fields.Integer(compute="_compute_receipt_count")
    buyer_warning = fields.Char(compute="_compute_buyer_warning")
    idempotency_key = fields.Char(readonly=True, copy=False)

    _credit = models.Index(
        "(customer_id, company_id) WHERE state = 'booked' AND amount_unallocated > 0"
    )
    _in_order_of_entity = models.Index("(company_id, date DESC, id DESC)")
    _in_order = models.Index("(date DESC, id DESC)")

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("amount", "direction", "state")
    def _compute_signed(self):
        for payment in self:
            sign = {"in": 1, "out": -1}.get(payment.direction, 0)
            counts = payment.state == "booked"
            payment.amount_signed = sign * payment.amount if counts else 0.0

    @api.depends(
        *("amount", "state", "allocation_ids.amount", "allocation_ids.state"),
        *("refund_allocation_ids.amount", "refund_allocation_ids.state"),
    )
    def _compute_allocated(self):
        for payment in self:
            uses = payment.allocation_ids | payment.refund_allocation_ids
            used = money.add(
                use.amount for use in uses if use.state in ("planned", "valid")
            )
            payment.amount_allocated = used
            left = money.subtract(payment.amount, used)
            payment.amount_unallocated = left if payment.state == "booked" else 0.0

    @api.depends("allocation_ids.invoice_id", "allocation_ids.used_ids.invoice_id")
    def _compute_invoice_ids(self):
        for payment in self:
            uses = payment.allocation_ids
            payment.invoice_ids = uses.invoice_id | uses.used_ids.invoice_id

    def _search_invoice_ids(self, operator, value):
        if operator in ("not in", "not ilike", "not any"):
            return NotImplemented
        uses = self.env["bmasia.payment.allocation"]._search(
            [("invoice_id", operator, value)]
        )
        return [
            "|",
            ("allocation_ids", "in", uses),
            ("allocation_ids.used_ids", "in", uses),
        ]

    @api.depends("receipt_ids")
    def _compute_receipt_count(self):
        for payment in self:
            payment.receipt_count = len(payment.receipt_ids)

    @api.depends("state", "allocation_ids.state")
    @api.depends_context("lang")
    def _compute_buyer_warning(self):
        """What to put right before a cheque is paid, and its receipts are made."""
        for payment in self:
            planned = payment.allocation_ids.filtered(lambda u: u.state == "planned")
            warnings = [use._target()._buyer_warning() for use in planned]
            payment.buyer_warning = " ".join(dict.fromkeys(filter(None, warnings)))

    @api.depends("method", "date", "amount", "currency_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        methods = dict(self._fields["method"]._description_selection(self.env))
        for payment in self:
            day = payment.date and say_day(self.env, payment.date)
            amount = payment._format_money(payment.amount)
            parts = [methods.get(payment.method), day, amount]
            payment.display_name = " · ".join(filter(None, parts))

    def _format_money(self, amount):
        places = self.currency_id.decimal_places
        return f"{self.currency_id.name or ''} {amount:,.{places}f}".strip()

    def _today(self):
        """Today at the billing entity's desk."""
        return self.company_id._today()

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("amount")
    def _check_amount(self):
        for payment in self:
            if not payment.amount >= 0:
                raise ValidationError(
                    self.env._("The amount of a payment cannot be negative.")
                )
            if not payment.amount and not payment.allocation_ids:
                raise ValidationError(self.env._("Enter an amount above zero."))

    @api.constrains("date", "cheque_date")
    def _check_date(self):
        for payment in self:
            if payment.date > payment._today():
                raise ValidationError(
                    self.env._(
                        "A payment is not dated in the future. Of a cheque dated "
                        "ahead, note the cheque's day as well."
                    )
                )

    @api.constrains("amount", "amount_allocated")
    def _check_used(self):
        for payment in self:
            if payment.amount_allocated > payment.amount:
                raise ValidationError(
                    self.env._(
                        "%(amount)s arrived: %(used)s of it cannot be used.",
                        amount=payment._format_money(payment.amount),
                        used=payment._format_money(payment.amount_allocated),
                    )
                )

    def _is_booked(self):
        return self.state == "booked"

    @api.model_create_multi
    def create(self, vals_list):
        """Note money; a cheque that is dated ahead is expected until its day.

        :raises UserError: money out that gives nothing back
        """
        if not self.env.su and any(v.get("direction") == "out" for v in vals_list):
            raise UserError(
                self.env._(
                    "Money is paid back for something: press Pay back on the credit "
                    "note, or on the payment that left a credit on account."
                )
            )
        payments = super().create(vals_list)
        payments.filtered(lambda p: p._is_ahead()).sudo().state = "expected"
        return payments

    def _is_ahead(self):
        """Whether this is a cheque that the bank does not take yet."""
        return bool(self.cheque_date) and self.cheque_date > self._today()

    def copy(self, default=None):
        """Money arrives once.

        :param dict default: Odoo's
        :raises UserError: for any payment
        """
        if self:
            raise UserError(
                self.env._(
                    "A payment is not duplicated. Use Register payment for another."
                )
            )
        return super().copy(default)

    def write(self, vals):
        if FIXED & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "What was booked stays as it is. Void this payment and note the "
                    "right one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("What was booked is never deleted: void the payment instead.")
        )

    # ------------------------------------------------------------
    # WHAT BECOMES OF IT
    # ------------------------------------------------------------

    def action_book(self, date=None):
        """Say that a cheque dated ahead was paid: what it is for is settled now.

        :param date: the day of the money; default the cheque's, or today if that is
            still to come
        :returns: True
        :raises DocumentConflict: it was booked or voided already
        """
        for payment in self:
            payment.check_access("write")
            serialize(payment)
            if payment.state != "expected":
                raise DocumentConflict(
                    self.env._("%s is not expected any more.", payment.display_name)
                )
            today = payment._today()
            day = self._read_day(date) or min(payment.cheque_date or today, today)
            own = payment.sudo()
            own.write({"state": "booked", "date": day})
            uses = own.allocation_ids.filtered(lambda use: use.state == "planned")
            uses._serialize_ends(uses._ends())
            uses.write({"state": "valid", "date": day})
            uses._take_effect()
        return True

    def action_void(self, reason):
        """Take a payment back: a cheque bounced, or it was typed in wrongly.

        What it settled is open again, its receipts are void, and their numbers stay.

        :param str reason: for the record
        :returns: True
        :raises UserError: no reason, or its credit was paid back
        :raises DocumentConflict: void already
        """
        reason = self._read_reason(reason, self.env._("Say why the payment is voided."))
        for payment in self:
            payment.check_access("write")
            serialize(payment)
            if payment.state == "voided":
                raise DocumentConflict(
                    self.env._("%s is void already.", payment.display_name)
                )
            own = payment.sudo()
            uses = own.allocation_ids | own.refund_allocation_ids
            payment._check_may_undo()
            uses.with_env(self.env)._check_may_undo()
            if uses.filtered(lambda u: u.state == "valid" and u.refund_id) and (
                own.direction == "in"
            ):
                raise UserError(
                    self.env._("A part of this was paid back. Void that payment first.")
                )
            serialize(uses.invoice_id | uses.used_ids.invoice_id)
            receipts = own.receipt_ids.filtered(lambda r: r.state == "issued")
            for receipt in receipts:
                receipt._void(reason)
            uses._void()
            own.write(
                {
                    "state": "voided",
                    "void_reason": reason,
                    "void_date": payment._today(),
                }
            )
        return True

    def action_open_receipts(self):
        """Open the receipts of these payments.

        :returns: an action
        :rtype: dict
        """
        return window_of(self.receipt_ids)

    def _open_outcome(self, answer):
        """What is opened after it was noted: its receipts, else the payment."""
        ids = [receipt["id"] for receipt in answer["receipts"]]
        return window_of(self.env["bmasia.receipt"].browse(ids) if ids else self)
