from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.document_flow.tools import figures
from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.rows import serialize

from ..tools import money
from .bmasia_invoice_payment import COUNTED

# Fixed with the receipt's number.
FIXED = {"invoice_id", "date", "amount", "withholding_amount", "lang"} | {
    *("customer_id", "partner_id", "company_id", "currency_id"),
    *("method", "reference"),
    *("thb_rate", "thb_rate_source", "thb_rate_date"),
}


class BmasiaPayment(models.Model):
    """What a customer paid on an invoice, and its receipt.

    The receipt has a number as soon as the payment exists, and is the tax invoice as
    well where VAT is charged. Its amounts are the payment's share of the invoice.
    """

    _name = "bmasia.payment"
    _description = "Payment"
    _inherit = ["bmasia.tax.document.mixin", "bmasia.customer.mixin"]
    _order = "date desc, id desc"

    _number_codes = {"receipt": Codes("REC", "RC", per_entity=True)}
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
        related="invoice_id.company_id", store=True, precompute=True, readonly=True
    )
    partner_id = fields.Many2one(
        related="invoice_id.partner_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(
        related="invoice_id.currency_id", store=True, precompute=True, readonly=True
    )
    lang = fields.Selection(
        compute="_compute_lang", store=True, precompute=True, readonly=True
    )
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

    @api.model
    def _unfinished_domain(self):
        # whoever noted a payment is named on it for good
        return Domain.FALSE

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
        serialize(invoices.exists())
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

    # ------------------------------------------------------------
    # WHAT THE RECEIPT SAYS
    # ------------------------------------------------------------

    def _is_tax_invoice(self):
        """Whether this receipt is the tax invoice as well: its entity charges VAT.

        Of a service, the tax is due when the payment arrives (Thai Revenue Code,
        section 78/1), and a registered seller issues the tax invoice then. Section 86/4
        asks for: the words "tax invoice" in plain sight; name, address and tax id of
        the seller; name and address of the buyer; a serial number; description,
        quantity and value of what was sold; the VAT apart from that value; the date;
        and, by the Director-General's notifications under its number 8, the buyer's
        tax id and which establishment, head office or branch, sells and buys. English
        beside Thai currency is allowed (notification on VAT no. 92); the Thai words
        stand there too, since the buyer's accountant looks for them.

        An entity that is not registered, as in Hong Kong, issues plain receipts.
        """
        self.ensure_one()
        return self.invoice_id._is_taxed()

    def _is_tax_document(self):
        return self._is_tax_invoice()

    def _taxed_amounts(self):
        share = self._share()
        return share["untaxed"], share["tax"]

    def _share(self):
        """How much of the invoice this payment settles, tax withheld included.

        The payments of an invoice, in the order of their receipts, add up to its net
        amount and its tax to the cent: each takes what the ones up to it make, rounded,
        less what the ones before it took. After a credit note, each takes its part of
        what is left then, since lines of another tax rate may be gone.

        :returns: dict with ``untaxed``, ``tax``, ``total`` and ``is_whole``
        """
        self.ensure_one()
        invoice = self.invoice_id
        before = invoice.payment_ids.filtered(lambda payment: payment.id < self.id)
        settled = before._settled()
        total = self._settled()
        if notes := self._credited_before():
            taken = [payment._share()["untaxed"] for payment in before]
            net = money.subtract(
                invoice.amount_untaxed, *notes.mapped("amount_untaxed"), *taken
            )
            whole = money.subtract(
                invoice.amount_total, *notes.mapped("amount_total"), settled
            )
            untaxed = self._part(net, total, whole)
        else:
            upto = money.add([settled, total])
            untaxed = money.subtract(self._net_of(upto), self._net_of(settled))
        return {
            "untaxed": untaxed,
            "tax": money.subtract(total, untaxed),
            "total": total,
            "is_whole": not before and total == invoice.amount_total,
        }

    def _settled(self):
        return money.add(
            amount
            for payment in self
            for amount in (payment.amount, payment.withholding_amount)
        )

    def _credited_before(self):
        """The credit notes of the invoice that were issued before this receipt: files
        are kept in the order in which documents are issued.
        """
        mine = min(self.archive_ids.ids, default=float("inf"))
        return self.invoice_id.credit_note_ids.filtered(
            lambda note: note.state in COUNTED
            and min(note.archive_ids.ids, default=0) < mine
        )

    def _net_of(self, settled):
        """The net part of what was settled of the invoice."""
        invoice = self.invoice_id
        return self._part(invoice.amount_untaxed, settled, invoice.amount_total)

    def _part(self, net, settled, whole):
        """What of a net amount falls to a part of the whole, rounded."""
        if not whole:
            return settled
        part = money.exact(net) * money.exact(settled) / money.exact(whole)
        return float(money.to_currency(part, self.currency_id.rounding))

    def _receipt_rows(self):
        """The rows below the lines, as :meth:`bmasia.document.mixin._totals_rows`.

        A tax invoice shows its tax even where the rate is zero.
        """
        self.ensure_one()
        env = self.with_context(lang=self._get_print_lang()).env
        share, above = self._share(), self._rows_above_net()
        rows = []
        if share["tax"] or self._is_tax_invoice():
            label = env._("Net") if above else env._("Subtotal")
            rows.append(("net", label, share["untaxed"]))
            rows.append(("tax", self._tax_label(), share["tax"]))
        if self.withholding_amount:
            rows.append(("sum", env._("Total"), share["total"]))
            label = env._("Withholding tax")
            rows.append(("withheld", label, -self.withholding_amount))
        rows.append(("total", env._("Received"), self.amount))
        names = ("kind", "label", "amount")
        return above + [dict(zip(names, row, strict=True)) for row in rows]

    def _rows_above_net(self):
        """Gross and discount as the invoice has them, where it is paid at once."""
        if not self._share()["is_whole"]:
            return []
        steps = self.invoice_id._totals_rows()
        return [step for step in steps if step["kind"] in ("gross", "discount")]

    def _tax_label(self):
        env = self.with_context(lang=self._get_print_lang()).env
        label = self._seller()["tax_label"] or env._("Tax")
        rates = set(self.invoice_id._priced_lines().mapped("tax_rate"))
        return f"{label} {figures.number(rates.pop())} %" if len(rates) == 1 else label

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "invoice_number": _("The invoice that was paid"),
            "amount_paid": _("What arrived"),
            "amount_withheld": _("Tax that the customer withheld; empty if none"),
            "payment_date": _("When it arrived"),
        }

    def _document_variables(self):
        withheld = self.withholding_amount
        return {
            **super()._document_variables(),
            "invoice_number": self.invoice_id.name,
            "amount_paid": self._format_money(self.amount),
            "amount_withheld": withheld and self._format_money(withheld),
            "payment_date": self._format_day(self.date),
        }
