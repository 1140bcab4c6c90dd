from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.document_flow.tools.rows import window_of

from ..models.bmasia_payment import METHODS
from ..tools import allocation, money
from .bmasia_payment_wizard_line import PARTS

# Where what is missing of an invoice goes, by the row's column.
MISSING = [
    ("open", "Stays open"),
    ("bank_charge", "Bank charge"),
    ("withholding_amount", "Tax withheld"),
    ("rounding", "Rounding"),
]
EXCESS = [("account", "Stays on account"), ("rounding", "Rounding")]


class BmasiaPaymentWizard(models.TransientModel):
    """Notes money, for one or several documents of a customer; or says later what money
    on account is for.
    """

    _name = "bmasia.payment.wizard"
    _description = "Register Payment"
    _inherit = [
        "bmasia.payment.proposal.mixin",
        "document.wizard.mixin",
        "bmasia.tax.details.mixin",
    ]

    _opened_for = "customer_id"
    _fixed = frozenset({"payment_id", "credit_note_id", "set_off"})

    customer_id = fields.Many2one("bmasia.company", required=True)
    is_given = fields.Boolean(
        readonly=True, help="Opened on what it is for: the customer is that one's."
    )
    payment_id = fields.Many2one("bmasia.payment", readonly=True)
    set_off = fields.Boolean(readonly=True)
    credit_note_id = fields.Many2one("bmasia.invoice", readonly=True)
    company_id = fields.Many2one(
        "res.company",
        "Billing Entity",
        required=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    direction = fields.Selection(
        [("in", "Received"), ("out", "Paid Back")], default="in", required=True
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._today(), string="Arrived"
    )
    amount = fields.Monetary()
    method = fields.Selection(METHODS, default="transfer", required=True)
    reference = fields.Char(help="The bank's, or the number of the cheque.")
    cheque_date = fields.Date(
        "Cheque Dated", help="If ahead, the payment is expected until then."
    )
    again = fields.Boolean("It Is Another Payment")
    line_ids = fields.One2many("bmasia.payment.wizard.line", "wizard_id", "Document")
    amount_left = fields.Monetary("On Account", compute="_compute_amount_left")
    excess_as = fields.Selection(EXCESS, "Too Much", default="account", required=True)
    amount_missing = fields.Monetary("Missing", compute="_compute_amount_missing")
    missing_as = fields.Selection(MISSING, "Too Little", default="open", required=True)
    has_advances = fields.Boolean(compute="_compute_has_advances")
    is_repeated = fields.Boolean(compute="_compute_is_repeated")
    withholding_warning = fields.Text(compute="_compute_withholding_warning")
    buyer_warning = fields.Html(compute="_compute_buyer_warning")
    needs_thb = fields.Boolean(compute="_compute_tax_hints")
    needs_reason = fields.Boolean(compute="_compute_tax_hints")

    @api.depends("company_id")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.currency_id or wizard.company_id.currency_id

    @api.depends("amount", "line_ids.amount")
    def _compute_amount_left(self):
        for wizard in self:
            used = wizard.line_ids.mapped("amount")
            wizard.amount_left = money.subtract(wizard.amount or 0.0, *used)

    @api.depends("line_ids.amount", "line_ids.amount_open")
    def _compute_amount_missing(self):
        for wizard in self:
            paid = wizard._paid_lines()
            wizard.amount_missing = money.add(paid.mapped("amount_open"))

    @api.depends("line_ids.is_advance")
    def _compute_has_advances(self):
        for wizard in self:
            wizard.has_advances = any(wizard.line_ids.mapped("is_advance"))

    @api.depends("customer_id", "company_id", "amount", "date", "method", "reference")
    def _compute_is_repeated(self):
        """Whether the same money was noted already."""
        for wizard in self:
            same = [
                (name, "=", wizard[name].id if name.endswith("_id") else wizard[name])
                for name in ("customer_id", "company_id", "amount", "date", "method")
            ]
            same += [("state", "!=", "voided"), ("reference", "=", wizard.reference)]
            is_new = wizard.amount and not wizard.payment_id
            wizard.is_repeated = is_new and bool(
                self.env["bmasia.payment"].search_count(same, limit=1)
            )

    @api.depends("line_ids.withholding_warning")
    def _compute_withholding_warning(self):
        for wizard in self:
            warnings = wizard.line_ids.mapped("withholding_warning")
            wizard.withholding_warning = "\n".join(filter(None, warnings))

    @api.depends("company_id", "currency_id", "date", "direction")
    def _compute_tax_hints(self):
        """What the receipts are going to ask for: a rate, a reason for their date."""
        for wizard in self:
            company, day = wizard.company_id.sudo(), wizard.date
            comes_in = wizard.direction == "in"
            is_foreign = company._states_baht(wizard.currency_id)
            known = self.env["bmasia.exchange.rate"]._rate_on(wizard.currency_id, day)
            wizard.needs_thb = comes_in and is_foreign and not known
            later = self.env["bmasia.receipt"].sudo()._latest_of(company, day)
            across = later and day and later.date.replace(day=1) > day
            wizard.needs_reason = comes_in and across

    @api.depends("direction", "customer_id", "line_ids.document", "line_ids.amount")
    def _compute_buyer_warning(self):
        """What of the buyer is missing on the tax invoices that are made now."""
        for wizard in self:
            lines = wizard.line_ids.filtered(lambda line: line._settles())
            warnings = [line.document._buyer_warning() for line in lines]
            told = " ".join(dict.fromkeys(filter(None, warnings)))
            link = wizard._link_to_customer()
            comes_in = wizard.direction == "in"
            wizard.buyer_warning = (
                Markup("<p>%s %s</p>") % (told, link) if told and comes_in else False
            )

    def _link_to_customer(self):
        """In a tab of its own: what was typed here stays."""
        return Markup('<a href="/odoo/bmasia-companies/%s" target="_blank">%s</a>') % (
            self.customer_id.id,
            self.env._("Open the company"),
        )

    # ------------------------------------------------------------
    # WHAT IS TYPED
    # ------------------------------------------------------------

    @api.onchange("customer_id")
    def _onchange_customer_id(self):
        """Its open invoices, of the entity and in the currency of the oldest."""
        if self.customer_id and not self.is_given:
            self._fill(self._values_of_customer(self.customer_id, amount=self.amount))

    @api.onchange("company_id")
    def _onchange_company_id(self):
        self._refill(self.company_id)

    @api.onchange("currency_id")
    def _onchange_currency_id(self):
        self._refill(self.company_id, self.currency_id)

    def _refill(self, *ends):
        if self.customer_id and not self.is_given:
            customer, amount = self.customer_id, self.amount or 0.0
            self._fill(self._values_of_customer(customer, *ends, amount=amount))

    def _fill(self, values):
        self.company_id = values["company_id"]
        self.currency_id = values["currency_id"]
        self.line_ids = [Command.clear(), *values["line_ids"]]

    @api.onchange("date")
    def _onchange_date(self):
        """What is due has the tax rate of the day on which the money came."""
        lines = self.line_ids.filtered(lambda line: line._is_invoice() and self.date)
        was_all = money.add(self.line_ids.mapped("amount")) == self.amount
        for line in lines:
            due, was_whole = line.document._payable_on(self.date), not line.amount_open
            if due == line.amount_due:
                continue
            line.amount_due = due
            asks = max(line._left_beside(*PARTS[1:]), 0.0)
            line.amount = asks if was_whole and line.amount else min(line.amount, asks)
        if was_all:
            self.amount = money.add(self.line_ids.mapped("amount"))

    @api.onchange("amount")
    def _onchange_amount(self):
        """What arrived pays the first invoices first; rows that come to it stay."""
        used = money.add(self.line_ids.mapped("amount"))
        if used != (self.amount or 0.0):
            lines = self._lines_to_pay()
            if self.missing_as != "open" or self.excess_as != "account":
                # they explained another amount
                lines.update({"bank_charge": 0.0, "rounding": 0.0})
            self.excess_as = "account"
            self._share_out(lines)
            self._explain_missing()

    def _lines_to_pay(self):
        """Invoices; proformas if it was opened on them, or if there is nothing else."""
        asking = self.line_ids.filtered(lambda line: line._is_invoice())
        billed = asking.filtered(lambda line: not line.is_advance)
        return asking if self.is_given else billed or asking

    def _paid_lines(self):
        billed = self.line_ids.filtered(lambda line: line._is_invoice())
        return billed.filtered("amount")

    def _share_out(self, lines):
        rows = [line._open() for line in lines]
        rounding = self.currency_id.rounding or money.CENT
        uses = allocation.propose(self.amount or 0.0, rows, rounding)
        for line, use in zip(lines, uses, strict=True):
            line.update({"amount": use.amount, "withholding_amount": use.withheld})

    @api.onchange("missing_as")
    def _onchange_missing_as(self):
        for line in self._paid_lines():
            proposed = line._open().withheld
            withheld = min(line.withholding_amount, proposed)
            line.update({"bank_charge": 0.0, "withholding_amount": withheld})
            line.rounding = min(line.rounding, 0.0)
        self._explain_missing()

    def _explain_missing(self):
        if self.missing_as != "open":
            for line in self._paid_lines():
                parts = [line[self.missing_as], max(line.amount_open, 0.0)]
                line[self.missing_as] = money.add(parts)

    @api.onchange("excess_as")
    def _onchange_excess_as(self):
        """The last of what is paid takes it, rounded down to what is due."""
        lines = self._paid_lines()
        if self.excess_as == "rounding":
            over = self.amount_left if self.amount_left > 0 else 0.0
            lines = lines[-1:]
        else:
            lines = lines.filtered(lambda line: line.rounding < 0)
            over = money.add(lines.mapped("rounding"))
        for line in lines:
            line.amount = money.add([line.amount, over])
            line.rounding = money.subtract(line.rounding, over)

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        used = money.add(self.line_ids.mapped("amount"))
        is_open = not self.payment_id and not self.credit_note_id
        if is_open and used > (self.amount or 0.0):
            self.amount = used

    # ------------------------------------------------------------
    # NOTED
    # ------------------------------------------------------------

    def action_confirm(self):
        """Note the payment.

        :returns: the action that opens its receipt, or the payment
        :rtype: dict
        """
        self.ensure_one()
        self._check_opened()
        lines = self.line_ids.filtered(lambda line: line._settles())
        if self.credit_note_id:
            return self._set_off(lines)
        allocations = [line._said() for line in lines]
        payments = self.env["bmasia.payment"]
        if self.payment_id:
            answer = self.payment_id.action_allocate(
                allocations, details=self._tax_details()
            )
        else:
            answer = payments.register(
                self.customer_id.id,
                self.company_id.id,
                self.amount,
                self.date,
                self.currency_id.id,
                allocations,
                self.method,
                self.reference,
                cheque_date=self.cheque_date,
                direction=self.direction,
                again=self.again,
                details=self._tax_details(),
            )
        payment = payments.browse(answer["payment"])
        self._follow_noted(payment)
        return payment._open_outcome(answer)

    def _follow_noted(self, payment):
        """What else follows, in the same transaction.

        :param payment: the payment that was noted, or used for something now
        """

    def action_confirm_and_send(self):
        """Note the payment, and open the mail with its receipt.

        :returns: the action that does; where there is not one receipt, as
            :meth:`action_confirm`
        :rtype: dict
        """
        made = self.action_confirm()
        is_receipt = made["res_model"] == "bmasia.receipt" and "res_id" in made
        if not is_receipt:
            return made
        return self.env["bmasia.receipt"].browse(made["res_id"]).action_send()

    def _set_off(self, lines):
        ids = []
        for line in lines:
            answer = self.credit_note_id.action_set_off(line.document.id, line.amount)
            ids += [receipt["id"] for receipt in answer["receipts"]]
        if not ids:
            raise UserError(self.env._("Say what the money is for."))
        return window_of(self.env["bmasia.receipt"].browse(ids))
