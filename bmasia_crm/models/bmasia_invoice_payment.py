import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

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
    payment_ids = fields.One2many("bmasia.payment", "invoice_id", "Payments")
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
        [("unpaid", "Unpaid"), ("partial", "Partly paid"), ("paid", "Paid")],
        compute="_compute_payment",
        store=True,
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
        "payment_ids.amount",
        "payment_ids.withholding_amount",
        "credit_note_ids.amount_total",
        "credit_note_ids.state",
    )
    def _compute_payment(self):
        for invoice in self:
            notes = invoice.credit_note_ids.filtered(lambda n: n.state in COUNTED)
            credited = money.add(notes.mapped("amount_total"))
            paid = money.add(
                [
                    *invoice.payment_ids.mapped("amount"),
                    *invoice.payment_ids.mapped("withholding_amount"),
                ]
            )
            asks = invoice.kind == "invoice" and invoice.state != "cancelled"
            total = invoice.amount_total if asks else 0.0
            invoice.amount_paid = paid
            invoice.amount_credited = credited
            left = money.subtract(total, paid, credited)
            invoice.amount_due = max(left, 0.0)
            invoice.amount_refund = max(-left, 0.0) if asks else 0.0
            # Nothing is settled before it is asked for.
            settled = invoice.state in COUNTED and not invoice.amount_due
            partly = "partial" if paid else "unpaid"
            invoice.payment_state = "paid" if settled and asks else partly

    def action_register_payment(
        self,
        amount,
        date=None,
        method="transfer",
        withholding_amount=0.0,
        reference=None,
    ):
        """Note what the customer paid. The receipt gets its number now.

        :param float amount: what arrived
        :param date: of the payment, a date or ``YYYY-MM-DD``; default today
        :param str method: transfer, promptpay, cheque, card, cash or other
        :param float withholding_amount: tax that the customer withheld
        :param str reference: the bank's
        :returns: ``{"id", "number", "amount_due", "payment_state"}``
        :rtype: dict
        :raises UserError: more than is due, before the invoice's date, not issued
        """
        self.ensure_one()
        for name, value, kind in (
            ("amount", amount, "number"),
            ("withholding_amount", withholding_amount, "number"),
            ("method", method, "text"),
            ("reference", reference, "text"),
        ):
            self._check_argument(name, value, kind)
        payment = self.env["bmasia.payment"].create(
            {
                "invoice_id": self.id,
                "amount": amount,
                "date": self._read_day(date) or self._today(),
                "method": method,
                "withholding_amount": withholding_amount,
                "reference": reference,
            }
        )
        return {
            "id": payment.id,
            "number": payment.name,
            "amount_due": self.amount_due,
            "payment_state": self.payment_state,
        }

    def _check_is_paid(self):
        if self.amount_due:
            raise UserError(self.env._("%s is not paid in full.", self.display_name))

    def _settle_payment(self):
        """Paid in full is paid."""
        for invoice in self:
            if invoice.state == "issued" and not invoice.amount_due:
                invoice._transition_to("paid")

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
