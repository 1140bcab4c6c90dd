from odoo import api, fields, models
from odoo.exceptions import ValidationError

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

    Gives the months, how often is billed, the value of the whole term, and what the
    printed total of yearly and of single amounts is called.

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
            lines, months = document.line_ids, document.term_months
            document.term_value = lines._value_over(months)

    @api.constrains("term_months")
    def _check_term(self):
        for document in self:
            if not 1 <= document.term_months <= MAX_TERM:
                raise ValidationError(
                    self.env._("The term is between 1 and %s months.", MAX_TERM)
                )

    def _total_label(self):
        """What the total of the lines stands for.

        A present adds nothing to the total, and nothing to its meaning.
        """
        _ = self.env._
        lines = self._priced_lines()
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
        """What a total of yearly and of single amounts is made of, and the whole term.

        :returns: list of (label, net amount)
        """
        env = self.with_context(lang=self._get_print_lang()).env
        paid = self._priced_lines().filtered("amount_untaxed")
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
        return rows
