from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.document_flow.tools.rows import window_of

from ..models.bmasia_payment import METHODS
from ..tools import money

OPEN = [("kind", "=", "invoice"), ("state", "=", "issued"), ("amount_due", ">", 0)]


class BmasiaPaymentWizard(models.TransientModel):
    """Notes money, for one or several documents of a customer; or says later what money
    on account is for.
    """

    _name = "bmasia.payment.wizard"
    _description = "Register Payment"
    _inherit = ["document.wizard.mixin", "bmasia.tax.details.mixin"]

    _opened_for = "customer_id"
    _fixed = frozenset({"payment_id", "credit_note_id", "set_off"})

    customer_id = fields.Many2one("bmasia.company", required=True)
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
    is_repeated = fields.Boolean(compute="_compute_is_repeated")
    withholding_warning = fields.Text(compute="_compute_withholding_warning")
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

    @api.model
    def default_get(self, fields):
        """What the button was pressed on: invoices, a quote or contract, money."""
        values = super().default_get(fields)
        model = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        if model == "bmasia.invoice" and ids and values.get("set_off"):
            values.update(self._values_of_note(self.env[model].browse(ids[:1])))
        elif model in ("bmasia.invoice", "bmasia.contract", "bmasia.quote") and ids:
            values.update(self._values_for(self.env[model].browse(ids)))
        elif model == "bmasia.payment" and ids:
            values.update(self._values_of(self.env[model].browse(ids[:1])))
        elif model == "bmasia.company" and ids:
            values.update(self._values_of_customer(self.env[model].browse(ids[:1])))
        return values

    @api.model
    def _values_for(self, documents):
        """For documents of one customer, entity and currency.

        :raises UserError: they are of several, or nothing is due
        """
        first = documents[0]
        for name in ("company_id", "currency_id"):
            if len(documents[name]) > 1:
                raise UserError(
                    self.env._(
                        "One payment is in one currency, to one billing entity. "
                        "Choose invoices that are."
                    )
                )
        if len({customer._family_root() for customer in documents.customer_id}) > 1:
            raise UserError(
                self.env._("One payment is of one customer. Choose invoices that are.")
            )
        for document in documents:
            document._check_takes_money()
        lines = [
            {**line, "amount": self._to_transfer(line)}
            for line in map(self._line_for, documents)
            if line["amount_due"]
        ]
        if not lines:
            raise UserError(self.env._("Nothing of this is due."))
        is_out = documents._name == "bmasia.invoice" and first.kind == "credit_note"
        is_advance = documents._name != "bmasia.invoice"
        if is_advance:
            nothing = {"amount": 0.0, "withholding_amount": 0.0}
            lines = [{**line, **nothing} for line in lines]
        return {
            "customer_id": first.customer_id.id,
            "company_id": first.company_id.id,
            "currency_id": first.currency_id.id,
            "direction": "out" if is_out else "in",
            "amount": money.add(line["amount"] for line in lines),
            "line_ids": [Command.create(line) for line in lines],
        }

    @api.model
    def _line_for(self, document):
        return {
            "document": f"{document._name},{document.id}",
            "amount_due": document._left_to_pay(),
            "withholding_amount": self._proposed_withholding(document),
        }

    @api.model
    def _proposed_withholding(self, document):
        """What the customer should withhold of what is due, by the rates."""
        is_invoice = document._name == "bmasia.invoice"
        return document._withholding_left() if is_invoice else 0.0

    @api.model
    def _to_transfer(self, line):
        return money.subtract(line["amount_due"], line["withholding_amount"])

    @api.model
    def _values_of(self, payment):
        """To say what money on account is for: the oldest invoices first."""
        return {
            "payment_id": payment.id,
            "direction": payment.direction,
            "date": payment.date,
            "method": payment.method,
            "reference": payment.reference,
            **self._values_of_customer(
                payment.customer_id,
                payment.company_id,
                payment.currency_id,
                payment._left_to_use(),
            ),
        }

    @api.model
    def _values_of_note(self, note):
        """To set a credit note off against the oldest open invoices."""
        if not note._left_to_pay():
            raise UserError(self.env._("Nothing of this is to be refunded."))
        return {
            "credit_note_id": note.id,
            **self._values_of_customer(
                note.customer_id, note.company_id, note.currency_id, note._left_to_pay()
            ),
        }

    @api.onchange("amount")
    def _onchange_amount(self):
        """What arrived pays the first invoices first."""
        left = self.amount or 0.0
        for line in self.line_ids:
            if line.document and line.document._name == "bmasia.invoice":
                line.amount = min(left, line._asks())
                left = money.subtract(left, line.amount)
                if not line.amount:
                    line.withholding_amount = 0.0  # nothing is withheld of nothing

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        used = money.add(self.line_ids.mapped("amount"))
        is_open = not self.payment_id and not self.credit_note_id
        if is_open and used > (self.amount or 0.0):
            self.amount = used

    @api.model
    def _values_of_customer(self, customer, company=None, currency=None, left=0.0):
        amount = left
        domain = [*OPEN, ("customer_id", "=", customer.id)]
        for name, record in (("company_id", company), ("currency_id", currency)):
            if record:
                domain.append((name, "=", record.id))
        invoices = self.env["bmasia.invoice"].search(domain, order="due_date, id")
        if not company and invoices:
            company, currency = invoices[0].company_id, invoices[0].currency_id
            invoices = invoices.filtered(
                lambda i: i.company_id == company and i.currency_id == currency
            )
        lines = []
        for line in map(self._line_for, invoices):
            line["amount"] = min(left, self._to_transfer(line))
            if not line["amount"]:
                line["withholding_amount"] = 0.0
            left = money.subtract(left, line["amount"])
            lines.append(Command.create(line))
        company = company or customer.sudo().billing_entity_id or self.env.company
        return {
            "customer_id": customer.id,
            "company_id": company.id,
            "currency_id": (currency or company.sudo().currency_id).id,
            "amount": amount,
            "line_ids": lines,
        }

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
        return payments.browse(answer["payment"])._open_outcome(answer)

    def _set_off(self, lines):
        ids = []
        for line in lines:
            answer = self.credit_note_id.action_set_off(line.document.id, line.amount)
            ids += [receipt["id"] for receipt in answer["receipts"]]
        if not ids:
            raise UserError(self.env._("Say what the money is for."))
        return window_of(self.env["bmasia.receipt"].browse(ids))


