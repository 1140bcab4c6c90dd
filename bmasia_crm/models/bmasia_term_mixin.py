from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import money, schedule
from ..tools.service import Span, plan

YEAR = 12  # months
MAX_TERM = 240  # months; more is a slip of the keyboard
FREQUENCIES = [
    ("annual", "Annual"),
    ("upfront", "Upfront"),
    ("half_yearly", "Half-yearly"),
    ("quarterly", "Quarterly"),
    ("monthly", "Monthly"),
    ("one_time", "One-time"),
]


class BmasiaTermMixin(models.AbstractModel):
    """A document about a term of so many months: quote, contract.

    Gives the months, how often is billed, the value of the whole term, what each
    billing period gets of each line, what the printed total of yearly and of single
    amounts is called, and the first bill.

    A model inherits ``bmasia.document.mixin``, too, after this one, and has
    ``line_ids``; ``term_value`` is one of its ``_derived_fields``::

        class Quote(models.Model):
            _inherit = ["bmasia.term.mixin", "bmasia.document.mixin"]
    """

    _name = "bmasia.term.mixin"
    _description = "Document About a Term"

    currency_id = fields.Many2one("res.currency")
    term_months = fields.Integer("Term (months)", default=12, required=True)
    billing_frequency = fields.Selection(FREQUENCIES, default="annual", required=True)
    term_value = fields.Monetary(
        "Value of the Term",
        compute="_compute_term_value",
        store=True,
        help="Net: the yearly amounts over the whole term, plus what is paid once.",
    )

    @api.depends("term_months", "line_ids.amount_untaxed", "line_ids.kind")
    def _compute_term_value(self):
        for document in self:
            lines, months = document._counted_lines(), document.term_months
            document.term_value = lines._value_over(months)

    @api.constrains("term_months")
    def _check_term(self):
        for document in self:
            if not 1 <= document.term_months <= MAX_TERM:
                raise ValidationError(
                    self.env._("The term must be between 1 and %s months.", MAX_TERM)
                )
        self._check_not_negative()

    def _bases_to_check(self):
        """Over less than a year, less is charged than the printed total of a year."""
        return super()._bases_to_check() + self._rows_over_term()

    def _rows_over_term(self):
        """Base and tax of each category and rate, over the whole term.

        :rtype: list[money.TaxRow]
        """
        over_term = [
            line._taxable(line._net_over(self.term_months))
            for line in self._counted_lines()
        ]
        return money.tax_rows(over_term, self._rounding())

    # ------------------------------------------------------------
    # BILLING PERIODS
    # ------------------------------------------------------------

    def _term_start(self):
        """The first day of the term; of a quote, as good as it is known."""
        days = [day for day in self._counted_lines().mapped("date_from") if day]
        return min(days, default=self._today())

    def _billing_periods(self):
        every = schedule.EVERY.get(self.billing_frequency)
        return schedule.periods(self._term_start(), self.term_months, every)

    def _term_span(self):
        """From the first day to the last one."""
        start = self._term_start()
        return Span(start, schedule.end_of(start, self.term_months))

    def _stretches(self):
        """The billing periods, in runs that were agreed together."""
        return [self._billing_periods()]

    def _served_lines(self):
        return [line._served(self) for line in self._counted_lines()]

    def _dues(self, billed=None):
        """What is to be billed, and when, in the order of days.

        :param billed: what was billed, net by line, by index of the period
        :rtype: list[Due]
        """
        return plan(
            self._served_lines(), self._stretches(), billed or {}, self._rounding()
        )

    def _bills(self):
        """The totals of the invoices to come, with tax, where there is one."""
        bills = []
        for due in self._dues():
            lines = [line._taxable(amount) for line, amount in due.parts.items()]
            rows = money.tax_rows(lines, self._rounding())
            bills.append(money.add(row.total for row in rows))
        return [bill for bill in bills if bill]

    def _total_label(self):
        """What the total of the lines stands for.

        A present adds nothing to the total, and nothing to its meaning.
        """
        _ = self.env._
        lines = self._counted_lines()
        charges = {line._charge() for line in lines if line.amount_untaxed}
        if len(charges) > 1 and "yearly" in charges:
            if self.term_months < YEAR:
                return _("Total of a full year")
            return _("Total of the first year")
        if len(charges) > 1:
            return _("Total")
        return {
            "yearly": _("Total per year"),
            "once": _("One-time total"),
            "days": _("Pro-rated total"),
        }.get("".join(charges), _("Total"))

    def _term_rows(self):
        """What a total of yearly and of single amounts is made of, the whole term, and
        the first bill where it is another sum than the total.

        :returns: list of (label, amount); the label says whether it is with tax
        """
        env = self.with_context(lang=self._get_print_lang()).env
        paid = self._counted_lines().filtered("amount_untaxed")
        yearly = paid.filtered(lambda line: line._charge() == "yearly")
        if not yearly:
            return []
        rows = []
        if once := paid - yearly:
            rows = [
                (env._("Yearly, before tax"), sum(yearly.mapped("amount_untaxed"))),
                (env._("Once, before tax"), sum(once.mapped("amount_untaxed"))),
            ]
        if self.term_value != self.amount_untaxed:
            label = env._("Whole term of %s months, before tax", self.term_months)
            rows.append((label, self.term_value))
        return rows + self._bill_rows(env)

    def _bill_rows(self, env):
        bills = self._bills()
        if not bills or bills[0] == self.amount_total:
            return []
        label = env._("First of %s invoices", len(bills))
        if len(bills) == 1:
            label = env._("Invoice for the whole term")
        if self.amount_tax:
            with_tax = env._("%(row)s, with %(tax)s", row=label, tax=self._tax_name())
            return [(with_tax, bills[0])]
        return [(label, bills[0])]
