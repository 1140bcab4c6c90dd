from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.rows import serialize
from odoo.addons.document_flow.tools.todo import Todo
from odoo.addons.document_flow.tools.transitions import Question, Transition

from ..tools import money
from ..tools.roles import FINANCE
from .bmasia_asked_mixin import KEPT
from .bmasia_invoice_todo import INVOICING

_lt = LazyTranslate(__name__)
CANCELLATION = Question(
    "action_cancel", _lt("Cancel billing note"), reason=_lt("Reason"), hint=KEPT
)
HANDING_IN = Question(
    "action_mark_sent",
    _lt("Mark as handed in"),
    day=_lt("Handed in on"),
    proposes="_today",
)
BILLING_NOTE_TRANSITIONS = {
    ("draft", "sent"): Transition(
        FINANCE, ("_check_can_leave_draft",), asks=HANDING_IN
    ),
    ("draft", "cancelled"): Transition(
        FINANCE, ("_check_has_number",), "cancelled_date", CANCELLATION
    ),
    ("sent", "cancelled"): Transition(FINANCE, (), "cancelled_date", CANCELLATION),
}


class BmasiaBillingNote(models.Model):
    """A list of open invoices that is handed in at the customer's: a ใบวางบิล.

    Many Thai customers take bills on certain days and pay on certain days. The note
    lists the open invoices of one entity and currency, says when the money is expected,
    and is signed by who takes it. It is no tax document and books nothing.

    Once it was sent, nobody is reminded of its invoices until the day of payment is
    over. An invoice stands on one note at a time; cancel a note to bill its invoices
    again.
    """

    _name = "bmasia.billing.note"
    _description = "Billing Note"
    _inherit = ["bmasia.addressee.mixin"]
    _order = "date desc, id desc"

    _number_codes = {"billing_note": Codes("BN", "BN")}
    _plural = "billing-notes"
    _report = "bmasia_crm.action_report_billing_note"
    _mail_template = "bmasia_crm.template_billing_note_send"
    _receives_field = "receives_invoices"
    _transitions = BILLING_NOTE_TRANSITIONS
    _todos = (
        Todo(
            "billing_notes",
            _lt("Billing notes to hand in"),
            INVOICING,
            domain="_todo_drafts",
            button=_lt("Review and send"),
            method="action_send",
            sequence=70,
            group=FINANCE,
            person="",
            amount="amount_total",
            day="billing_date",
            when=_lt("Hand in on"),
            order="billing_date, id",
        ),
    )
    _stamps = frozenset({"cancel_reason"})
    _document_fields = frozenset(
        {
            *("company_id", "customer_id", "partner_id", "currency_id", "lang"),
            *("date", "billing_date", "payment_date", "line_ids", "note"),
            "bank_account_id",
        }
    )

    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent"), ("cancelled", "Cancelled")], "Status"
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._today(), tracking=True
    )
    billing_date = fields.Date(
        "Handed In On",
        compute="_compute_billing_date",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The next day on which the customer takes bills.",
    )
    payment_date = fields.Date(
        "Payment Expected On",
        compute="_compute_payment_date",
        store=True,
        readonly=False,
        tracking=True,
        help="The customer's next day of payment once everything is due.",
    )
    line_ids = fields.One2many("bmasia.billing.note.line", "note_id", "Invoices")
    amount_total = fields.Monetary(
        "Total",
        compute="_compute_amount_total",
        store=True,
        help="What was due of the invoices when they were billed.",
    )
    amount_due = fields.Monetary(
        compute="_compute_amount_due",
        store=True,
        help="What is still due of the invoices.",
    )
    note = fields.Text("Note to the Customer", help="Printed.")
    billing_days = fields.Char(related="customer_id.billing_days")
    cheque_days = fields.Char(related="customer_id.cheque_days")
    cancelled_date = fields.Date(readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("customer_id", "date")
    def _compute_billing_date(self):
        for note in self:
            if note.date and note._is_draft():
                note.billing_date = note.customer_id._billing_day(note.date)

    @api.depends("customer_id", "billing_date")
    def _compute_payment_date(self):
        """Not by the lines: another one takes back no day that somebody has chosen."""
        for note in self:
            if not note.billing_date or not note._is_draft():
                continue
            due = filter(None, note.line_ids.invoice_id.mapped("due_date"))
            note.payment_date = note.customer_id._cheque_day(
                max([note.billing_date, *due])
            )

    @api.depends("line_ids.amount")
    def _compute_amount_total(self):
        for note in self:
            note.amount_total = money.add(note.line_ids.mapped("amount"))

    @api.depends("line_ids.invoice_id.amount_due", "line_ids.invoice_id.state")
    def _compute_amount_due(self):
        for note in self:
            asked = note.line_ids.invoice_id.filtered(lambda i: i.state == "issued")
            note.amount_due = money.add(asked.mapped("amount_due"))

    def _kind_label(self):
        return self.env._("billing note")

    @api.model
    def _kind_plural(self):
        return self.env._("billing notes")

    @api.model
    def _unfinished_domain(self):
        return Domain("state", "=", "draft") | Domain("amount_due", ">", 0)

    @api.model
    def _todo_drafts(self):
        return [("state", "=", "draft")]

    # ------------------------------------------------------------
    # THE INVOICES
    # ------------------------------------------------------------

    @api.onchange("customer_id", "company_id", "currency_id")
    def _onchange_customer(self):
        if self.customer_id and self._is_draft():
            self.line_ids = [Command.clear(), *self._open_lines()]
            self._compute_payment_date()

    @api.model_create_multi
    def create(self, vals_list):
        """A note that is made without invoices gets all that are open."""
        notes = super().create(vals_list)
        for note, vals in zip(notes, vals_list, strict=True):
            if "line_ids" not in vals and note._is_draft():
                note.line_ids = note._open_lines()
            if not vals.get("payment_date"):
                note._compute_payment_date()
        return notes

    def action_fill(self):
        """List the customer's open invoices anew, with what is due of them now.

        :returns: True
        :raises UserError: it was sent, or nothing is open
        """
        for note in self:
            lines = note._open_lines()
            if not lines:
                raise UserError(
                    self.env._(
                        "%s has no open invoice in this currency, but for what is on "
                        "other billing notes.",
                        note.customer_id.name,
                    )
                )
            note.line_ids = [Command.clear(), *lines]
        return True

    def _open_lines(self):
        """Commands that list what is open, disputed invoices left out."""
        taken = (
            self.env["bmasia.billing.note.line"]
            .sudo()
            .search(
                [
                    ("invoice_id.customer_id", "=", self.customer_id.id),
                    ("note_id.state", "!=", "cancelled"),
                    ("note_id", "!=", self._origin.id),
                    ("invoice_id.amount_due", ">", 0),
                ]
            )
        )
        invoices = self.env["bmasia.invoice"].search(
            [
                ("customer_id", "=", self.customer_id.id),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("kind", "=", "invoice"),
                ("state", "=", "issued"),
                ("amount_due", ">", 0),
                ("dispute_reason", "=", False),
                ("id", "not in", taken.invoice_id.ids),
            ],
            order="issue_date, id",
        )
        return [
            Command.create({"invoice_id": invoice.id, "amount": invoice.amount_due})
            for invoice in invoices
        ]

    # ------------------------------------------------------------
    # WHAT IT SAYS
    # ------------------------------------------------------------

    def _printed_rows(self):
        """What the table of invoices prints, as it was billed."""
        return [
            {**line.invoice_id._open_item_row(), "amount": line.amount}
            for line in self.line_ids
        ]

    def _document_values(self):
        return {**super()._document_values(), "rows": self._printed_rows()}

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "amount_total": _("What the invoices come to, with tax"),
            "invoice_count": _("How many invoices it lists"),
            "billing_date": _("The day on which it is handed in"),
            "payment_date": _("The day on which payment is expected; may be empty"),
        }

    def _document_variables(self):
        return {
            **super()._document_variables(),
            "amount_total": self._format_money(self.amount_total),
            "invoice_count": str(len(self.line_ids)),
            "billing_date": self._format_day(self.billing_date),
            "payment_date": self._format_day(self.payment_date),
        }

    # ------------------------------------------------------------
    # GUARDS AND TRANSITIONS
    # ------------------------------------------------------------

    @api.constrains("date", "billing_date", "payment_date")
    def _check_days(self):
        for note in self:
            billed = note.billing_date or note.date
            if note.date and billed < note.date:
                raise ValidationError(
                    self.env._("A billing note is not handed in before its own date.")
                )
            if note.payment_date and note.payment_date < note.date:
                raise ValidationError(
                    self.env._("Payment is expected before the billing note's date.")
                )

    @api.constrains("customer_id", "company_id", "currency_id", "line_ids")
    def _check_lines(self):
        self.line_ids._check_invoice()

    def _check_can_leave_draft(self):
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "%s has no invoices yet. Add at least one before sending.",
                    self.display_name,
                )
            )
        serialize(self.line_ids.invoice_id)
        for line in self.line_ids:
            invoice = line.invoice_id
            if invoice.state != "issued" or invoice.amount_due != line.amount:
                raise UserError(
                    self.env._(
                        "What is due of %s has changed. List the open invoices anew.",
                        invoice.display_name,
                    )
                )
        return super()._check_can_leave_draft()

    def action_cancel(self, reason):
        """Take the billing note back: its invoices can be billed again.

        :param str reason: for the record
        :returns: True
        :raises UserError: no reason, or it never got a number
        """
        reason = self._read_reason(
            reason, self.env._("Say why the billing note is cancelled.")
        )
        for note in self:
            note._transition_to("cancelled", cancel_reason=reason)
        return True
