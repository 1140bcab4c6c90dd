from odoo import api, fields, models

from ..tools import allocation, money

# What a row says of the money, and beside it.
PARTS = ("amount", "withholding_amount", "bank_charge", "rounding")


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
    amount_due = fields.Monetary(readonly=True)
    percent = fields.Float("%", digits=(5, 2), help="Of the whole, for an advance.")
    amount = fields.Monetary()
    withholding_amount = fields.Monetary("Withheld")
    withholding_warning = fields.Char(compute="_compute_withholding_warning")
    bank_charge = fields.Monetary()
    rounding = fields.Monetary()

    amount_open = fields.Monetary("Missing", compute="_compute_amount_open")
    is_advance = fields.Boolean(compute="_compute_is_advance")
    is_deposit = fields.Boolean(
        "Deposit", help="Kept until the last invoice of the contract."
    )

    @api.depends("amount_due", "document", *PARTS)
    def _compute_amount_open(self):
        for line in self:
            is_bill = line._is_invoice() and line.document.kind == "invoice"
            line.amount_open = is_bill and line._left_beside(*PARTS)

    @api.depends("document")
    def _compute_is_advance(self):
        for line in self:
            is_proforma = line._is_invoice() and line.document.kind == "proforma"
            is_other = line.document and not line._is_invoice()
            line.is_advance = bool(is_proforma or is_other)

    def _is_invoice(self):
        return bool(self.document) and self.document._name == "bmasia.invoice"

    def _left_beside(self, *names):
        return money.subtract(self.amount_due, *(self[name] or 0.0 for name in names))

    def _open(self):
        """What of it money may settle, and what should be withheld of that."""
        due = max(self._left_beside("bank_charge", "rounding"), 0.0)
        withheld = self.document._withholding_left()
        return allocation.Open(due, min(withheld, due))

    @api.onchange("document")
    def _onchange_document(self):
        """What is due of it, and what is left of the money for it."""
        if self.document:
            day = self.wizard_id.date or self.document._today()
            self.amount_due = self.document._payable_on(day)
            left = self.wizard_id.amount_left
            if self._is_invoice() and not self.amount and left > 0:
                (use,) = allocation.propose(left, [self._open()])
                self.amount, self.withholding_amount = use.amount, use.withheld

    @api.onchange("withholding_amount", "bank_charge", "rounding")
    def _onchange_parts(self):
        if self._is_invoice():
            asks = max(self._left_beside(*PARTS[1:]), 0.0)
            self.amount = min(self.amount, asks)

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
        return any(self[name] for name in PARTS)

    def _said(self):
        """As ``register`` takes it."""
        target = {
            "bmasia.invoice": "invoice_id",
            "bmasia.contract": "contract_id",
            "bmasia.quote": "quote_id",
        }[self.document._name]
        said = {name: self[name] for name in PARTS}
        return {target: self.document.id, "is_deposit": self.is_deposit, **said}
