from zoneinfo import ZoneInfo, available_timezones

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import numbering
from ..tools.colours import HEX
from ..tools.columns import set_column_defaults

HOW_REMINDED = [
    ("off", "Not at all"),
    ("draft", "As a draft for who is responsible"),
    ("auto", "Automatically"),
]
PAYMENT_DAYS = 30  # what the old system's invoices asked for
VALIDITY_DAYS = 30
TIME_ZONE = "Asia/Bangkok"
NUMBERING_FIELDS = {
    "number_preset",
    "entity_code",
}  # Finance's, also at managers' desks
SHOWN_KINDS = ("quote", "contract", "invoice", "receipt")


def _time_zones(_model):
    return [(name, name) for name in sorted(available_timezones()) if "/" in name]


class ResCompany(models.Model):
    """A billing entity: who sells, in which currency, with which tax and bank."""

    _inherit = "res.company"

    legal_name = fields.Char(
        translate=True, help="As registered; printed on every document."
    )
    document_address = fields.Text(
        "Address on Documents",
        translate=True,
        help="As Thai tax documents ask for, in Thai too. Empty: the company's "
        "address.",
    )
    document_accent = fields.Char(
        "Colour", help="Of rules and headings on documents, as #e8910c."
    )
    legal_branch = fields.Char(
        "Branch",
        translate=True,
        help='As Thai tax documents ask for, as "Head Office".',
    )
    entity_code = fields.Char(
        "Code in Numbers", size=4, help="Two to four capital letters, as TH."
    )
    tax_label = fields.Char(default="VAT", translate=True)
    tax_rate = fields.Float(
        "Tax Rate (%)", digits=(5, 2), help="For new lines. 0 prints no tax row."
    )
    time_zone = fields.Selection(
        _time_zones, default=TIME_ZONE, required=True, help="Decides a document's day."
    )
    number_preset = fields.Selection(
        [
            ("day", "Per day: Q-2025-1006-001"),
            ("year", "Per entity and year: TH-QT26001"),
        ],
        default="day",
        required=True,
        help="Finance chooses it before the first number is given.",
    )
    numbers_given = fields.Boolean(compute="_compute_numbers_given")
    number_example = fields.Char("Example", compute="_compute_number_example")
    payment_days = fields.Integer(default=PAYMENT_DAYS, help="Days to pay an invoice.")
    quote_validity_days = fields.Integer(default=VALIDITY_DAYS)
    quote_terms = fields.Text(translate=True)
    contract_terms = fields.Text(translate=True)
    billing_terms = fields.Text("Invoice Terms", translate=True)
    document_footer = fields.Char("Footer Line", translate=True)
    promptpay_id = fields.Char(
        "PromptPay ID", help="Tax ID or mobile number; puts a QR code on THB invoices."
    )
    document_signatory = fields.Char("Signatory")
    document_signatory_title = fields.Char("Signatory's Title", translate=True)
    # each internal and portal user reads companies
    document_signature = fields.Image(
        "Signature",
        max_width=1024,
        max_height=1024,
        groups="bmasia_crm.group_manager,base.group_erp_manager",
    )
    document_stamp = fields.Image(
        "Stamp",
        max_width=1024,
        max_height=1024,
        groups="bmasia_crm.group_manager,base.group_erp_manager",
    )
    billing_country_ids = fields.Many2many(
        "res.country",
        string="Bills Customers In",
        help="New companies of these countries get their documents from this entity.",
    )
    bills_other_countries = fields.Boolean(
        help="New companies of all countries that no entity names."
    )
    reminder_mode = fields.Selection(
        [
            ("on", "On"),
            ("dry_run", "Dry run: only list what would be created"),
            ("off", "Off"),
        ],
        "Reminders",
        default="on",
        required=True,
        help="Off stops all reminders of this entity at once.",
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

    _entity_code = models.UniqueIndex(
        "(entity_code) WHERE entity_code IS NOT NULL AND entity_code != ''",
        "Another billing entity has this code: their numbers would be mixed up.",
    )

    def init(self):
        """Let others make companies by SQL."""
        set_column_defaults(self)
        return super().init()

    def _compute_numbers_given(self):
        groups = self.env["bmasia.number"].sudo()._read_group([], ["company_id"])
        given = {company.id for (company,) in groups}
        for company in self:
            company.numbers_given = company.id in given

    @api.depends("number_preset", "entity_code")
    def _compute_number_example(self):
        for company in self:
            day, code = company._today(), company.entity_code or "TH"
            series = (
                numbering.series(company.number_preset, kind, code, day)
                for kind in SHOWN_KINDS
            )
            numbers = (numbering.numbered(prefix, 1) for prefix in series)
            company.number_example = ", ".join(numbers)

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

    @api.constrains("document_accent")
    def _check_document_accent(self):
        for company in self.filtered("document_accent"):
            if not HEX.fullmatch(company.document_accent):
                raise ValidationError(
                    self.env._("A colour is written as # and six digits, as #e8910c.")
                )

    @api.constrains("entity_code", "number_preset")
    def _check_entity_code(self):
        for company in self:
            code = company.entity_code
            if code and not (code.isascii() and code.isalpha() and code.isupper()):
                raise ValidationError(
                    self.env._("The code in numbers is two to four capital letters.")
                )
            if company.number_preset == "year" and len(code or "") < 2:
                raise ValidationError(
                    self.env._("Numbers per entity need the entity's code, as TH.")
                )

    def write(self, vals):
        if vals.keys() - NUMBERING_FIELDS:
            self._check_may_configure()
        if NUMBERING_FIELDS & vals.keys():
            self._check_numbering_may_change(vals)
        return super().write(vals)

    @api.model
    def _check_may_configure(self):
        """Bank, address and tax id of an entity stand on every document."""
        groups = ("bmasia_crm.group_manager", "base.group_erp_manager")
        if not self.env.su and not any(map(self.env.user.has_group, groups)):
            raise AccessError(self.env._("Only managers set up billing entities."))

    def _check_numbering_may_change(self, vals):
        changed = self.filtered(
            lambda company: any(
                (vals[name] or False) != company[name]
                for name in NUMBERING_FIELDS & vals.keys()
            )
        )
        if not changed:
            return
        if not self.env.su and not self.env.user.has_group("bmasia_crm.group_finance"):
            raise UserError(self.env._("Finance owns the numbering."))
        used = (
            self.env["bmasia.number"]
            .sudo()
            .search_count([("company_id", "in", changed.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Numbers of this entity were given already; their form stays."
                )
            )

    # ------------------------------------------------------------
    # WHAT DOCUMENTS ASK
    # ------------------------------------------------------------

    def _today(self):
        """Today at this entity's desk."""
        zone = ZoneInfo(self.sudo().time_zone or TIME_ZONE)
        return (
            fields.Datetime.now()
            .replace(tzinfo=ZoneInfo("UTC"))
            .astimezone(zone)
            .date()
        )

    def _bank_account(self, currency):
        """The account of this currency, else the one for all currencies."""
        accounts = self.sudo().partner_id.bank_ids
        own = accounts.filtered(lambda bank: bank.currency_id == currency)
        return (own or accounts.filtered(lambda bank: not bank.currency_id))[:1]

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
