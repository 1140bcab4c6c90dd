from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.document_flow.tools.columns import set_column_defaults

from .bmasia_company_terms import TERMS
from .bmasia_exchange_rate import BAHT

# What a sample document shows besides, of the entity's form.
OF_SAMPLES = frozenset(
    {"tax_label", "promptpay_id", "payment_term", "payment_days", "withholding_rate"}
    | {"quote_validity_days", "quote_terms", "contract_terms", "billing_terms"}
)
HOW_REMINDED = [
    ("off", "Not at all"),
    ("draft", "As a draft for who is responsible"),
    ("auto", "Automatically"),
]
PAYMENT_DAYS = 30  # what the old system's invoices asked for
VALIDITY_DAYS = 30
LONGEST_REST = 90  # days without a reminder
ROUNDING_LIMIT = 1.0  # of the document's currency
LARGEST_ROUNDING = 100  # more is no rounding, but a debt that is given up


class ResCompany(models.Model):
    """What a billing entity sells by: tax, prices, terms, whom it bills, reminders."""

    _name = "res.company"
    _inherit = [
        *("bmasia.entity.lock.mixin", "bmasia.entity.tax.mixin"),
        *("bmasia.entity.country.mixin", "bmasia.entity.todo.mixin", "res.company"),
    ]

    _entities_path = "bmasia-entities"
    _entity_form = "bmasia_crm.bmasia_entity_view_form"

    tax_label = fields.Char(default="VAT", translate=True)
    payment_term = fields.Selection(TERMS, default="days", required=True)
    payment_days = fields.Integer(default=PAYMENT_DAYS, help="Days to pay an invoice.")
    rounding_limit = fields.Float(
        default=ROUNDING_LIMIT,
        help="The largest difference of a payment that may be noted as rounding.",
    )
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
        help="New companies of these countries are billed by this one.",
    )
    bills_other_countries = fields.Boolean(
        help="New companies of all other countries, too."
    )
    renewal_reminders = fields.Selection(
        HOW_REMINDED, "Renewals", default="draft", required=True
    )
    overdue_reminders = fields.Selection(
        HOW_REMINDED, "Overdue Invoices", default="draft", required=True
    )
    reminder_rest_days = fields.Integer(
        "Days Between Reminders",
        default=5,
        help="So many days after a reminder, the same customer gets no other one about "
        "overdue invoices.",
    )
    quote_reminders = fields.Selection(
        HOW_REMINDED, "Unanswered Quotes", default="draft", required=True
    )
    withholding_reminders = fields.Selection(
        HOW_REMINDED, "Withholding Certificates", default="draft", required=True
    )
    withholding_rate = fields.Float(
        "Withholding (%)",
        digits=(5, 2),
        help="What customers withhold of a line without a product: 3 of services in "
        "Thailand. 0: customers withhold nothing.",
    )
    document_pricelist_id = fields.Many2one(
        "product.pricelist", "Price List", help="Prices of new lines."
    )
    revenue_spread = fields.Selection(
        [
            ("day", "By the days of the service"),
            ("month", "By months, each from its first day"),
        ],
        "Revenue Recognised",
        default="day",
        required=True,
        help="How invoiced revenue is spread over the period that it is for.",
    )
    # What the accounting calls its accounts; in exports only.
    account_receivable = fields.Char("Receivables", default="Accounts Receivable")
    account_bank = fields.Char("Bank", default="Bank")
    account_income = fields.Char("Income", default="Sales")
    account_vat_undue = fields.Char(
        "Undue Output VAT",
        default="Undue Output VAT",
        help="Of services, until they are paid.",
    )
    account_vat = fields.Char("Output VAT", default="Output VAT")
    account_withholding = fields.Char("Tax Withheld", default="Withholding Tax")
    account_charge = fields.Char("Bank Charges", default="Bank Charges")
    account_rounding = fields.Char("Rounding", default="Rounding")
    account_bad_debt = fields.Char("Bad Debts", default="Bad Debts")
    account_advance = fields.Char(
        "Customers' Money",
        default="Customer Advances",
        help="Money that no invoice has used yet.",
    )

    @api.model
    def _sampled_fields(self):
        return super()._sampled_fields() | OF_SAMPLES

    def init(self):
        """Let others make companies by SQL."""
        set_column_defaults(self, "bmasia_crm")
        return super().init()

    @api.constrains("rounding_limit")
    def _check_rounding_limit(self):
        if not all(0 <= each.rounding_limit <= LARGEST_ROUNDING for each in self):
            raise ValidationError(
                self.env._(
                    "The limit for rounding must be between 0 and %s.",
                    LARGEST_ROUNDING,
                )
            )

    @api.constrains(
        *("payment_days", "quote_validity_days"),
        *("withholding_rate", "reminder_rest_days"),
    )
    def _check_document_defaults(self):
        for company in self:
            if not 0 <= company.withholding_rate <= 100:
                raise ValidationError(
                    self.env._("A rate must be between 0 and 100 percent.")
                )
            if not 0 <= company.reminder_rest_days <= LONGEST_REST:
                raise ValidationError(
                    self.env._(
                        "The days between reminders must be between 0 and %s.",
                        LONGEST_REST,
                    )
                )
            if company.payment_days < 0 or company.quote_validity_days < 1:
                raise ValidationError(
                    self.env._("The days to pay or to accept must not be negative.")
                )

    def _declares_in_baht(self):
        """Whether this entity is in Thailand: its tax is declared in baht."""
        country = self.country_id.code
        return country == "TH" if country else self.currency_id.name == BAHT

    def _has_tax_id(self):
        """Whether documents of this entity must state its tax ID: it charges VAT (Thai
        Revenue Code, section 86/4), or is in Thailand.
        """
        return bool(self.tax_rate) or self._declares_in_baht()

    def _states_baht(self, currency):
        """Whether tax documents of this entity in a currency state their value in baht:
        it is in Thailand, and the currency is another.
        """
        is_foreign = currency and currency.name != BAHT
        return bool(is_foreign and self._declares_in_baht())

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
