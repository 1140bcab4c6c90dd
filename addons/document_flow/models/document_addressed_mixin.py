from odoo import api, fields, models

from ..tools import figures
from ..tools.days import say_day, year_of


class DocumentAddressedMixin(models.AbstractModel):
    """A document of a billing entity for somebody, in a language and a currency.

    Gives: who sells (``company_id``), who gets it (``partner_id``), who is responsible
    (``user_id``), and how days, figures and amounts are written in its language.

    A model may say more about the addressee (``_addressee``) and about what it is
    (``_kind_label``).

    Example: ``document._format_money(1200)`` is ``"THB 1,200.00"``, and
    ``document._format_day(day)`` in Thai counts the years of the Buddhist era.

    How it works: everything that is written for the reader goes through the formats
    here, so that document, mail and screen agree.
    """

    _name = "document.addressed.mixin"
    _description = "Document for Somebody"
    _inherit = ["document.input.mixin", "document.kept.mixin", "document.owned.mixin"]

    company_id = fields.Many2one(
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )

    partner_id = fields.Many2one(
        "res.partner", "Addressed To", required=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        index=True,
        tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        "Language of the Document",
        compute="_compute_lang",
        store=True,
        readonly=False,
        precompute=True,
    )

    def _compute_company_id(self):
        for document in self:
            document.company_id = document.company_id or self.env.company

    @api.depends("company_id")
    def _compute_currency_id(self):
        for document in self:
            document.currency_id = document.company_id.sudo().currency_id

    @api.depends("partner_id")
    def _compute_lang(self):
        for document in self:
            document.lang = document.partner_id.lang or self.env.lang

    def _kind_label(self):
        """What people call this document, in lower case, as in "Draft quote"."""
        return self.env["ir.model"].sudo()._get(self._name).name.lower()

    @api.model
    def _kind_plural(self):
        """What people call several of them, as in "3 quotes"."""
        return self.env["ir.model"].sudo()._get(self._name).name.lower()

    def _addressee(self):
        """The customer's name in titles and file names."""
        self.ensure_one()
        return self.partner_id.sudo().display_name or ""

    def _today(self):
        """Today at the billing entity's desk."""
        return self.company_id._today()

    def _get_print_lang(self):
        """The language that the document and its mail are written in."""
        self.ensure_one()
        return self.lang or self.partner_id.sudo().lang or self.env.lang or "en_US"

    # ------------------------------------------------------------
    # DAYS AND FIGURES, IN DOCUMENTS AND MAILS ALIKE
    # ------------------------------------------------------------

    def _format_day(self, value, form="d MMMM", lang=None):
        """A day in the document's language, in Thai with the year of the Buddhist era.

        :param value: a date, a datetime (of the entity's day) or False
        :param str form: of day and month; in letters, since 11/12 is another day for
            half of the readers
        :param str lang: another language
        """
        if not value:
            return ""
        if hasattr(value, "hour"):
            zone = self.company_id.sudo().time_zone
            value = fields.Datetime.context_timestamp(self.with_context(tz=zone), value)
        return say_day(self.env, value, form, lang or self._get_print_lang())

    def _say_day(self, value):
        """A day in a sentence on the screen: in the language of who reads it."""
        return self._format_day(value, lang=self.env.lang or "en_US")

    def _format_year(self, day, lang=None):
        """The year of a day, counted as the document's language counts."""
        return year_of(day, lang or self._get_print_lang())

    def _format_figure(self, amount):
        """An amount in its currency's digits, as columns show it."""
        return figures.amount(amount, self.currency_id.decimal_places)

    def _format_price(self, price):
        """A price per unit: with more decimals than its currency, where it has more."""
        return figures.price(price, self.currency_id.decimal_places)

    def _format_money(self, amount):
        """An amount with its currency's code: a symbol would leave "$" or "฿" open."""
        return f"{self.currency_id.name} {self._format_figure(amount)}"
