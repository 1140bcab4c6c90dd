from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools import figures

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

    How it works: each line rounds its own amounts, ``tools/money.py`` adds them up and
    rounds the tax once per rate.
    """

    _name = "bmasia.document.totals.mixin"
    _description = "Totals of a Document"

    # Set by the model: what is computed and never typed in.
    _derived_fields = frozenset(AMOUNTS)

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
            totals = [line._totals() for line in document.line_ids]
            sums = money.total(totals)
            document.amount_gross = sums.gross
            document.amount_discount = sums.discount
            document.amount_untaxed = sums.untaxed
            document.amount_tax = sums.tax
            document.amount_total = sums.total

    def _follow_lines(self):
        """Lines of these documents have changed."""

    def _priced_lines(self):
        """The lines that are neither sections nor notes."""
        return self.line_ids.filtered(lambda line: not line.display_type)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_derived(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_derived(vals)
        return super().write(vals)

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

        :returns: list of dicts ``label``, ``amount`` and ``kind`` (gross, discount,
            net, tax, total); a discount is negative, a tax of zero has no row
        """
        self.ensure_one()
        document = self.with_context(lang=self._get_print_lang())
        rows = []
        if document.amount_discount:
            rows.append(
                document._row("gross", document.env._("Subtotal"), "amount_gross")
            )
            rows.append(document._discount_row())
        taxes = document._tax_rows()
        if taxes:
            rows.append(document._row("net", document._net_label(), "amount_untaxed"))
        total = document._row("total", document._total_label(), "amount_total")
        return [*rows, *taxes, total]

    def _row(self, kind, label, amount):
        amount = self[amount] if isinstance(amount, str) else amount
        return {"kind": kind, "label": label, "amount": amount}

    def _discount_row(self):
        rates = set(self._priced_lines().mapped("discount"))
        label = self.env._("Discount")
        if len(rates) == 1:
            label = self.env._("Discount %s %%", figures.number(rates.pop()))
        return self._row("discount", label, -self.amount_discount)

    def _net_label(self):
        return self.env._("Net") if self.amount_discount else self.env._("Subtotal")

    def _total_label(self):
        return self.env._("Total")

    def _tax_rows(self):
        """One row per rate; none for what is zero."""
        by_rate = {}
        for line in self._priced_lines():
            by_rate.setdefault(line.tax_rate, []).append(line.amount_tax)
        label = self._seller()["tax_label"] or self.env._("Tax")
        return [
            self._row("tax", f"{label} {figures.number(rate)} %", money.add(amounts))
            for rate, amounts in sorted(by_rate.items())
            if any(amounts)
        ]

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

    def _list_price(self, product, quantity):
        """The entity's price of a product, in this document's currency.

        :raises UserError: the list is in another currency, and no rate is known
        """
        company = self.company_id.sudo()
        prices = company.document_pricelist_id.with_company(company)
        product = product.sudo().with_company(company)
        if product.lst_price or prices:
            self._check_rate(prices.currency_id or product.currency_id, product)
        return prices._get_product_price(product, quantity, currency=self.currency_id)

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
