from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.document_flow.tools.names import one_line
from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.rows import serialize
from odoo.addons.document_flow.tools.transitions import SYSTEM, Transition

from ..tools.roles import FINANCE, MANAGER
from .bmasia_document_mixin import DOCUMENT_FIELDS
from .bmasia_document_totals import AMOUNTS
from .bmasia_invoice_payment import OLDEST

# As they add up in lists: a credit note takes away.
SIGNED = ("amount_untaxed_signed", "amount_total_signed", "amount_due_signed")
INVOICE_TRANSITIONS = {
    ("draft", "issued"): Transition(FINANCE, ("_check_can_leave_draft",)),
    ("draft", "cancelled"): Transition(
        MANAGER, ("_check_has_number",), "cancelled_date"
    ),
    ("issued", "paid"): Transition(SYSTEM, ("_check_is_paid",), "paid_date"),
    ("paid", "issued"): Transition(SYSTEM, ("_check_is_open",)),
    ("issued", "cancelled"): Transition(
        MANAGER, ("_check_can_cancel",), "cancelled_date"
    ),
    ("issued", "credited"): Transition(SYSTEM, ("_check_is_credited",)),
    ("paid", "credited"): Transition(SYSTEM, ("_check_is_credited",)),
}


class BmasiaInvoice(models.Model):
    """A bill, a credit note, or a proforma, which asks for nothing.

    Its fields, dates and states are here, and what a tax invoice must say. What is paid
    and due of it, what was paid in advance, how it is chased, and its credit notes,
    have a mixin each.
    """

    _name = "bmasia.invoice"
    _description = "Invoice"
    _inherit = [
        "bmasia.copies.mixin",
        "bmasia.invoice.credit.mixin",
        "bmasia.invoice.chasing.mixin",
        "bmasia.invoice.payment.mixin",
        "bmasia.invoice.refund.mixin",
        "bmasia.invoice.advance.mixin",
        "bmasia.document.mixin",
    ]
    _order = "issue_date desc, id desc"

    _transitions = INVOICE_TRANSITIONS
    _number_codes = {
        "invoice": Codes("INV", "IV"),
        "credit_note": Codes("CN", "CN"),
        "proforma": Codes("PF", "PF"),
    }
    _plural = "invoices"
    _link_name = "bmasia-invoices"  # Odoo's own invoices have the other
    _void_states = frozenset({"cancelled", "credited"})
    _mail_template = "bmasia_crm.template_invoice_send"
    _receives_field = "receives_invoices"
    _terms_field = "billing_terms"
    _derived_fields = frozenset(
        {*AMOUNTS, *SIGNED, "amount_paid", "amount_credited", "amount_due"}
        | {"payment_state", "amount_refund"}
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
        "deduct_advances",
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
    amount_untaxed_signed = fields.Monetary(
        "Net (Signed)",
        compute="_compute_signed",
        store=True,
        help="Negative on a credit note.",
    )
    amount_total_signed = fields.Monetary(
        "Total (Signed)",
        compute="_compute_signed",
        store=True,
        help="Negative on a credit note.",
    )
    amount_due_signed = fields.Monetary(
        "Amount Due (Signed)",
        compute="_compute_signed",
        store=True,
        help="Of a draft nothing is due: nobody was asked for it.",
    )
    backdate_reason = fields.Char(
        "Reason for the Earlier Date",
        copy=False,
        tracking=True,
        help="Why this one is dated before another that was issued already. A "
        "manager's to say.",
    )
    cancelled_date = fields.Date(readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)

    _schedule = models.UniqueIndex(
        "(schedule_id) WHERE schedule_id IS NOT NULL AND state != 'cancelled'",
        "This billing period has an invoice already.",
    )

    # Lists in order; the first screen adds up revenue and what is due without reading
    # the rows.
    _in_order = models.Index("(issue_date DESC, id DESC)")
    _in_order_of_entity = models.Index("(company_id, issue_date DESC, id DESC)")
    _revenue = models.Index(
        "(company_id, issue_date) "
        "INCLUDE (currency_id, amount_untaxed_signed, state, kind) "
        "WHERE state IN ('issued', 'paid', 'credited') "
        "AND kind IN ('invoice', 'credit_note')"
    )
    _due = models.Index(
        "(company_id, due_date) INCLUDE (currency_id, amount_due, state) "
        "WHERE state = 'issued'"
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.model
    def _unfinished_domain(self):
        return Domain("state", "in", ("draft", "issued"))

    def _number_kind(self):
        return self.kind

    def _get_report(self):
        return self.env.ref(f"bmasia_crm.action_report_{self.kind}").sudo()

    def _kind_label(self):
        label = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        return label.lower()

    def _title(self):
        """What kind of document this is. For mail templates."""
        return self.with_context(lang=self._get_print_lang())._kind_label().capitalize()

    def _is_printed_by(self, report):
        # each report of the model prints it, titled by its kind, but for one
        is_own = report.report_name != "bmasia_crm.report_open_items"
        return is_own and report.model == self._name

    @api.depends("issue_date", "company_id", "customer_id", "kind")
    def _compute_due_date(self):
        """By the customer's payment term; what was issued keeps its day."""
        for invoice in self:
            if invoice.due_date and not invoice._is_draft():
                continue
            asks = invoice.kind == "invoice" and invoice.issue_date
            invoice.due_date = asks and invoice._due_if_issued(invoice.issue_date)

    def _due_if_issued(self, day):
        return self.customer_id._due_date(self.company_id, day)

    def _due_in_mail(self):
        """When it is due; of a draft, if it were issued today. For mail templates."""
        if self.due_date or self.kind != "invoice":
            return self.due_date
        return self._due_if_issued(self._today())

    @api.depends("kind", "state", "amount_untaxed", "amount_total", "amount_due")
    def _compute_signed(self):
        for invoice in self:
            sign = -1 if invoice.kind == "credit_note" else 1
            invoice.amount_untaxed_signed = sign * invoice.amount_untaxed
            invoice.amount_total_signed = sign * invoice.amount_total
            asked = invoice.state == "issued"
            invoice.amount_due_signed = invoice.amount_due if asked else 0.0

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "title": _("What the document is, as a title"),
            "property_name": _("The venue, else the customer's trade name"),
            "due_date": _("When it is to be paid; empty on other documents"),
            "days_overdue": _("Days since then"),
            "amount_due": _("What is still to be paid, with tax"),
            "period_start": _("First day of the service; may be empty"),
            "period_end": _("Last day of the service; may be empty"),
        }

    def _document_variables(self):
        values = super()._document_variables()
        return {
            **values,
            "title": self._title(),
            "property_name": one_line(self.property_name or values["trade_name"]),
            "due_date": self._format_day(
                self.kind == "invoice" and self._due_in_mail()
            ),
            "days_overdue": str(self.days_overdue),
            "amount_due": self._format_money(self.amount_due),
            "period_start": self._format_day(self.period_start),
            "period_end": self._format_day(self.period_end),
        }

    # ------------------------------------------------------------
    # TAX INVOICES
    # ------------------------------------------------------------

    @api.depends(
        *("state", "kind", "company_id", "currency_id", "amount_tax"),
        *("customer_id.country_id", "customer_id.vat", "customer_id.branch"),
        *("partner_id", "customer_id.partner_id.contact_address"),
    )
    @api.depends_context("lang")
    def _compute_tax_warning(self):
        """What keeps a Thai customer from using the tax invoice of a draft.

        Section 86/4 of the Revenue Code says what must stand on it (see
        ``BmasiaReceipt._is_tax_invoice``), and that it is made out in Thai currency,
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

    def _check_can_leave_draft(self):
        if self.issue_date and self.issue_date > self._today():
            raise UserError(self.env._("An invoice is not issued ahead of its date."))
        if self.kind == "credit_note":
            self._check_credit_fits()
        is_earlier = self.issue_date and self.issue_date < self._today()
        if is_earlier and not self.env.su:
            self._check_date_in_order()
        return super()._check_can_leave_draft()

    def _check_date_in_order(self):
        """Numbers and dates of an entity's documents run in one order.

        :raises UserError: dated long ago, or before one that was issued already
        """
        if self.issue_date < self._today() - timedelta(days=OLDEST):
            raise UserError(
                self.env._(
                    "%s is more than a year ago. Choose the day on which it is issued.",
                    self._format_day(self.issue_date),
                )
            )
        later = self.sudo().search(
            [
                *(("company_id", "=", self.company_id.id), ("kind", "=", self.kind)),
                *(("name", "!=", False), ("issue_date", ">", self.issue_date)),
                ("id", "!=", self.id),
            ],
            order="issue_date desc",
            limit=1,
        )
        by_manager = self.env.user.has_group(MANAGER) and self.backdate_reason
        if later and not by_manager:
            raise UserError(
                self.env._(
                    "%(later)s is dated %(day)s already. Leave the date empty for "
                    "today; with an earlier date, a manager issues it and says why.",
                    later=later.name,
                    day=self._format_day(later.issue_date),
                )
            )

    def _check_can_cancel(self):
        if self.amount_paid or self.amount_credited or self.kind == "credit_note":
            raise UserError(
                self.env._(
                    "%s is part of the books; credit it instead.", self.display_name
                )
            )

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
            serialize(invoice)
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
        self._deduct_advances()
        archived = super()._issue_document()
        self._transition_to("issued")
        self.reversed_id._settle_credit()
        if self.kind == "invoice":
            self._settle_payment()  # what costs nothing asks for nothing
        return archived

    def _number_day(self):
        return self.issue_date or super()._number_day()

    def action_cancel(self, reason):
        """Take an invoice back that nobody paid. Its number stays.

        :param str reason: for the record
        :returns: True
        :raises UserError: no reason, or something was paid or credited
        """
        reason = self._read_reason(
            reason, self.env._("Say why the invoice is cancelled.")
        )
        self._transition_to("cancelled", cancel_reason=reason)
        return True
