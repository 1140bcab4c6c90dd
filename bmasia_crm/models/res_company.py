from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.document_flow.models.document_draft_mixin import PENDING
from odoo.addons.document_flow.tools.columns import set_column_defaults

HOW_REMINDED = [
    ("off", "Not at all"),
    ("draft", "As a draft for who is responsible"),
    ("auto", "Automatically"),
]
PAYMENT_DAYS = 30  # what the old system's invoices asked for
VALIDITY_DAYS = 30


class ResCompany(models.Model):
    """What a billing entity sells by: tax, prices, terms, whom it bills, reminders."""

    _inherit = "res.company"

    tax_label = fields.Char(default="VAT", translate=True)
    tax_rate = fields.Float(
        "Tax Rate (%)", digits=(5, 2), help="For new lines. 0 prints no tax row."
    )
    payment_days = fields.Integer(default=PAYMENT_DAYS, help="Days to pay an invoice.")
    quote_validity_days = fields.Integer(default=VALIDITY_DAYS)
    quote_terms = fields.Text(translate=True)
    contract_terms = fields.Text(translate=True)
    billing_terms = fields.Text("Invoice Terms", translate=True)
    promptpay_id = fields.Char(
        "PromptPay ID", help="Tax ID or mobile number; puts a QR code on THB invoices."
    )
    billing_country_ids = fields.Many2many(
        "res.country",
        string="Bills Customers In",
        help="New companies of these countries get their documents from this entity.",
    )
    bills_other_countries = fields.Boolean(
        help="New companies of all countries that no entity names."
    )
    renewal_reminders = fields.Selection(
        HOW_REMINDED, "Renewals", default="draft", required=True
    )
    overdue_reminders = fields.Selection(
        HOW_REMINDED, "Overdue Invoices", default="draft", required=True
    )
    quote_reminders = fields.Selection(
        HOW_REMINDED, "Unanswered Quotes", default="draft", required=True
    )
    document_pricelist_id = fields.Many2one(
        "product.pricelist", "Price List", help="Prices of new lines."
    )

    def init(self):
        """Let others make companies by SQL."""
        set_column_defaults(self, "bmasia_crm")
        return super().init()

    def write(self, vals):
        """Another tax rate counts for drafts of contracts and invoices, too."""
        rates = {company: company.tax_rate for company in self}
        result = super().write(vals)
        changed = self.filtered(lambda company: company.tax_rate != rates[company])
        if changed:
            changed._tax_drafts_anew()
        return result

    def _tax_drafts_anew(self):
        drafts = [
            ("company_id", "in", self.ids),
            *(("state", "=", "draft"), ("name", "=", False)),
            ("send_state", "not in", PENDING),  # taxed when it is issued
        ]
        for model in ("bmasia.contract", "bmasia.invoice"):
            self.env[model].sudo().search(drafts).line_ids._follow_entity_tax()

    @api.constrains("tax_rate", "payment_days", "quote_validity_days")
    def _check_document_defaults(self):
        for company in self:
            if not 0 <= company.tax_rate <= 100:
                raise ValidationError(
                    self.env._("A tax rate lies between 0 and 100 percent.")
                )
            if company.payment_days < 0 or company.quote_validity_days < 1:
                raise ValidationError(
                    self.env._("The days to pay or to accept must not be negative.")
                )

    @api.model
    def _billing_entity_of(self, country):
        """The entity that bills customers of a country, unless somebody decides else.

        :param country: ``res.country``, possibly empty
        :rtype: res.company
        """
        companies = self.sudo().search([])
        own = companies.filtered(lambda c: country and country in c.billing_country_ids)
        rest = companies.filtered("bills_other_countries")
        return (own or rest or self.env.company)[:1].sudo(self.env.su)
