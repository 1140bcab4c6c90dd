import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.document_flow.tools import figures
from odoo.addons.document_flow.tools.ours import OURS

from ..tools import money

AMOUNTS = (
    "amount_gross",
    "amount_discount",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
)


class BmasiaDocumentTotalsMixin(models.AbstractModel):
    """Totals that follow from the lines of a document, and prices for these lines.

    Gives the stored ``amount_*``, which nobody can type in, the rows below the printed
    lines (``_totals_rows``), and the price of a product in the document's currency.

    A model provides ``line_ids``, whose model inherits ``bmasia.document.line.mixin``,
    ``company_id`` and ``currency_id``. It says with ``_total_label`` what its total
    stands for, names further computed fields in ``_derived_fields``, and overrides
    ``_follow_lines`` where something depends on the lines::

        class Quote(models.Model):
            _inherit = ["bmasia.document.mixin"]
            _derived_fields = frozenset({*AMOUNTS, "term_value"})

    How it works: each line rounds its own net amount, ``tools/money.py`` adds them up,
    rounds the tax once per category and rate, and shares it out to the lines
    (``bmasia.line.tax.mixin``). The rows below the lines are read from the lines'
    stored tax: what was issued stays as it was reckoned.

    A document never goes below zero, nor does the base of one of its rates. That is
    checked when it or its lines are saved, once all lines are.
    """

    _name = "bmasia.document.totals.mixin"
    _description = "Totals of a Document"

    # Set by the model: what is computed and never typed in.
    _derived_fields = frozenset(AMOUNTS)
    # The day of which drafts have the tax rate, empty for today's.
    _tax_day_field = ""

    currency_id = fields.Many2one("res.currency")
    amount_gross = fields.Monetary("Gross", compute="_compute_amounts", store=True)
    amount_discount = fields.Monetary(
        "Discount", compute="_compute_amounts", store=True
    )
    amount_untaxed = fields.Monetary(
        "Net", compute="_compute_amounts", store=True, tracking=True
    )
    amount_tax = fields.Monetary("Tax", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Total", compute="_compute_amounts", store=True)

    @api.depends("line_ids.amount_gross", *(f"line_ids.{name}" for name in AMOUNTS[1:]))
    def _compute_amounts(self):
        for document in self:
            totals = [line._totals() for line in document._counted_lines()]
            sums = money.total(totals)
            document.amount_gross = sums.gross
            document.amount_discount = sums.discount
            document.amount_untaxed = sums.untaxed
            document.amount_tax = sums.tax
            document.amount_total = sums.total

    def _taxes_by_line(self):
        """The tax of each line, as the lines are now.

        :rtype: dict
        """
        self.ensure_one()
        lines = self._counted_lines()
        # in the order of print, whatever the cache has
        lines = lines.sorted(lambda line: (line.sequence, line._origin.id or math.inf))
        taxables = [line._taxable() for line in lines]
        rows, rounding = self._reckoned_tax(taxables), self._rounding()
        taxes = money.line_taxes(taxables, rounding, rows)
        return dict(zip(lines, taxes, strict=True))

    def _tax_day(self):
        """The tax point that is expected, as far as it is known."""
        day = self._tax_day_field and self[self._tax_day_field]
        return day or self._today()

    def _rate_facts(self):
        """When the service is supplied and when it was agreed, for the transition to
        another rate: the last day of the service, the day of signature.

        :rtype: tuple
        """
        return None, None

    def _standard_rate(self, day=None):
        """The standard rate of a sale on a day; default: its expected tax point. None
        of a line that belongs to no document yet.
        """
        if not self:
            return 0.0
        self.ensure_one()
        company = self.company_id.sudo()
        facts = self._rate_facts() if company._has_transitions() else ()
        return company._tax_rate_on(day or self._tax_day(), *facts)

    def _follows_entity_tax(self):
        """Whether a draft is taxed as its entity taxes when that changes."""
        self.ensure_one()
        return True

    def _reckoned_tax(self, taxables):
        """What the tax of lines comes to, by category and rate."""
        return money.tax_rows(taxables, self._rounding())

    def _tax_base(self, lines=None):
        """Base and tax of each category and rate, as stored on the lines.

        :param lines: of this document, with a price; default: all that count
        :rtype: list[money.TaxRow]
        """
        found = {}
        for line in self._counted_lines() if lines is None else lines:
            found.setdefault(line._taxable_key(), []).append(line)
        return [
            money.TaxRow(
                *key,
                money.add(line.amount_untaxed for line in found[key]),
                money.add(line.amount_tax for line in found[key]),
            )
            for key in sorted(found, key=lambda key: (-key[1], key[0]))
        ]

    def _rounding(self):
        return self.currency_id.rounding or money.CENT

    def _follow_lines(self):
        """Lines of these documents have changed."""

    def _priced_lines(self):
        """The lines that are neither sections nor notes."""
        return self.line_ids.filtered(lambda line: not line.display_type)

    def _counted_lines(self):
        """The lines that are in the totals, and in what is made of this document: not
        those that are offered besides (``_counts`` of the line).
        """
        return self.line_ids.filtered(lambda line: line._counts())

    def _content_remarks(self):
        """A price that nobody has set must not get to a customer unnoticed."""
        remarks = super()._content_remarks()
        if names := self._priced_lines()._names_without_price():
            remarks.append(
                self.env._("Nobody has set a price for: %s.", ", ".join(names))
            )
        return remarks

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_derived(vals)
        saving = self.with_context(lines_are_saved_with_document=OURS)
        documents = super(BmasiaDocumentTotalsMixin, saving).create(vals_list)
        documents = documents.with_env(self.env)
        if any(vals.get("line_ids") for vals in vals_list):
            documents._check_not_negative()
        return documents

    def write(self, vals):
        if self._tax_day_field in vals:
            self.line_ids.mapped("tax_chosen")  # against the day that was
        if not vals.get("line_ids"):
            self._check_derived(vals)
            result = super().write(vals)
        else:
            result = self._write_with_lines(vals)
        if self._tax_day_field in vals:
            drafts = self.filtered(
                lambda each: each._is_draft()
                and not each.name
                and each._follows_entity_tax()
            )
            drafts.line_ids._follow_entity_tax()
        return result

    def _write_with_lines(self, vals):
        self._check_derived(vals)
        saving = self.with_context(lines_are_saved_with_document=OURS)
        result = super(BmasiaDocumentTotalsMixin, saving).write(vals)
        self._check_not_negative()
        return result

    def _check_not_negative(self):
        """What is taken off is there: nothing is below zero, at no rate of tax.

        :raises ValidationError: more is taken off than is charged at this rate
        """
        if self.env.context.get("lines_are_saved_with_document") is OURS:
            return
        for document in self:
            for row in document._bases_to_check():
                if row.base < 0:
                    document._refuse_below_zero(row)

    def _bases_to_check(self):
        return self._tax_base()

    def _refuse_below_zero(self, row):
        raise ValidationError(
            self.env._(
                "%(amount)s more is taken off than is charged at %(rate)s %% tax. Take "
                "off less, or give the amount off the tax of what it belongs to.",
                amount=self._format_money(-row.base),
                rate=figures.number(row.rate),
            )
        )

    def _check_derived(self, vals):
        if self._derived_fields & vals.keys():
            raise UserError(
                self.env._("Totals follow from the lines and cannot be typed in.")
            )

    # ------------------------------------------------------------
    # ROWS BELOW THE LINES
    # ------------------------------------------------------------

    def _totals_rows(self):
        """The rows below the lines; each follows from those above it.

        The printed column of amounts sums to the first row: before discounts, where
        there are some. Presents are in no row. Where lines are taxed differently, each
        tax names the base that it is of.

        :returns: list of dicts ``label``, ``amount`` and ``kind`` (gross, discount,
            net, tax, total); a discount is negative, a tax of zero has no row unless
            there are several
        """
        self.ensure_one()
        document = self.with_context(lang=self._get_print_lang())
        rows = document._discount_rows()
        taxes = [] if document._hides_tax() else document._printed_taxes()
        if taxes:
            label = document.env._("Net") if rows else document.env._("Subtotal")
            rows.append(document._row("net", label, document.amount_untaxed))
        label = document._total_label()
        return [*rows, *taxes, document._row("total", label, document.amount_total)]

    def _printed_taxes(self):
        return self._tax_steps(self._tax_base(), self._names_zero_tax())

    def _hides_tax(self):
        """Whether each amount is printed with its tax in it, and no tax beside."""
        self.ensure_one()
        return False

    def _column_amount(self, line):
        """What the printed column of amounts has of a line; it sums to the row below.

        :rtype: float
        """
        return line.amount_total if self._hides_tax() else line.amount_gross

    def _row(self, kind, label, amount):
        return {"kind": kind, "label": label, "amount": amount}

    def _paid_lines(self):
        """The lines whose amounts are printed in a column: all but presents."""
        return self._counted_lines().filtered(lambda line: not line.is_complimentary)

    def _line_groups(self):
        """The lines as they are printed: in groups, each with its ``name`` and
        ``subtotal`` where there are several.

        :rtype: list[dict]
        """
        return [{"lines": self.line_ids}]

    def _is_discounted(self):
        discounts = self._paid_lines().mapped("amount_discount")
        return any(discounts) and not self._hides_tax()

    def _discount_rows(self):
        lines = self._paid_lines()
        if not self._is_discounted():
            return []
        percents = set(lines.mapped("discount"))
        label = self.env._("Discount")
        if len(percents) == 1:
            label = self.env._("Discount %s %%", figures.number(percents.pop()))
        gross = money.add(lines.mapped("amount_gross"))
        discount = -money.add(lines.mapped("amount_discount"))
        return [
            self._row("gross", self.env._("Subtotal"), gross),
            self._row("discount", label, discount),
        ]

    def _total_label(self):
        return self.env._("Total")

    def _names_zero_tax(self):
        """Whether a tax of zero is printed where it is the only one."""
        return False

    def _marks_lines(self):
        """Whether each line says how it is taxed: they differ."""
        rates = self._charged_tax(self._tax_base(self._priced_lines()))
        return len(rates) > 1 and not self._hides_tax()

    def _tax_words(self):
        """Whether the total holds tax, in words. For mail templates."""
        if not self.amount_tax:
            return ""
        label = self._seller()["tax_label"] or self.env._("tax")
        return self.env._("including %s", label)

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "amount_net": _("Total before tax"),
            "amount_tax": _("The tax"),
            "amount_total": _("Total with tax: what is to be paid"),
            "tax_note": _('"including VAT"; empty where no tax is charged'),
        }

    def _document_variables(self):
        return {
            **super()._document_variables(),
            "amount_net": self._format_money(self.amount_untaxed),
            "amount_tax": self._format_money(self.amount_tax),
            "amount_total": self._format_money(self.amount_total),
            "tax_note": self._tax_words(),
        }

    # ------------------------------------------------------------
    # PRICES
    # ------------------------------------------------------------

    def _list_price(self, product, quantity, day=None):
        """The entity's price of a product, in this document's currency.

        :param day: as of this day; default: now
        :raises UserError: the list is in another currency, and no rate is known
        """
        company = self.company_id.sudo()
        prices = company.document_pricelist_id._in_currency(company, self.currency_id)
        prices = prices.with_company(company)
        product = product.sudo().with_company(company)
        if product.lst_price or prices:
            self._check_rate(prices.currency_id or product.currency_id, product)
        return prices._get_product_price(
            product,
            quantity,
            currency=self.currency_id,
            date=day and prices._moment_of(company, day),
        )

    def _check_rate(self, source, product):
        """Odoo takes a currency without a rate for one worth as much as our own."""
        company, target = self.company_id.sudo(), self.currency_id
        foreign = (source | target) - company.currency_id
        if source == target or all(c._has_rate(company) for c in foreign):
            return
        raise UserError(
            self.env._(
                "%(product)s is priced in %(listed)s, and there is no exchange rate to "
                "%(wanted)s. Type the price on a line without a product, or ask a "
                "manager for a rate or a price list in %(wanted)s.",
                product=product.display_name,
                listed=source.name,
                wanted=target.name,
            )
        )

    @api.onchange("currency_id")
    def _onchange_currency_id(self):
        """A price of one currency means nothing in another: take the list's again."""
        priced = self._priced_lines().filtered(lambda line: line.unit_price)
        if not priced or self.currency_id == self._origin.currency_id:
            return None
        for line in priced.filtered("product_id"):
            line.unit_price = self._list_price(line.product_id, line.quantity or 1.0)
        return {
            "warning": {
                "title": self.env._("Another currency"),
                "message": self.env._(
                    "Prices of products were taken anew from the price list. Look at "
                    "the other lines: their figures stay, now in %s.",
                    self.currency_id.name,
                ),
                "type": "notification",
            }
        }
