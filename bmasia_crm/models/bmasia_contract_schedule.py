"""When a contract is billed: what each period of its term comes to."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.todo import Todo

from ..tools import money
from ..tools.roles import FINANCE
from ..tools.service import Span, served
from .bmasia_invoice_todo import INVOICING

_lt = LazyTranslate(__name__)


class BmasiaContractSchedule(models.Model):
    """One bill of a contract, or one credit: a period of its term, or what a change
    added to a period that was billed, or took away.

    A row names the invoice that bills it, or none: never two, as it has one field for
    it. An invoice may bill several rows (``bmasia.schedule.billing.mixin``).
    """

    _name = "bmasia.contract.schedule"
    _description = "Billing Period of a Contract"
    _inherit = [
        "bmasia.schedule.billing.mixin",
        "document.todo.mixin",
        "document.entity.mixin",
    ]
    _order = "period_start, plan_start, id"
    _rec_name = "period_start"

    _entity_path = "contract_id.company_id"
    _todos = (
        Todo(
            "to_invoice",
            _lt("To invoice"),
            INVOICING,
            domain="_todo_to_invoice",
            button=_lt("Create invoice"),
            method="action_bill",
            group=FINANCE,
            person="",
            amount="amount_untaxed",
            day="date",
            when=_lt("Due on"),
            order="date, id",
        ),
    )

    contract_id = fields.Many2one(
        "bmasia.contract", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    kind = fields.Selection(
        [("period", "Period"), ("change", "Change"), ("credit", "Credit")],
        default="period",
        required=True,
        readonly=True,
        help="A change is billed for what begins within a period; a credit is due "
        "where a period was billed that is served no more.",
    )
    plan_start = fields.Date(
        "Period Of",
        required=True,
        readonly=True,
        help="The first day of the billing period that it belongs to.",
    )
    period_start = fields.Date(required=True, readonly=True)
    period_end = fields.Date(required=True, readonly=True)
    months = fields.Integer(required=True, readonly=True)
    date = fields.Date("Invoice On", required=True, readonly=True, index=True)
    amount_untaxed = fields.Monetary("Net", readonly=True)
    tax_rate = fields.Float(
        "Tax (%)",
        digits=(5, 2),
        compute="_compute_tax_rate",
        help="Of its invoice; of one to come, the standard rate that is known for its "
        "day. What is paid later has the rate of the day of payment.",
    )
    parts = fields.Json(readonly=True, help="Net by line of the contract.")
    note = fields.Char(
        compute="_compute_note",
        help="Pauses, the amendment that a change is of, and whether the invoice says "
        "something else.",
    )
    credits_id = fields.Many2one(
        "bmasia.invoice",
        "Credits Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    invoice_id = fields.Many2one(
        "bmasia.invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The invoice that counts; one that was cancelled bills nothing.",
    )
    customer_id = fields.Many2one(related="contract_id.customer_id")
    billed_id = fields.Many2one(related="contract_id.billed_id", store=True)
    venue_name = fields.Char(related="contract_id.venue_name")
    company_id = fields.Many2one(related="contract_id.company_id")

    _period = models.UniqueIndex(
        "(contract_id, plan_start) WHERE kind = 'period'",
        "This period is in the schedule already.",
    )
    _due = models.Index("(date, contract_id) WHERE invoice_id IS NULL")

    def write(self, vals):
        """A row that is billed is not billed again.

        :raises UserError: it has another invoice
        """
        new = vals.get("invoice_id")
        if new and any(row.invoice_id.id not in (False, new) for row in self):
            raise UserError(
                self.env._(
                    "This billing period has an invoice already. Reload the list."
                )
            )
        return super().write(vals)

    @api.depends(
        *("invoice_id.line_ids.tax_rate", "date", "contract_id.line_ids.tax_rate")
    )
    def _compute_tax_rate(self):
        for period in self:
            contract, invoice = period.contract_id, period.invoice_id
            if invoice or not contract._usual_rates():
                lines = (invoice or contract)._priced_lines()
                period.tax_rate = max(lines.mapped("tax_rate"), default=0.0)
            else:
                facts = period.period_end, contract.signed_date
                company = contract.company_id.sudo()
                period.tax_rate = company._tax_rate_on(period.date, *facts)

    @api.depends("period_start", "period_end")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            days = (row.period_start, row.period_end)
            first, last = map(row.contract_id._format_day, days)
            row.display_name = f"{first} – {last}"

    @api.depends(
        *("kind", "amount_untaxed", "invoice_id"),
        *("contract_id.pause_ids.state", "contract_id.amendment_ids.state"),
    )
    @api.depends_context("lang")
    def _compute_note(self):
        for row in self:
            said = [pause._words() for pause in row._pauses()]
            if row.kind != "period":
                said += row._amendments().mapped("display_name")
            billed = row._billed_otherwise()
            if billed is not None:
                words = self.env._("Invoiced: %s")
                said.append(words % row.contract_id._format_figure(billed))
            row.note = "; ".join(said)

    def _billed_otherwise(self):
        """What the invoice charges for the contract, where that is not as planned."""
        billed = money.add(self._billed_lines().mapped("amount_untaxed"))
        is_as_planned = billed == abs(self.amount_untaxed)
        return None if is_as_planned or not self.invoice_id else billed

    def _billed_lines(self):
        """The lines of its invoice that bill this row, or credit it; where none of them
        says of which row it is, the invoice has this one alone.

        A credit may be two documents, with VAT and without.
        """
        parted = self.credits_id.credit_note_ids.filtered(
            lambda note: note.parted_from_id and note.state != "cancelled"
        )
        lines = (self.invoice_id | parted).line_ids
        if known := lines.filtered("schedule_id"):
            return known.filtered(lambda line: line.schedule_id == self)
        return lines.filtered("contract_line_id") or lines

    @api.model
    def _todo_to_invoice(self):
        """What came due and has no invoice."""
        return [
            ("invoice_id", "=", False),
            ("date", "<=", fields.Date.context_today(self)),
            ("amount_untaxed", ">", 0),
            ("contract_id.state", "not in", ("draft", "sent")),
        ]

    def _todo_customer(self):
        return self.billed_id.name or ""

    def _todo_name(self):
        return self.contract_id.display_name

    def _todo_record(self):
        return self.contract_id

    def _todo_why(self, todo):
        return self.display_name

    def _pauses(self):
        """The pauses of the contract that have days of this row."""
        self.ensure_one()
        return self.contract_id.pause_ids.filtered(
            lambda pause: pause.state == "active"
            and pause.date_from <= self.period_end
            and self.period_start <= pause.date_to
        )

    def _amendments(self):
        """The amendments that hold since the first day of this row."""
        return self.contract_id._active_amendments().filtered(
            lambda amendment: amendment.start_date == self.period_start
        )

    def _parts(self):
        """Net by line of the contract.

        :rtype: dict
        """
        self.ensure_one()
        lines = self.env["bmasia.contract.line"]
        return {lines.browse(key): amount for key, amount in self.parts or ()}

    def _plan_values(self):
        """What :meth:`_due_values` of the contract said of this row."""
        self.ensure_one()
        names = ("kind", "plan_start", "period_start", "period_end", "months", "date")
        values = {name: self[name] for name in (*names, "amount_untaxed", "parts")}
        links = {"contract_id": self.contract_id.id, "credits_id": self.credits_id.id}
        return {**values, **links}

    def _is_billed(self):
        """Whether the customer has its invoice, or may have: that stays."""
        self.ensure_one()
        invoice = self.invoice_id
        if not invoice or invoice.state == "draft":
            return False
        return bool(invoice.sent_date) or invoice.send_state != "queued"

    def _span(self):
        """The whole billing period, also of a row that begins within it."""
        return Span(self.plan_start, self.period_end)

    def _days_of(self, line):
        """How many days of the billing period a line is served on.

        :param line: of the contract
        """
        contract = self.contract_id
        spans = line._served(contract, contract._pauses()).spans
        return served(spans, self._span())

    def _is_of_change(self, line):
        """Whether this bills the difference that a change of a line makes."""
        if self.kind != "change":
            return False
        peers = self.contract_id.schedule_ids.filtered(
            lambda row: row.plan_start == self.plan_start and row.invoice_id
        )
        return line._first_of_chain() in (peers - self)._by_chain()

    def _change_words(self):
        """For which days a difference is billed. Printed."""
        contract = self.contract_id
        env = contract.with_context(lang=contract._get_print_lang()).env
        if (
            self.kind == "credit"
            and not contract.last_day
            and (found := self._pauses())
        ):
            return "\n".join(p.with_env(env)._printed_words() for p in found)
        days = (self.period_start, self.period_end)
        first, last = (contract.with_env(env)._format_day(day) for day in days)
        return env._("Change from %(first)s to %(last)s", first=first, last=last)

    def _by_chain(self):
        """Net by the line that was first agreed, of all these rows.

        :rtype: dict
        """
        found = {}
        for row in self:
            for line, amount in row._parts().items():
                found.setdefault(line._first_of_chain(), []).append(amount)
        return {line: money.add(amounts) for line, amounts in found.items()}

    def _to_credit(self, parts):
        """Which invoices of these rows are credited how much of each line: those that
        billed the line, the latest first, up to what is left of it. What somebody
        credited by hand is not given back twice.

        :param parts: negative net by line of the contract
        :returns: such parts by invoice
        """
        found = {}
        invoices = self.invoice_id.filtered(lambda invoice: not invoice._is_credit())
        for line, amount in parts.items():
            by_hand = (each._credited_by_hand(line, self) for each in invoices)
            left = money.subtract(-amount, *by_hand)
            for invoice in invoices.sorted("id", reverse=True):
                part = min(left, invoice._left_of_contract_line(line))
                if part > 0:
                    found.setdefault(invoice, {})[line] = -part
                    left = money.subtract(left, part)
        return found
