from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.names import one_line
from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.rows import serialize
from odoo.addons.document_flow.tools.transitions import SYSTEM, Question, Transition

from ..tools.roles import FINANCE, MANAGER
from .bmasia_asked_mixin import KEPT, SENDING
from .bmasia_document_mixin import DOCUMENT_FIELDS
from .bmasia_document_totals import AMOUNTS

_lt = LazyTranslate(__name__)
# As they add up in lists: a credit note takes away.
SIGNED = (
    "amount_untaxed_signed",
    "amount_tax_signed",
    "amount_total_signed",
    "amount_due_signed",
)
CANCELLATION = Question(
    "action_cancel", _lt("Cancel document"), reason=_lt("Reason"), hint=KEPT
)
CREDIT = Question(
    "action_credit",
    _lt("Add credit note"),
    reason=_lt("Reason for credit"),
    hint=_lt("Printed on the credit note."),
)
INVOICE_TRANSITIONS = {
    ("draft", "issued"): Transition(FINANCE, ("_check_can_leave_draft",)),
    ("draft", "cancelled"): Transition(
        MANAGER, ("_check_has_number",), "cancelled_date", CANCELLATION
    ),
    ("issued", "paid"): Transition(SYSTEM, ("_check_is_paid",), "paid_date"),
    ("paid", "issued"): Transition(SYSTEM, ("_check_is_open",)),
    ("issued", "cancelled"): Transition(
        MANAGER, ("_check_can_cancel",), "cancelled_date", CANCELLATION
    ),
    ("issued", "credited"): Transition(SYSTEM, ("_check_is_credited",), asks=CREDIT),
    ("paid", "credited"): Transition(SYSTEM, ("_check_is_credited",), asks=CREDIT),
}