class BmasiaPaymentWizardLine(models.TransientModel):
    """What a part of the money is for."""

    _name = "bmasia.payment.wizard.line"
    _description = "Use of a Payment"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "wizard_id"

    wizard_id = fields.Many2one(
        "bmasia.payment.wizard", required=True, index=True, ondelete="cascade"
    )
    document = fields.Reference(
        [
            ("bmasia.invoice", "Invoice"),
            ("bmasia.contract", "Contract"),
            ("bmasia.quote", "Quote"),
        ],
        required=True,
    )
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    amount_due = fields.Monetary("Due", readonly=True)
    percent = fields.Float("%", digits=(5, 2), help="Of the whole, for an advance.")
    amount = fields.Monetary()
    withholding_amount = fields.Monetary("Withheld")
    withholding_warning = fields.Char(compute="_compute_withholding_warning")
    bank_charge = fields.Monetary()
    rounding = fields.Monetary()

    @api.onchange("document")
    def _onchange_document(self):
        if self.document:
            self.amount_due = self.document._left_to_pay()

    def _asks(self):
        """What of it the money is to settle."""
        parts = (self.withholding_amount, self.bank_charge, self.rounding)
        return max(money.subtract(self.amount_due, *(part or 0.0 for part in parts)), 0)

    @api.onchange("withholding_amount", "bank_charge", "rounding")
    def _onchange_parts(self):
        if self.document and self.document._name == "bmasia.invoice":
            self.amount = min(self.amount, self._asks())

    @api.onchange("percent")
    def _onchange_percent(self):
        if self.document and self.percent:
            whole = self.document._payable_total()
            self.amount = self.currency_id.round(whole * self.percent / 100)

    @api.depends("amount", "withholding_amount", "bank_charge", "document")
    def _compute_withholding_warning(self):
        """Another amount than the rates say may be right; who types it is told."""
        for line in self:
            document, warning = line.document, False
            is_invoice = document and document._name == "bmasia.invoice"
            if is_invoice and document.kind == "invoice" and line.amount:
                settled = money.add(
                    [line.amount, line.withholding_amount, line.bank_charge]
                )
                expected = document._withholding_share(settled)
                if expected != line.withholding_amount:
                    warning = self.env._(
                        "%(document)s: by its rates, %(expected)s would be withheld.",
                        document=document.display_name,
                        expected=document._format_money(expected),
                    )
            line.withholding_warning = warning

    def _settles(self):
        names = ("amount", "withholding_amount", "bank_charge", "rounding")
        return any(self[name] for name in names)

    def _said(self):
        """As ``register`` takes it."""
        names = ("amount", "withholding_amount", "bank_charge", "rounding")
        target = {
            "bmasia.invoice": "invoice_id",
            "bmasia.contract": "contract_id",
            "bmasia.quote": "quote_id",
        }[self.document._name]
        return {target: self.document.id, **{name: self[name] for name in names}}
