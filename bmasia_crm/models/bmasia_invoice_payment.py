import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.document_flow.tools.rows import serialize, window_of

from ..tools import money

AGEING = [
    ("current", "Not Due"),
    ("1_30", "1–30 Days"),
    ("31_60", "31–60 Days"),
    ("61_90", "61–90 Days"),
    ("older", "Over 90 Days"),
]
# days overdue of each age, both included
AGES = {
    "current": (-math.inf, 0),
    "1_30": (1, 30),
    "31_60": (31, 60),
    "61_90": (61, 90),
    "older": (91, math.inf),
}
# What of a document is paid, as its badge says.
STANDINGS = [
    ("draft", "Draft"),
    ("issued", "Issued"),
    ("unpaid", "Not paid"),
    ("partial", "Partially paid"),
    ("overdue", "Overdue"),
    ("paid", "Paid"),
    ("written_off", "Written off"),
    ("credited", "Credited"),
    ("cancelled", "Cancelled"),
]
OLDEST = 366  # days; an older date is a slip, or is for nobody to choose
COUNTED = ("issued", "paid", "credited")  # states in which a document counts


class BmasiaInvoicePaymentMixin(models.AbstractModel):
    """What is paid of an invoice, what is still due, and since when.

    Gives the payments and what they leave to pay, the age of what is overdue, and the
    button that registers a payment.

    The model provides ``kind``, ``state``, ``due_date``, ``amount_total``,
    ``credit_note_ids``, and a transition from issued to paid that names
    ``_check_is_paid``.

    Overdue and its age are not stored: they change at midnight, at another moment for
    each billing entity. Searches translate them into due dates.
    """

    _name = "bmasia.invoice.payment.mixin"
    _description = "Payment of an Invoice"

    currency_id = fields.Many2one("res.currency")
    allocation_ids = fields.One2many(
        "bmasia.payment.allocation", "invoice_id", "Settled By", readonly=True
    )
    set_off_ids = fields.One2many(
        "bmasia.payment.allocation", "credit_note_id", "Set Off", readonly=True
    )
    payment_ids = fields.Many2many(
        "bmasia.payment",
        string="Payments",
        compute="_compute_payment_ids",
        search="_search_payment_ids",
    )
    receipt_ids = fields.Many2many(
        "bmasia.receipt",
        string="Receipts",
        compute="_compute_payment_ids",
        search="_search_receipt_ids",
    )
    amount_paid = fields.Monetary(
        compute="_compute_payment",
        store=True,
        help="What arrived, plus the tax that the customer withheld.",
    )
    amount_credited = fields.Monetary(compute="_compute_payment", store=True)
    amount_due = fields.Monetary(compute="_compute_payment", store=True, tracking=True)
    amount_refund = fields.Monetary(
        "To Refund",
        compute="_compute_payment",
        store=True,
        help="Paid, and credited afterwards.",
    )
    payment_state = fields.Selection(
        [
            ("unpaid", "Unpaid"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
            ("credited", "Credited"),
            ("written_off", "Written off"),
        ],
        compute="_compute_payment",
        store=True,
    )
    standing = fields.Selection(
        STANDINGS,
        "Payment",
        compute="_compute_standing",
        help="The state in one word: whether it is out, and what of it is paid.",
    )
    is_posted = fields.Boolean(
        compute="_compute_is_posted",
        search="_search_is_posted",
        help="It counts as revenue: neither a draft nor cancelled, and no proforma.",
    )
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )
    days_overdue = fields.Integer(compute="_compute_is_overdue")
    ageing = fields.Selection(
        AGEING, compute="_compute_is_overdue", search="_search_ageing"
    )
    paid_date = fields.Date(readonly=True, copy=False)

    # ------------------------------------------------------------
    # WHAT IS PAID
    # ------------------------------------------------------------

    @api.depends(
        "kind",
        "state",
        "amount_total",
        "amount_rate_change",
        "allocation_ids.settled",
        "allocation_ids.state",
        "set_off_ids.settled",
        "set_off_ids.state",
        "write_off_ids.amount",
        "write_off_ids.state",
        "credit_note_ids.amount_total",
        "credit_note_ids.state",
        "credit_note_ids.allocation_ids.settled",
        "credit_note_ids.allocation_ids.state",
        "credit_note_ids.set_off_ids.settled",
        "credit_note_ids.set_off_ids.state",
    )
    def _compute_payment(self):
        for invoice in self:
            notes = invoice.credit_note_ids.filtered(lambda n: n.state in COUNTED)
            credited = money.add(notes.mapped("amount_total"))
            paid = invoice._settled_by()
            asks = invoice.kind == "invoice" and invoice.state != "cancelled"
            total = invoice._asked_total() if asks else 0.0
            invoice.amount_paid = paid
            invoice.amount_credited = credited
            given_up = invoice.write_off_ids.filtered(lambda row: row.state == "valid")
            invoice.amount_written_off = money.add(given_up.mapped("amount"))
            left = money.subtract(total, paid, credited)
            left = money.add([left, invoice._given_back()])
            due = money.subtract(left, invoice.amount_written_off)
            invoice.amount_due = max(due, 0.0)
            refund = max(-left, 0.0) if asks else 0.0
            invoice.amount_refund = refund or invoice._advance_to_refund(paid)
            invoice.payment_state = invoice._payment_state_of(paid, credited)

    def _settled_by(self):
        """What was paid of an invoice; of a credit note, paid back or set off."""
        uses = self.allocation_ids | self.set_off_ids
        return money.add(use.settled for use in uses if use.state == "valid")

    def _given_back(self):
        """What credit notes gave back of what was paid: repaid, or set off."""
        return money.add(note._settled_by() for note in self.credit_note_ids)

    def _payment_state_of(self, paid, credited):
        """Nothing is settled before it is asked for; what is credited, or given up, was
        not paid."""
        total = self._asked_total()
        if self.kind == "invoice":
            if self.state in COUNTED and total and credited >= total:
                return "credited"
            if self._is_written_off():
                return "written_off"
            settled = self.state in COUNTED and not self.amount_due
        else:
            settled = self.state in COUNTED and total and paid >= total
        partly = "partial" if paid else "unpaid"
        return "paid" if settled else partly

    @api.depends("state", "kind", "payment_state", "is_overdue")
    def _compute_standing(self):
        for invoice in self:
            invoice.standing = invoice._standing()

    def _standing(self):
        if self.state in ("draft", "cancelled", "credited"):
            return self.state
        if self.payment_state == "unpaid" and self.kind != "invoice":
            return "issued"
        late = self.is_overdue and self.kind == "invoice"
        return "overdue" if late else self.payment_state

    @api.depends("state", "kind")
    def _compute_is_posted(self):
        for invoice in self:
            booked = invoice.state in COUNTED and invoice.kind != "proforma"
            invoice.is_posted = booked

    def _search_is_posted(self, operator, value):
        if operator != "in":
            return NotImplemented
        posted = Domain("state", "in", COUNTED) & Domain("kind", "!=", "proforma")
        return posted if True in value else ~posted

    @api.depends(
        *("allocation_ids.payment_id", "allocation_ids.receipt_id"),
        *("allocation_ids.advance_id.payment_id", "allocation_ids.state"),
        "allocation_ids.advance_id.receipt_id",
    )
    def _compute_payment_ids(self):
        for invoice in self:
            uses = invoice.allocation_ids
            invoice.payment_ids = uses.payment_id | uses.advance_id.payment_id
            invoice.receipt_ids = uses.receipt_id | uses.advance_id.receipt_id

    def _search_payment_ids(self, operator, value):
        return self._search_through_uses("payment_id", operator, value)

    def _search_receipt_ids(self, operator, value):
        return self._search_through_uses("receipt_id", operator, value)

    def _search_through_uses(self, name, operator, value):
        if operator not in ("in", "any", "ilike", "="):
            return NotImplemented
        paid = Domain("allocation_ids", "any", Domain(name, operator, value))
        if operator == "in" and False in value:
            return paid | Domain("allocation_ids", "=", False)
        return paid

    def action_register_payment(
        self,
        amount,
        date=None,
        method="transfer",
        withholding_amount=0.0,
        reference=None,
        idempotency_key=None,
        bank_charge=0.0,
        rounding=0.0,
        cheque_date=None,
        again=False,
        details=None,
    ):
        """Note what the customer paid of this. The receipt gets its number now.

        What is more than due stays the customer's credit on account. Of a credit note,
        it notes what was paid back. Of a proforma, the money is an advance.

        :param float amount: what arrived
        :param date: of the payment, a date or ``YYYY-MM-DD``; default today
        :param str method: transfer, promptpay, cheque, card, online, cash or other
        :param float withholding_amount: tax that the customer withheld
        :param str reference: the bank's
        :param str idempotency_key: as of ``register`` of payments, like ``details``
        :param float bank_charge: what the banks kept
        :param float rounding: a small difference that nobody asks for
        :param cheque_date: of a cheque dated ahead, which is expected until then
        :param bool again: true: also if the same was noted before
        :param dict details: for its receipt
        :returns: ``{"id", "number", "amount_due", "payment_state", "receipt_id",
            "unallocated"}``: id is the payment's, number the receipt's
        :rtype: dict
        :raises UserError: nothing is due, not issued, in the future
        :raises DocumentConflict: an equal payment is there, and no key
        """
        self.ensure_one()
        payments = self.env["bmasia.payment"]
        payments.check_access("create")
        parts = {"withholding_amount": withholding_amount, "bank_charge": bank_charge}
        parts["rounding"] = rounding
        header = {"date": date, "method": method, "reference": reference}
        header |= {"cheque_date": cheque_date, "details": details}
        return self._register_once(amount, parts, header, idempotency_key, again)

    def _register_once(self, amount, parts, header, key, again):
        for name, value in {"amount": amount, **parts}.items():
            self._check_argument(name, value, "number")
        for name in ("method", "reference"):
            self._check_argument(name, header[name], "text")
        self._check_argument("idempotency_key", key, "text")
        return self.env["bmasia.booking.request"]._once(
            key,
            self.company_id,
            {"invoice": self.id, "amount": amount, **header, **parts},
            lambda: self._register_payment(
                amount, parts, **header, again=again or bool(key)
            ),
        )

    def _register_payment(self, amount, parts, **header):
        serialize(self)
        self._check_takes_money()
        left = self._most_to_pay(self._read_day(header.get("date")) or self._today())
        if not left:
            raise UserError(self.env._("%s is not to be paid.", self.display_name))
        parts = {name: value or 0.0 for name, value in parts.items()}
        used = min(amount or 0.0, money.subtract(left, *parts.values()))
        is_out = self._is_credit()
        use = {"invoice_id": self.id, "amount": amount if is_out else used, **parts}
        answer = self.env["bmasia.payment"].register(
            self.customer_id.id,
            self.company_id.id,
            amount or 0.0,
            currency_id=self.currency_id.id,
            allocations=[use],
            direction="out" if is_out else "in",
            **header,
        )
        receipt = (answer["receipts"] or [{"id": False, "number": False}])[0]
        return {
            "id": answer["payment"],
            "number": receipt["number"],
            "amount_due": self.amount_due,
            "payment_state": self.payment_state,
            "receipt_id": receipt["id"],
            "unallocated": answer["unallocated"],
        }

    def action_open_payments(self):
        """Open the payments of this invoice.

        :returns: an action
        :rtype: dict
        """
        return window_of(self.payment_ids)

    def _most_to_pay(self, day):
        """What money of a day can settle, what was given up included: it may come
        after all."""
        if self.kind != "invoice":
            return self._left_to_pay()
        return money.add([self._due_on(day), self.amount_written_off])

    def _left_to_pay(self):
        """What money can settle of this: due, else what was written off; of a credit
        note, to be paid back."""
        if self.kind == "invoice":
            return self.amount_due or self.amount_written_off
        left = max(money.subtract(self.amount_total, self._settled_by()), 0.0)
        if self._is_credit():
            return min(left, self.reversed_id.amount_refund)
        return left

    def _check_takes_money(self):
        """Whether this is in a state in which anything can be paid of it."""
        states = ("issued", "paid", "credited")
        if self.state not in states[: None if self.kind == "invoice" else 1]:
            raise UserError(self.env._("%s is not to be paid.", self.display_name))

    def _check_payable(self, use):
        """Whether this asks for a use of money; with the use counted already."""
        if not use.advance_id:
            self._check_takes_money()
        issued = self.issue_date
        if issued and use.date < issued - timedelta(days=OLDEST):
            raise UserError(
                self.env._("The payment is dated more than a year before the invoice.")
            )
        asked = "out" if self._is_credit() else "in"
        if use.payment_id and use.payment_id.direction != asked:
            raise UserError(self.env._("%s is not to be paid.", self.display_name))
        before = money.subtract(self._asked_in_all(), self._settled_by())
        if before < 0 and not use._is_own_note():
            left = self._left_beside(use)
            raise UserError(
                self.env._(
                    "%(invoice)s has only %(amount)s left to pay.",
                    invoice=self.display_name,
                    amount=self._format_money(left),
                )
            )

    def _asked_in_all(self):
        """The most that can ever be settled of this."""
        if self.kind == "invoice":
            asked = money.subtract(self._asked_total(), self.amount_credited)
            return money.add([asked, self._given_back()])
        if self._is_credit():
            return self._refundable()
        return self.amount_total

    def _credited_parts(self):
        """What credit notes took away, rate by rate; one list each."""
        notes = self.credit_note_ids.filtered(lambda note: note.state in COUNTED)
        return [note._tax_base() for note in notes]

    def _check_is_paid(self):
        if self.amount_due or self._is_written_off():
            raise UserError(self.env._("%s is not paid in full.", self.display_name))

    def _settle_payment(self):
        """Paid in full is paid."""
        for invoice in self:
            settled = not invoice.amount_due and not invoice._is_written_off()
            if invoice.state == "issued" and settled:
                invoice._transition_to("paid")

    def _check_is_open(self):
        if not self.amount_due and not self._is_written_off():
            raise UserError(self.env._("%s is paid in full.", self.display_name))

    def _reopen_payment(self):
        """A payment was taken back: what it paid is due again."""
        for invoice in self:
            is_open = invoice.amount_due or invoice._is_written_off()
            if invoice.state == "paid" and is_open:
                invoice._transition_to("issued", paid_date=False)

    # ------------------------------------------------------------
    # WHAT IS OVERDUE
    # ------------------------------------------------------------

    @api.depends("state", "due_date", "amount_due", "company_id")
    def _compute_is_overdue(self):
        for invoice in self:
            due = invoice.due_date if invoice.state == "issued" else False
            late = (invoice._today() - due).days if due and invoice.amount_due else 0
            invoice.is_overdue = late > 0
            invoice.days_overdue = max(late, 0)
            ages = [age for age, (first, _last) in AGES.items() if first <= late]
            invoice.ageing = ages[-1] if due and invoice.amount_due else False

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("due_date", "<", company._today())
            for company in self.env["res.company"].sudo().search([])
        )
        overdue &= Domain("state", "=", "issued") & Domain("amount_due", ">", 0)
        return overdue if True in value else ~overdue

    def _search_ageing(self, operator, value):
        if operator != "in":
            return NotImplemented
        asks = Domain("state", "=", "issued") & Domain("amount_due", ">", 0)
        asks &= Domain("due_date", "!=", False)
        found = Domain.OR(
            asks & self._aged_domain(company, *AGES[age])
            for company in self.env["res.company"].sudo().search([])
            for age in AGES.keys() & set(value)
        )
        return found | ~asks if False in value else found

    def _aged_domain(self, company, first, last):
        """Due so many days ago, at a company's desk."""
        today = company._today()
        aged = Domain("company_id", "=", company.id)
        if first > -math.inf:
            aged &= Domain("due_date", "<=", today - timedelta(days=first))
        if last < math.inf:
            aged &= Domain("due_date", ">=", today - timedelta(days=last))
        return aged