class BmasiaInvoice(models.Model):
    """A bill, a credit note, or a proforma, which asks for nothing.

    Its fields, dates and states are here, and what a tax invoice must say. The
    contracts that it bills, what is paid and due of it, what was paid in advance, how
    it is chased, its credit notes, and how it is issued anew, have a mixin each.
    """

    _name = "bmasia.invoice"
    _description = "Invoice"
    _inherit = [
        "bmasia.invoice.contracts.mixin",
        "bmasia.invoice.quote.mixin",
        "bmasia.invoice.reissue.mixin",
        "bmasia.copies.mixin",
        "bmasia.tax.document.mixin",
        "bmasia.invoice.withholding.mixin",
        "bmasia.invoice.advance.return.mixin",
        "bmasia.invoice.credit.mixin",
        "bmasia.invoice.tax.mixin",
        "bmasia.invoice.chasing.mixin",
        "bmasia.invoice.payment.mixin",
        "bmasia.invoice.todo.mixin",
        "bmasia.invoice.refund.mixin",
        "bmasia.invoice.write.off.mixin",
        "bmasia.invoice.rate.mixin",
        "bmasia.invoice.advance.mixin",
        "bmasia.document.mixin",
    ]
    _order = "issue_date desc, id desc"

    _transitions = INVOICE_TRANSITIONS
    _further_questions = (SENDING,)
    _number_codes = {
        "invoice": Codes("INV", "IV", per_entity=True),
        "credit_note": Codes("CN", "CN", per_entity=True),
        "adjustment": Codes("ADJ", "AJ", per_entity=True),
        "proforma": Codes("PF", "PF"),
    }
    _booked_day_field = "issue_date"
    _tax_day_field = "issue_date"
    _plural = "invoices"
    _has_sample = True
    _link_name = "bmasia-invoices"  # Odoo's own invoices have the other
    _void_states = frozenset({"cancelled", "credited"})
    _report = "bmasia_crm.action_report_invoice"  # of the first kind, see _get_report
    _mail_template = "bmasia_crm.template_invoice_send"
    _receives_field = "receives_invoices"
    _terms_field = "billing_terms"
    _replaceable = frozenset(
        {"lang", "partner_id", "property_name", "customer_reference", "note"}
    )
    _derived_fields = frozenset(
        {*AMOUNTS, *SIGNED, "amount_paid", "amount_credited", "amount_due"}
        | {"payment_state", "amount_refund", "amount_written_off"}
        | {"amount_rate_change", "rate_changes"}
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
        "credit_ground",
        "credit_event_date",
        "tax_invoice_asked",
        "deduct_advances",
        "thb_rate",
        "thb_rate_source",
        "thb_rate_date",
        "show_withholding",
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
            ("adjustment", "Adjustment"),
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
    property_name = fields.Char()
    customer_reference = fields.Char(help="As a purchase order of the customer.")
    note = fields.Text("Note to the Customer", help="Printed.")
    amount_untaxed_signed = fields.Monetary(
        "Net (Signed)",
        compute="_compute_signed",
        store=True,
        help="Negative on a credit note.",
    )
    amount_tax_signed = fields.Monetary(
        "Tax (Signed)",
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
    cancelled_date = fields.Date(readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)

    # Lists in order; the first screen adds up revenue and what is due without reading
    # the rows.
    _in_order = models.Index("(issue_date DESC, id DESC)")
    _in_order_of_entity = models.Index("(company_id, issue_date DESC, id DESC)")
    # The oldest drafts, on My Day: see bmasia.quote.
    _drafts = models.Index(
        "(issue_date, id) INCLUDE (company_id) WHERE state = 'draft'"
    )
    # Reports of any day read all of an entity's invoices, from the index alone.
    _facts = models.Index(
        "(company_id, issue_date) INCLUDE (id, kind, state, amount_total, due_date,"
        " cancelled_date, replaced_by_id, reversed_id, customer_id, currency_id,"
        " period_start, period_end) WHERE issue_date IS NOT NULL"
    )
    _revenue = models.Index(
        "(company_id, issue_date) "
        "INCLUDE (currency_id, amount_untaxed_signed, state, kind) "
        "WHERE state IN ('issued', 'paid', 'credited') "
        "AND kind IN ('invoice', 'credit_note', 'adjustment')"
    )
    _to_refund = models.Index("(company_id) WHERE amount_refund > 0")
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

    @api.model
    def _kind_plural(self):
        return self.env._("invoices")

    def _title(self):
        """What kind of document this is. For mail templates."""
        return self._kind_label().capitalize()

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

    @api.model
    def _sample_values(self, company):
        return {"state": "issued", "issue_date": company._today()}

    def _due_if_issued(self, day):
        return self.customer_id._due_date(self.company_id, day)

    def _due_in_mail(self):
        """When it is due; of a draft, if it were issued today. For mail templates."""
        if self.due_date or self.kind != "invoice":
            return self.due_date
        return self._due_if_issued(self._today())

    @api.depends(
        *("kind", "state", "amount_untaxed", "amount_tax", "amount_total"),
        "amount_due",
    )
    def _compute_signed(self):
        for invoice in self:
            sign = -1 if invoice._is_credit() else 1
            if invoice.advance_id:
                sign = 0  # nothing was invoiced that it takes back
            invoice.amount_untaxed_signed = sign * invoice.amount_untaxed
            invoice.amount_tax_signed = sign * invoice.amount_tax
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
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("issue_date", "due_date")
    def _check_due_date(self):
        for invoice in self:
            issued, due = invoice.issue_date, invoice.due_date
            if issued and due and due < issued:
                raise ValidationError(
                    self.env._("An invoice cannot be due before its own date.")
                )

    def _check_can_leave_draft(self):
        if self.issue_date and self.issue_date > self._today():
            raise UserError(self.env._("An invoice is not issued ahead of its date."))
        self._check_day_open()
        if self._is_credit():
            self._check_credit_fits()
        return super()._check_can_leave_draft()

    def _is_booked(self):
        # a proforma asks for nothing and is in no books
        return super()._is_booked() and self.kind != "proforma"

    def _check_day_open(self):
        return super(
            BmasiaInvoice, self.filtered(lambda each: each.kind != "proforma")
        )._check_day_open()

    def _series_domain(self):
        return [*super()._series_domain(), ("kind", "=", self.kind)]

    def _is_tax_document(self):
        return self._is_tax_credit() or self._is_tax_invoice()

    def _thb_rate_known(self):
        """A credit note takes back what its tax invoices declared, at their rate."""
        declared = self._declaring_receipts().filtered("thb_rate")
        if len(set(declared.mapped("thb_rate"))) == 1:
            names = ("thb_rate", "thb_rate_source", "thb_rate_date")
            return tuple(declared[0][name] for name in names)
        return super()._thb_rate_known()

    def _declaring_receipts(self):
        """The receipts that declared what this credit note takes back."""
        return self.reversed_id.sudo().receipt_ids

    def _check_can_cancel(self):
        if not self.replaced_by_id:  # the month's sum stays where it is issued anew
            self._check_may_undo()
        in_books = self._is_credit() and not self.replaced_by_id
        if self.amount_paid or self.amount_credited or in_books:
            raise UserError(
                self.env._(
                    "%s is part of the books; credit it instead.", self.display_name
                )
            )
        if self.amount_written_off and not self.replaced_by_id:
            raise UserError(
                self.env._(
                    "%s was written off. Void the write-off first.", self.display_name
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

    def _follows_entity_tax(self):
        # what takes back or replaces is taxed as that was
        own = not self._is_credit() and not self.replaces_id
        return own and super()._follows_entity_tax()

    def _issue_document(self):
        """An invoice is issued once it has its number, whether or not it is mailed."""
        if self.state != "draft":
            return super()._issue_document()
        self._check_may_transition(self._transitions["draft", "issued"])
        # the tax point is this day or later
        if self._follows_entity_tax():
            self.line_ids._follow_entity_tax()
        self._check_can_leave_draft()
        if not self.issue_date:
            chosen = {"due_date": self.due_date} if self.due_date else {}
            self.write({"issue_date": self._today(), **chosen})
        self._deduct_advances()
        self._credit_at_charged_rates()
        besides = self._part_by_tax()
        self._check_tax_credit()
        self._fix_tax_point()
        self._fix_references()
        archived = super()._issue_document()
        self._transition_to("issued")
        if besides:
            besides._issue_document()
            self._note_parted(besides)
        if self.kind == "invoice":
            self._settle_payment()  # what costs nothing asks for nothing
        elif self.reversed_id:
            self.reversed_id._recover_written_off(self)
            self.reversed_id._settle_credit()
            self._use_for_other_rates()
        return archived

    def action_cancel(self, reason):
        """Take an invoice back that nobody paid. Its number stays.

        :param str reason: for the record
        :returns: True
        :raises UserError: no reason, or something was paid or credited
        """
        reason = self._read_reason(
            reason, self.env._("Say why the invoice is cancelled.")
        )
        for invoice in self:
            # what was never issued is of no month, whatever day was typed
            never = {"issue_date": False} if invoice._is_draft() else {}
            invoice._transition_to("cancelled", cancel_reason=reason, **never)
        return True
