import math
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import money, transitions
from .bmasia_document_mixin import AMOUNTS, DOCUMENT_FIELDS

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


class BmasiaInvoice(models.Model):
    """A bill, a credit note, or a proforma, which asks for nothing."""

    _name = "bmasia.invoice"
    _description = "Invoice"
    _inherit = ["bmasia.document.mixin"]
    _order = "issue_date desc, id desc"

    _transitions = transitions.INVOICE_TRANSITIONS
    _plural = "invoices"
    _mail_template = "bmasia_crm.template_invoice_send"
    _receives_field = "receives_invoices"
    _terms_field = "billing_terms"
    _derived_fields = frozenset(
        {*AMOUNTS, "amount_paid", "amount_credited", "amount_due", "payment_state"}
        | {"amount_refund"}
    )
    _document_fields = DOCUMENT_FIELDS | {
        "kind",
        "issue_date",
        "due_date",
        "period_start",
        "period_end",
        "property_name",
        "customer_reference",
        "contract_id",
        "note",
        "reversed_id",
        "credit_reason",
    }

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("issued", "Issued"),
            ("paid", "Paid"),
            ("cancelled", "Cancelled"),
            ("credited", "Credited"),
        ],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    kind = fields.Selection(
        [
            ("invoice", "Invoice"),
            ("credit_note", "Credit Note"),
            ("proforma", "Proforma"),
        ],
        default="invoice",
        required=True,
        index=True,
    )
    line_ids = fields.One2many("bmasia.invoice.line", "invoice_id", "Lines", copy=True)
    issue_date = fields.Date(
        copy=False, index=True, tracking=True, help="Empty: the day it is issued."
    )
    due_date = fields.Date(
        compute="_compute_due_date",
        store=True,
        readonly=False,
        copy=False,
        index=True,
        tracking=True,
    )
    contract_id = fields.Many2one(
        "bmasia.contract", index="btree_not_null", ondelete="restrict"
    )
    schedule_id = fields.Many2one(
        "bmasia.contract.schedule",
        "Billing Period",
        readonly=True,
        copy=False,
        index="btree_not_null",
        # Only a cancelled invoice can lose its period: the plan was written anew.
        ondelete="set null",
    )
    period_start = fields.Date("Service From")
    period_end = fields.Date("Service Until")
    property_name = fields.Char()
    tax_warning = fields.Char(compute="_compute_tax_warning")
    customer_reference = fields.Char(help="As a purchase order of the customer.")
    note = fields.Text("Note to the Customer", help="Printed.")
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
    reversed_id = fields.Many2one(
        "bmasia.invoice",
        "Original Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    credit_note_ids = fields.One2many("bmasia.invoice", "reversed_id", "Credit Notes")
    credit_reason = fields.Text(readonly=True, copy=False)
    backdate_reason = fields.Char(
        "Reason for the Earlier Date",
        copy=False,
        tracking=True,
        help="Why this one is dated before another that was issued already. A "
        "manager's to say.",
    )
    paid_date = fields.Date(readonly=True, copy=False)
    cancelled_date = fields.Date(readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)

    _schedule = models.UniqueIndex(
        "(schedule_id) WHERE schedule_id IS NOT NULL AND state != 'cancelled'",
        "This billing period has an invoice already.",
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    def _number_kind(self):
        return self.kind

    def _kind_label(self):
        label = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        return label.lower()

    def _document_values(self):
        return {**super()._document_values(), "reversed": self.reversed_id.sudo().name}

    def _title(self):
        """What kind of document this is. For mail templates."""
        return self.with_context(lang=self._get_print_lang())._kind_label().capitalize()

    def _is_printed_by(self, report):
        # each report of the model prints it, titled by its kind
        return report.model == self._name

    def _is_taxed(self):
        """Whether this sale has tax documents: its entity charges VAT."""
        self.ensure_one()
        return bool(self.company_id.sudo().tax_rate or self.amount_tax)

    @api.depends(
        *("state", "kind", "company_id", "currency_id", "amount_tax"),
        *("customer_id.country_id", "customer_id.vat", "customer_id.branch"),
        *("partner_id", "customer_id.partner_id.contact_address"),
    )
    @api.depends_context("lang")
    def _compute_tax_warning(self):
        """What keeps a Thai customer from using the tax invoice of a draft.

        Section 86/4 of the Revenue Code says what must stand on it (see
        ``BmasiaPayment._is_tax_invoice``), and that it is made out in Thai currency,
        unless the Director-General approves another.
        """
        for invoice in self:
            country = invoice.company_id.sudo().country_id.code
            is_tax_document = invoice.kind == "invoice" and invoice._is_taxed()
            gaps = []
            if invoice._is_draft() and is_tax_document and country == "TH":
                gaps = invoice._tax_gaps()
            invoice.tax_warning = " ".join(gaps)

    def _tax_gaps(self):
        customer, country = self._customer(), self.customer_id.country_id.code
        needed = {
            "address": self.env._("address"),
            "vat": self.env._("tax ID"),
            "branch": self.env._("branch (or “Head Office”)"),
        }
        missing = [label for name, label in needed.items() if not customer[name]]
        sentences = []
        if missing and country in ("TH", False):
            sentences.append(
                self.env._(
                    "%(customer)s has no %(missing)s: without it, a company cannot "
                    "use the tax invoice.",
                    customer=self.customer_id.name,
                    missing=", ".join(missing),
                )
            )
        if self.currency_id.name != "THB":
            sentences.append(
                self.env._(
                    "A tax invoice is made out in THB, unless the Revenue Department "
                    "has approved %s.",
                    self.currency_id.name,
                )
            )
        return sentences

    def _due_in_mail(self):
        """When it is due; of a draft, if it were issued today. For mail templates."""
        if self.due_date or self.kind != "invoice":
            return self.due_date
        days = self.company_id.sudo().payment_days
        return self._today() + relativedelta(days=days)

    def _compute_access_url(self):
        for invoice in self:
            invoice.access_url = f"/my/bmasia-invoices/{invoice.id}"

    @api.depends("issue_date", "company_id", "kind")
    def _compute_due_date(self):
        for invoice in self:
            if invoice.kind != "invoice":
                invoice.due_date = False
            else:
                days = invoice.company_id.sudo().payment_days
                start = invoice.issue_date
                invoice.due_date = start and start + relativedelta(days=days)

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

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("period_start", "period_end")
    def _check_period(self):
        for invoice in self:
            start, end = invoice.period_start, invoice.period_end
            if start and end and end < start:
                raise ValidationError(
                    self.env._("The service period ends before it starts.")
                )

    @api.constrains("issue_date", "due_date")
    def _check_due_date(self):
        for invoice in self:
            issued, due = invoice.issue_date, invoice.due_date
            if issued and due and due < issued:
                raise ValidationError(
                    self.env._("An invoice cannot be due before its own date.")
                )

    @api.constrains("contract_id", "customer_id")
    def _check_contract(self):
        for invoice in self:
            contract = invoice.contract_id
            if contract and contract.customer_id != invoice.customer_id:
                raise ValidationError(self.env._("The contract is another customer's."))

    def _check_can_send(self):
        if self.state == "cancelled":
            raise UserError(self.env._("%s was cancelled.", self.display_name))
        return super()._check_can_send()

    def _check_can_leave_draft(self):
        if self.issue_date and self.issue_date > self._today():
            raise UserError(self.env._("An invoice is not issued ahead of its date."))
        if self.kind == "credit_note":
            self._check_credit_fits()
        is_earlier = self.issue_date and self.issue_date < self._today()
        if is_earlier and not self.env.su:
            self._check_date_in_order()
        return super()._check_can_leave_draft()

    def _check_can_cancel(self):
        if self.amount_paid or self.amount_credited or self.kind == "credit_note":
            raise UserError(
                self.env._(
                    "%s is part of the books; credit it instead.", self.display_name
                )
            )

    def _check_is_paid(self):
        if self.amount_due:
            raise UserError(self.env._("%s is not paid in full.", self.display_name))

    # ------------------------------------------------------------
    # TRANSITIONS
    # ------------------------------------------------------------

    def action_issue(self):
        """Give drafts their numbers and dates, and keep their PDFs.

        :returns: True
        :raises UserError: no lines, or issued already
        :raises AccessError: not Finance
        """
        for invoice in self:
            invoice.check_access("write")
            invoice._serialize()
            if invoice.state != "draft":
                raise UserError(invoice._forbidden_sentence("issued"))
            invoice._issue_document()
        return True

    def _issue_document(self):
        """An invoice is issued once it has its number, whether or not it is mailed."""
        if self.state != "draft":
            return super()._issue_document()
        self._check_may_transition(self._transitions["draft", "issued"])
        self._check_can_leave_draft()
        if not self.issue_date:
            chosen = {"due_date": self.due_date} if self.due_date else {}
            self.write({"issue_date": self._today(), **chosen})
        archived = super()._issue_document()
        self._transition_to("issued")
        self.reversed_id._settle_credit()
        if self.kind == "invoice":
            self._settle_payment()  # what costs nothing asks for nothing
        return archived

    def _number_day(self):
        return self.issue_date or super()._number_day()

    def _settle_payment(self):
        """Paid in full is paid."""
        for invoice in self:
            if invoice.state == "issued" and not invoice.amount_due:
                invoice._transition_to("paid")
