from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ..tools import money

_lt = LazyTranslate(__name__)

RENEWAL_RULES = [
    ("fixed", "Same prices"),
    ("percent", "Change in percent"),
    ("price_list", "Price list"),
]
MOST_PERCENT = 1000
# Why a price of the next term is what it is; a percentage speaks for itself.
REASONS = {
    "fixed": _lt("Same price"),
    "price_list": _lt("Price list"),
    "free": _lt("Free of charge"),
    "unlisted": _lt("Not in the price list: same price"),
    "no_rate": _lt("No exchange rate to the price list: same price"),
}


class BmasiaContractPricingMixin(models.AbstractModel):
    """What the lines of a contract cost in its next term.

    Gives the rule that was agreed (the same, so many percent, the price list of the
    first day of the next term), the price of each line by it, and what a year comes to
    at the end of this term and then.

    The model provides ``end_date``, ``service_line_ids`` and ``renewal_id``, and
    inherits ``bmasia.document.mixin``.

    How it works: the lines are those that are served on the last day of the term, as
    amended. A line that the price list does not have, or that is free, keeps its price;
    ``_price_then`` says why.
    """

    _name = "bmasia.contract.pricing.mixin"
    _description = "Prices at Renewal"

    currency_id = fields.Many2one("res.currency")
    renewal_rule = fields.Selection(
        RENEWAL_RULES,
        "Prices at Renewal",
        default="fixed",
        required=True,
        tracking=True,
        help="What the renewal proposes. Price list: what the seller's list says "
        "on the first day of the next term.",
    )
    renewal_percent = fields.Float(
        "Change at Renewal (%)",
        digits=(7, 4),
        min_display_digits=2,
        tracking=True,
        help="On each recurring price. Negative: cheaper.",
    )
    value_at_end = fields.Monetary(
        "Value at the End",
        compute="_compute_value_at_end",
        store=True,
        help="Net per year: the recurring lines of the last day of the term.",
    )
    renewal_value = fields.Monetary(
        "Value Then",
        compute="_compute_renewal_value",
        help="Net per year: of the renewal if there is one, else by the rule.",
    )

    @api.constrains("renewal_percent")
    def _check_renewal_percent(self):
        for contract in self:
            contract._check_percent(contract.renewal_percent)

    def _check_percent(self, percent):
        if not -100 < percent <= MOST_PERCENT:
            raise ValidationError(
                self.env._("That many percent cannot be right. Check the figure.")
            )

    @api.depends(
        "end_date",
        *("service_line_ids.amount_untaxed", "service_line_ids.kind"),
        *("service_line_ids.service_from", "service_line_ids.service_to"),
    )
    def _compute_value_at_end(self):
        for contract in self:
            contract.value_at_end = contract._renewed_lines()._net_per_year()

    @api.depends(
        *("value_at_end", "renewal_rule", "renewal_percent", "renewal_id"),
        "renewal_id.line_ids.amount_untaxed",
    )
    def _compute_renewal_value(self):
        for contract in self:
            contract.renewal_value = contract._value_then()

    # ------------------------------------------------------------
    # BY THE RULE
    # ------------------------------------------------------------

    def _renewed_lines(self):
        """The lines that have a price in the next term: as amended at the end."""
        return self.service_line_ids.filtered(
            lambda line: line.kind == "recurring"
            and not line.display_type
            and line._lasts_until(self.end_date)
        )

    def _price_then(self, line, day=None):
        """What a line costs per unit and year in the next term, by the rule.

        :param line: of this contract, or of an amendment of it
        :param day: first day of the next term; default: after this one
        :returns: the price, and why: a key of ``REASONS``, or ``percent``
        :rtype: tuple[float, str]
        """
        if not line.unit_price or line.is_complimentary:
            return line.unit_price, "free"
        if self.renewal_rule == "percent":
            return line._changed_price(self.renewal_percent), "percent"
        if self.renewal_rule == "price_list":
            return self._listed_price(line, day or self.end_date + timedelta(days=1))
        return line.unit_price, "fixed"

    def _listed_price(self, line, day):
        if not line.product_id:
            return line.unit_price, "unlisted"
        try:
            price = self._list_price(line.product_id, line.quantity or 1.0, day)
        except UserError:
            return line.unit_price, "no_rate"
        return (price, "price_list") if price else (line.unit_price, "unlisted")

    def _reason_words(self, reason):
        """Why a price is what it is, for people.

        :param str reason: of :meth:`_price_then`
        """
        if reason == "percent":
            return f"{self.renewal_percent:+g} %"
        return self.env._(REASONS[reason])

    def _renewal_prices(self, price_change=None, by_line=None):
        """New prices of the next term's lines, by line id.

        :param price_change: percent on all; None: by the rule
        :param dict by_line: prices that win over both
        """
        lines = self._renewed_lines()
        typed = {int(line_id): price for line_id, price in (by_line or {}).items()}
        if typed.keys() - set(lines.ids):
            raise UserError(
                self.env._("A new price is for no recurring line of this contract.")
            )
        if price_change is None:
            return {line.id: self._price_then(line)[0] for line in lines} | typed
        self._check_percent(price_change)
        return {line.id: line._changed_price(price_change) for line in lines} | typed

    def _value_by_rule(self, lines, day=None):
        """What recurring lines come to in a year of the next term, net.

        :param lines: of this contract, or of an amendment of it
        :param day: first day of the next term; default: after this one
        """
        return money.add(
            line._net_of_year(self._price_then(line, day)[0])
            for line in lines
            if line.kind == "recurring"
        )

    def _value_then(self):
        """What a year of the next term comes to, net: of its contract as signed, else
        by the rule.
        """
        if not self.end_date:
            return 0.0
        if self.renewal_id:
            return self.renewal_id.line_ids._net_per_year()
        return self._value_by_rule(self._renewed_lines())

    # ------------------------------------------------------------
    # LINE BY LINE
    # ------------------------------------------------------------

    def _next_prices(self):
        """What changes in the next term, line by line.

        :returns: dicts with the ``line`` now, the ``then`` line if the renewal is
            written, the price and the net of a year ``before`` and ``after``, and the
            ``reason`` in words
        :rtype: list[dict]
        """
        renewal = self.renewal_id
        drafted = {line.renews_id: line for line in renewal.line_ids if line.renews_id}
        found = [self._next_price(line, drafted) for line in self._renewed_lines()]
        new = renewal.line_ids.filtered(
            lambda line: line.kind == "recurring"
            and not (line.display_type or line.renews_id)
        )
        return found + [
            {
                "line": line,
                "price": None,
                "price_then": line.unit_price,
                "before": 0.0,
                "after": line._net_of_year(),
                "reason": self.env._("Added in the renewal"),
            }
            for line in new
        ]

    def _next_price(self, line, drafted):
        price, reason = self._price_then(line)
        after, words = line._net_of_year(price), self._reason_words(reason)
        if self.renewal_id:
            then = drafted.get(line, line.browse())
            after = then._net_per_year()
            words = (
                self.env._("As in the renewal")
                if then
                else self.env._("Left out in the renewal")
            )
            price = then.unit_price if then else None
        return {
            "line": line,
            "price": line.unit_price,
            "price_then": price,
            "before": line._net_of_year(),
            "after": after,
            "reason": words,
        }

    def _new_prices_words(self):
        """The prices that the next term changes, in the document's language; empty
        where it changes none.
        """
        contract = self.with_context(lang=self._get_print_lang())
        changed = [
            each
            for each in contract._next_prices()
            if each["price"] and each["price_then"] not in (None, each["price"])
        ]
        return "; ".join(
            contract.env._(
                "%(line)s: %(price)s per unit and year (today %(today)s)",
                line=each["line"].name.splitlines()[0],
                price=contract._format_price(each["price_then"]),
                today=contract._format_price(each["price"]),
            )
            for each in changed
        )
