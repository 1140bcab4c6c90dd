from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import money, schedule
from ..tools.service import Line, Span, without
from .bmasia_zone import PLATFORMS
from .product_template import DEFAULT_PRICE, KINDS

MOST = {
    "quantity": money.MAX_QUANTITY,
    "unit_price": money.MAX_PRICE,
    "list_value": money.MAX_PRICE,
    "amount_gross": money.MAX_GROSS,
}
STEPS = ("amount_gross", "amount_discount", "amount_untaxed", "amount_tax")
PRICE_DIGITS = (16, 4)  # dinars have three decimals, a price per track four


class BmasiaDocumentLineMixin(models.AbstractModel):
    """A line of a document, a section or a note between the lines.

    A model names the field of its document and has that field.

    An amount off is a one-time line with a negative price: it is taken off what is
    charged at the same rate of tax, and never more than that.
    """

    _name = "bmasia.document.line.mixin"
    _description = "Line of a Document"
    _inherit = ["bmasia.line.tax.mixin", "document.part.mixin"]
    _order = "sequence, id"

    _listed_as = "line_ids"

    currency_id = fields.Many2one("res.currency")
    sequence = fields.Integer(default=10)
    display_type = fields.Selection(
        [("line_section", "Section"), ("line_note", "Note")],
        help="Empty for a line with a price.",
    )
    product_id = fields.Many2one("product.product", index="btree_not_null")
    name = fields.Text(
        "Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    quantity = fields.Float(default=1.0, digits=(12, 3), min_display_digits=2)
    unit_price = fields.Float(
        compute="_compute_unit_price",
        store=True,
        readonly=False,
        precompute=True,
        digits=PRICE_DIGITS,
        min_display_digits="Product Price",
        help="Per unit and year for a recurring line. Negative on a one-time line: an "
        "amount off.",
    )
    discount = fields.Float("Discount (%)", digits=(7, 4), min_display_digits=2)
    kind = fields.Selection(
        KINDS, compute="_compute_kind", store=True, readonly=False, precompute=True
    )
    date_from = fields.Date(
        "From", help="Only for a part of a year: the price per year counts by days."
    )
    date_to = fields.Date("Until", help="The last day, included.")
    list_value = fields.Float(
        digits=PRICE_DIGITS,
        min_display_digits="Product Price",
        help="What a complimentary item would cost, per unit. Printed as its value.",
    )
    is_complimentary = fields.Boolean(compute="_compute_is_complimentary")
    amount_gross = fields.Monetary(compute="_compute_totals", store=True)
    amount_discount = fields.Monetary(compute="_compute_totals", store=True)
    amount_untaxed = fields.Monetary("Net", compute="_compute_totals", store=True)

    # ------------------------------------------------------------
    # DEFAULTS FROM THE PRODUCT AND THE ENTITY
    # ------------------------------------------------------------

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            if line.product_id:
                lang = line._document().lang
                product = line.product_id.with_context(lang=lang)
                line.name = product.description_sale or product.name
            else:
                line.name = line.name

    @api.depends("product_id")
    def _compute_unit_price(self):
        for line in self:
            price = line.unit_price
            if product := line.product_id:
                price = line._document()._list_price(product, line.quantity or 1.0)
            line.unit_price = price

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """Music is sold per zone: start with as many as the customer has."""
        zones = self._document().customer_id.zone_count
        if self.product_id and self.kind == "recurring" and self.quantity == 1:
            self.quantity = zones or 1

    @api.depends("product_id")
    def _compute_kind(self):
        for line in self:
            product_kind = line.product_id.billing_kind
            line.kind = product_kind or line.kind or "recurring"

    # ------------------------------------------------------------
    # AMOUNTS
    # ------------------------------------------------------------

    @api.depends("unit_price", "list_value", "discount", "display_type")
    def _compute_is_complimentary(self):
        for line in self:
            free = not line.unit_price or line.discount == 100
            line.is_complimentary = free and bool(line.list_value)

    def _names_without_price(self):
        """What these lines sell for nothing without being a present, or at the price
        that a product has from the start.

        :rtype: list[str]
        """
        unpriced = self.filtered(
            lambda line: not line.is_complimentary
            and not line.unit_price
            or line.unit_price == line.product_id.sudo().list_price == DEFAULT_PRICE
        )
        return [line.product_id.display_name or line.name or "" for line in unpriced]

    @api.depends(
        *("display_type", "kind", "quantity", "unit_price", "discount", "list_value"),
        *("date_from", "date_to", "currency_id"),
    )
    def _compute_totals(self):
        for line in self:
            totals = money.Amounts()
            # a present is no discount: it is in no sum
            if not line.display_type and not line.is_complimentary:
                totals = money.amounts(
                    line.quantity,
                    line.unit_price,
                    line.discount,
                    rounding=line._rounding(),
                    years=line._years(),
                )
            line.amount_gross = totals.gross
            line.amount_discount = totals.discount
            line.amount_untaxed = totals.untaxed

    def _rounding(self):
        return self.currency_id.rounding or money.CENT

    def _is_prorated(self):
        """Whether the line is charged for its own days instead of whole years."""
        self.ensure_one()
        days = self.date_from and self.date_to and self.date_from <= self.date_to
        return bool(days) and self.kind == "recurring" and not self.display_type

    def _charge(self):
        """What the line's amount is: ``yearly``, ``once``, or for its own ``days``."""
        if self._is_prorated():
            return "days"
        return "yearly" if self.kind == "recurring" else "once"

    def _years(self):
        """How many times the price is charged."""
        if not self._is_prorated():
            return 1
        return schedule.years(self.date_from, self.date_to)

    def _prorated_words(self):
        """For which days, and what part of a year that is. Printed."""
        whole, days, of = schedule.split_years(self.date_from, self.date_to)
        document = self._document()
        # the line's words are in the document's language
        env = self.with_context(lang=document._get_print_lang()).env
        ends = map(document._format_day, (self.date_from, self.date_to))
        rest = days and env._("%(days)d of %(of)d days", days=days, of=of)
        years = whole and env._("%d × one year", whole)
        return f"{' – '.join(ends)}: {' + '.join(filter(None, [years, rest]))}"

    def _counts(self):
        """Whether the line is in the totals of its document.

        :rtype: bool
        """
        self.ensure_one()
        return not self.display_type

    def _totals(self):
        """This line's stored amounts, for adding up."""
        return money.Amounts(*(self[name] for name in (*STEPS, "amount_total")))

    def _document_values(self):
        """What the document says in this line, for comparing."""
        self.ensure_one()
        names = ("display_type", "name", "quantity", "unit_price", "discount")
        names += ("tax_rate", "tax_category", "kind", "list_value")
        names += ("date_from", "date_to")
        # which product, not what it is called now: another name is no correction
        return {"product": self.product_id.id, **{name: self[name] for name in names}}

    def _copied_values(self):
        """What another document takes over from this line."""
        self.ensure_one()
        names = ("sequence", "display_type", "name", "quantity", "unit_price")
        names += ("discount", "kind", "list_value", "date_from", "date_to")
        values = {name: self[name] for name in names}
        return {**values, **self._chosen_tax(), "product_id": self.product_id.id}

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("display_type", "name", "product_id")
    def _check_description(self):
        for line in self:
            if not (line.name or "").strip():
                raise ValidationError(
                    self.env._("Every line needs a description: the customer reads it.")
                )

    @api.constrains(
        *("quantity", "unit_price", "discount", "tax_rate", "list_value", "kind")
    )
    def _check_figures(self):
        for line in self.filtered(lambda line: not line.display_type):
            line._check_sizes()
            for name in ("discount", "tax_rate"):
                if not 0 <= line[name] <= 100:
                    raise ValidationError(
                        self.env._(
                            "%s must be between 0 and 100 percent.", line._label(name)
                        )
                    )

    def _check_sizes(self):
        may_be_negative = {"amount_gross"}
        if self.kind == "one_time":
            may_be_negative.add("unit_price")
        for name, most in MOST.items():
            if self[name] < 0 and name not in may_be_negative:
                raise ValidationError(
                    self.env._(
                        "%s must not be negative. An amount off is a one-time line "
                        "with a negative price.",
                        self._label(name),
                    )
                )
            # Written so that "not a number" is refused as well.
            if not abs(self[name]) <= most:
                raise ValidationError(
                    self.env._("%s exceeds the maximum.", self._label(name))
                )

    @api.constrains("date_from", "date_to", "kind", "display_type")
    def _check_days(self):
        for line in self.filtered(lambda line: line.date_from or line.date_to):
            if line.kind != "recurring" or line.display_type:
                raise ValidationError(
                    self.env._(
                        "Only a recurring line is charged by days; clear From and "
                        "Until of “%s”.",
                        line.name,
                    )
                )
            if not line._is_prorated():
                raise ValidationError(
                    self.env._(
                        "“%s” needs both days, From and Until, in this order.",
                        line.name,
                    )
                )

    def _label(self, name):
        return self._fields[name]._description_string(self.env)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_derived(vals)
        lines = super().create(vals_list)
        lines._follow_change()
        lines._document()._check_not_negative()
        return lines

    def write(self, vals):
        self._check_derived(vals)
        if all(line.product_id.id == vals.get("product_id", 0) for line in self):
            # The same product again: what was agreed on with the customer stays.
            vals = {name: vals[name] for name in vals if name != "product_id"}
        result = super().write(vals)
        self._follow_change()
        self._document()._check_not_negative()
        return result

    def unlink(self):
        documents = self._document()
        result = super().unlink()
        documents = documents.exists()
        documents._follow_lines()
        documents._check_not_negative()
        return result

    def _check_derived(self, vals):
        if {*STEPS, "amount_total"} & vals.keys():
            raise UserError(
                self.env._("Amounts follow from quantity and price; type those.")
            )

    def _follow_change(self):
        self._document()._follow_lines()

    # ------------------------------------------------------------
    # ZONES
    # ------------------------------------------------------------

    def _zones_by_platform(self):
        """How many music zones these lines sell.

        A recurring line without a product counts as music, of the usual platform; a
        recurring service that plays nothing does not.

        :returns: number of zones by platform
        :rtype: dict[str, float]
        """
        zones = {}
        for line in self:
            product = line.product_id
            platform = product.music_platform if product else PLATFORMS[0][0]
            if platform and line.kind == "recurring" and not line.display_type:
                zones[platform] = zones.get(platform, 0) + line.quantity
        return zones

    # ------------------------------------------------------------
    # OVER THE TERM
    # ------------------------------------------------------------

    def _value_over(self, months):
        """What these lines come to, net: yearly ones over the term, others once."""
        return money.add(line._net_over(months) for line in self)

    def _net_over(self, months):
        if self._charge() != "yearly":
            return self.amount_untaxed
        return money.over_term(self.amount_untaxed, months, self._rounding())

    def _net_per_year(self):
        """What the recurring ones among these lines come to in a whole year, net."""
        recurring = self.filtered(lambda line: line.kind == "recurring")
        return money.add(line._net_of_year() for line in recurring)

    def _net_of_year(self, price=None):
        """What this line comes to in a whole year, net; at another price if given."""
        price = self.unit_price if price is None else price
        figures = (self.quantity, price, self.discount)
        return money.amounts(*figures, rounding=self._rounding()).untaxed

    def _changed_price(self, percent):
        """This line's price, so many percent dearer."""
        price = money.exact(self.unit_price) * (100 + money.exact(percent)) / 100
        return float(money.to_currency(price, self._rounding()))

    def _days_served(self, document):
        """The days on which the line is served: the whole term, or its own days.

        :param document: this line's, as it is or as it would become
        :rtype: tuple[Span, ...]
        """
        self.ensure_one()
        if self._is_prorated():
            return (Span(self.date_from, self.date_to),)
        return (document._term_span(),)

    def _served(self, document, pauses=()):
        """What the billing of a term is reckoned from.

        :param document: this line's, as it is or as it would become
        :param pauses: spans on which nothing is served; what is charged once stays
        :rtype: Line
        """
        charge, spans = self._charge(), self._days_served(document)
        if charge != "once":
            spans = without(spans, pauses)
        return Line(
            key=self._origin or self,
            root=self._first_of_chain()._origin or self._first_of_chain(),
            charge=charge,
            amount=self.amount_untaxed,
            spans=spans,
            price_days=Span(self.date_from, self.date_to) if charge == "days" else None,
            taxed=self._taxable_key(),
        )

    def _first_of_chain(self):
        """The line that was first agreed, of those that replaced one another."""
        return self
