from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import money
from .bmasia_exchange_rate import BAHT

OLDEST = 366  # days; an older date is a slip, or is for nobody to choose


class BmasiaTaxDocumentMixin(models.AbstractModel):
    """A document that tax authorities read: invoice, credit note, receipt.

    Gives: its number is of its own day; days and numbers run in one order, and what is
    dated earlier says so; nothing is issued in a month that is closed; a Thai entity's
    document in another currency has its value and VAT in baht.

    A model names its day (``_booked_day_field``), says whether the document is a tax
    invoice or a credit note to one (``_is_tax_document``), and has ``amount_untaxed``
    and ``amount_tax``, or says both (``_taxed_amounts``).

    Example: a receipt for money of 30 November, typed on 2 December, gets a number of
    30 November.

    How it works: a document asks when its number is assigned, the one moment that
    every way of issuing it goes through.
    """

    _name = "bmasia.tax.document.mixin"
    _description = "Tax Document"
    _inherit = ["bmasia.closed.mixin", "bmasia.tax.details.mixin"]

    backdate_reason = fields.Char(tracking=True)
    amount_untaxed_thb = fields.Float(
        "Net in Baht", digits=(16, 2), readonly=True, copy=False
    )
    amount_tax_thb = fields.Float(
        "Tax in Baht", digits=(16, 2), readonly=True, copy=False
    )
    needs_thb = fields.Boolean(compute="_compute_needs_thb")

    # ------------------------------------------------------------
    # NUMBERS AND DAYS
    # ------------------------------------------------------------

    def _is_booked(self):
        return bool(self.name)

    def _check_day_open(self):
        """A draft that has its number already cannot be dated otherwise: its number is
        of its day.
        """
        for document in self.filtered(lambda each: each.name and each._is_draft()):
            company = document.company_id.sudo()
            is_held = company._is_closed(document._booked_day())
            if is_held and not document._may_book_in_closed():
                raise UserError(
                    self.env._(
                        "%(document)s has a number of %(day)s, which is closed "
                        "(%(closed)s). A manager cancels it, and you write another "
                        "one, or a manager reopens the month.",
                        document=document.name,
                        day=document._say_day(document._booked_day()),
                        closed=company._closed_words(),
                    )
                )
        return super()._check_day_open()

    def _number_day(self):
        """A tax document counts in the month of its own day, whenever it is typed."""
        return self._booked_day() or super()._number_day()

    def _check_sent_day(self, day):
        own = self._booked_day()
        if own and day < own:
            raise UserError(
                self.env._(
                    "%(document)s is of %(own)s. Choose that day or a later one.",
                    document=self.display_name,
                    own=self._say_day(own),
                )
            )
        return super()._check_sent_day(day)

    def _assign_number(self):
        self.ensure_one()
        if self.name:
            return super()._assign_number()
        self._check_day_open()
        later = self._check_date_in_order()
        self._fix_thb()
        result = super()._assign_number()
        if later:
            self._note_earlier_date(later)
        return result

    def _dates_are_given(self):
        """Whether an import brings the day along, in any order."""
        return self.env.su

    def _check_date_in_order(self):
        """Days and numbers run in one order, within a month as far as people manage.

        :returns: the latest document with a later day, if there is one
        :raises UserError: dated long ago, or before one of a later month, without a
            reason
        """
        day = self._booked_day()
        is_earlier = day and day < self._today()
        if not is_earlier or self._dates_are_given() or self._replaced():
            return self.browse()
        if day < self._today() - timedelta(days=OLDEST):
            raise UserError(
                self.env._(
                    "%s is more than a year ago. Choose a later day.",
                    self._say_day(day),
                )
            )
        later = self._latest_after(day)
        across = later and later._booked_day().replace(day=1) > day
        if across and not (self.backdate_reason or "").strip():
            raise UserError(
                self.env._(
                    "%(later)s is dated %(day)s already, in a later month. Choose a "
                    "day of that month, or say why this one has an earlier date.",
                    later=later.name,
                    day=self._say_day(later._booked_day()),
                )
            )
        return later

    def _latest_after(self, day):
        """The latest document of the same series that has a number and a later day."""
        return self.sudo()._latest_of(
            self.company_id, day, [("id", "!=", self.id), *self._series_domain()]
        )

    @api.model
    def _latest_of(self, company, day, domain=()):
        """The latest numbered document of an entity with a day after this one."""
        if not company or not day:
            return self.browse()
        day_field = self._booked_day_field
        return self.search(
            [("company_id", "=", company.id), *domain]
            + [("name", "!=", False), (day_field, ">", day)],
            order=f"{day_field} desc, id desc",
            limit=1,
        )

    def _series_domain(self):
        """What is counted in one series with this document, beside its entity."""
        return []

    def _replaced(self):
        """The document that this one is issued anew for, with its day.

        :returns: a record of the same model, empty of a document of its own
        """
        return self["replaces_id"] if "replaces_id" in self._fields else self.browse()

    def _may_book_in_closed(self):
        """A document that is issued anew has the day of the one that is cancelled, and
        the same value: the month's sum stays (Departmental Order Por. 86/2542).
        """
        original = self._replaced()
        return bool(original) and original._booked_day() == self._booked_day()

    def _note_earlier_date(self, later):
        self.message_post(
            body=self.env._(
                "Dated %(day)s, behind %(later)s of %(later_day)s. %(reason)s",
                day=self._say_day(self._booked_day()),
                later=later.name,
                later_day=self._say_day(later._booked_day()),
                reason=self.backdate_reason or "",
            )
        )

    # ------------------------------------------------------------
    # THAI BAHT
    # ------------------------------------------------------------

    def _is_tax_document(self):
        """Whether this is a tax invoice, or a credit note to one."""
        return False

    def _taxed_amounts(self):
        """Value and VAT, as printed.

        :rtype: tuple[float, float]
        """
        return self.amount_untaxed, self.amount_tax

    @api.depends("company_id", "currency_id")
    def _compute_needs_thb(self):
        for document in self:
            document.needs_thb = document._needs_thb()

    def _needs_thb(self):
        """Whether this document states its value in baht.

        A tax invoice is in Thai currency (Revenue Code, section 86/4), and so is a
        credit note (section 86/10) and the report of output tax (section 87), unless
        the Director-General approves another currency; approved or not, the tax is
        declared in baht.
        """
        company = self.company_id.sudo()
        return company._states_baht(self.currency_id) and self._is_tax_document()

    def _thb_rate_known(self):
        """The rate that this document takes unless one is typed.

        :returns: ``(rate, source, day)``, or None
        """
        day = self._booked_day() or self._today()
        found = self.env["bmasia.exchange.rate"]._rate_on(self.currency_id, day)
        return (found.rate, found.source, found.date) if found else None

    def _fix_thb(self):
        """Write rate, value and VAT in baht onto the document, for good.

        :raises UserError: no rate is known
        """
        if not self._needs_thb():
            return
        typed = (self.thb_rate, self.thb_rate_source, self.thb_rate_date)
        if self.thb_rate and not self.thb_rate_source:
            raise UserError(self.env._("Choose the source of the exchange rate."))
        given = typed if self.thb_rate else self._thb_rate_known()
        day = self._booked_day() or self._today()
        if not given:
            raise UserError(
                self.env._(
                    "No rate of %(currency)s is known for %(day)s. Note the one that "
                    "the Bank of Thailand published under Exchange Rates, or type it "
                    "on the document: tax is stated in baht.",
                    currency=self.currency_id.name,
                    day=self._say_day(day),
                )
            )
        rate, source, rate_day = given
        value, tax = (self._in_thb(amount, rate) for amount in self._taxed_amounts())
        self.sudo().write(
            {
                "thb_rate": rate,
                "thb_rate_source": source,
                "thb_rate_date": rate_day or day,
                "amount_untaxed_thb": value,
                "amount_tax_thb": tax,
            }
        )

    @api.model
    def _in_thb(self, amount, rate):
        return float(money.to_currency(money.exact(amount) * money.exact(rate)))

    def _thb_rows(self):
        """What is printed of it: label and text, in the document's language.

        :returns: list of tuples, empty where the document is in baht
        """
        document = self.with_context(lang=self._get_print_lang())
        tells = document.amount_untaxed_thb or document.amount_tax_thb
        if not tells or not document._is_tax_document():
            return []
        env = document.env
        source = dict(
            self._fields["thb_rate_source"]._description_selection(document.env)
        ).get(document.thb_rate_source, "")
        day = document._format_day(document.thb_rate_date)
        rate = f"{document.currency_id.name} 1 = {BAHT} {document.thb_rate:,.6f}"
        return [
            (env._("Exchange rate"), f"{rate} · {source}, {day}"),
            (env._("Value in baht"), f"{BAHT} {document.amount_untaxed_thb:,.2f}"),
            (env._("VAT in baht"), f"{BAHT} {document.amount_tax_thb:,.2f}"),
        ]

    def _document_values(self):
        values = super()._document_values()
        if rows := self._thb_rows():
            values["thb"] = rows
        return values
