from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.document_flow.tools.numbering import Codes

from ..tools import money

# Fixed with the receipt's number.
FIXED = {"invoice_id", "date", "amount", "withholding_amount", "lang"} | {
    *("customer_id", "partner_id", "company_id", "currency_id"),
    *("method", "reference"),
}


class BmasiaPayment(models.Model):
    """What a customer paid on an invoice, and its receipt."""

    _name = "bmasia.payment"
    _description = "Payment"
    _inherit = ["bmasia.customer.mixin"]
    _order = "date desc, id desc"

    _number_codes = {"receipt": Codes("REC", "RC")}
    _report = "bmasia_crm.action_report_receipt"
    _plural = "receipts"
    _mail_template = "bmasia_crm.template_receipt_send"
    _receives_field = "receives_invoices"

    name = fields.Char("Receipt Number")
    invoice_id = fields.Many2one(
        "bmasia.invoice", required=True, index=True, ondelete="restrict", tracking=True
    )
    customer_id = fields.Many2one(
        related="invoice_id.customer_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="invoice_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="invoice_id.partner_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(
        related="invoice_id.currency_id", store=True, precompute=True
    )
    lang = fields.Selection(compute="_compute_lang", store=True, precompute=True)
    date = fields.Date(
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        tracking=True,
    )
    amount = fields.Monetary(required=True, tracking=True, help="What arrived.")
    withholding_amount = fields.Monetary(
        tracking=True, help="Tax that the customer withheld and pays to the state."
    )
    method = fields.Selection(
        [
            ("transfer", "Bank Transfer"),
            ("promptpay", "PromptPay"),
            ("cheque", "Cheque"),
            ("card", "Card"),
            ("cash", "Cash"),
            ("other", "Other"),
        ],
        default="transfer",
        required=True,
    )
    reference = fields.Char(help="The bank's.")

    @api.depends("company_id")
    def _compute_date(self):
        for payment in self:
            payment.date = payment.date or payment._today()

    @api.depends("invoice_id")
    def _compute_lang(self):
        for payment in self:
            payment.lang = payment.invoice_id.lang

    def _kind_label(self):
        return self.env._("receipt")

    def _addressee(self):
        self.ensure_one()
        return self.customer_id.name or ""

    def _customer_values(self):
        return self.invoice_id._customer()

    def _document_values(self):
        values = super()._document_values()
        names = ("date", "amount", "withholding_amount", "method", "reference")
        values.update({name: self[name] for name in names})
        return {**values, "invoice": self.invoice_id.name}

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("amount", "withholding_amount")
    def _check_amounts(self):
        for payment in self:
            if not payment.amount >= 0 or not payment.withholding_amount >= 0:
                raise ValidationError(self.env._("A payment is not negative."))
            if not money.add([payment.amount, payment.withholding_amount]):
                raise ValidationError(self.env._("A payment of nothing is none."))

    def _check_payable(self):
        """Whether the invoice asks for this; with the payment counted already."""
        for payment in self:
            invoice = payment.invoice_id
            if invoice.kind != "invoice" or invoice.state != "issued":
                raise UserError(
                    self.env._("%s is not to be paid.", invoice.display_name)
                )
            if payment.date < invoice.issue_date or payment.date > payment._today():
                raise UserError(
                    self.env._(
                        "The payment is dated before the invoice, or in the future."
                    )
                )
            total = money.subtract(invoice.amount_total, invoice.amount_credited)
            if invoice.amount_paid > total:
                before = money.subtract(
                    invoice.amount_paid, payment.amount, payment.withholding_amount
                )
                raise UserError(
                    self.env._(
                        "%(invoice)s has only %(amount)s left to pay.",
                        invoice=invoice.display_name,
                        amount=invoice._format_money(money.subtract(total, before)),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Count payments and give each receipt its number.

        As superuser, an importer brings numbers and states of its own along.
        """
        invoices = self.env["bmasia.invoice"].browse(
            vals.get("invoice_id") for vals in vals_list
        )
        # Two clicks at once: the second one sees what the first one paid.
        invoices.exists()._serialize()
        payments = super().create(vals_list)
        for payment in payments.filtered(lambda payment: not payment.name):
            payment._check_payable()
            payment._freeze_parties()
            # issued with its number, whoever prints it when
            payment._issue_document()
            payment.invoice_id._settle_payment()
        return payments

    def write(self, vals):
        if FIXED & vals.keys() and any(self.mapped("name")):
            raise UserError(
                self.env._("What a receipt says stays, as it has its number.")
            )
        return super().write(vals)

    def action_mark_sent(self):
        """Say that the receipt reached the customer by other means.

        :returns: True
        """
        for payment in self:
            payment.check_access("write")
            payment._issue_document()
            payment._follow_sent(fields.Datetime.now())
        return True
