from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.document_flow.tools import figures

from ..tools import money

STANDARD = "standard"
CATEGORIES = [
    (STANDARD, "Standard"),
    ("zero", "Zero-Rated"),
    ("exempt", "Exempt"),
    ("outside", "Outside VAT"),
]
TAXED = ("tax_category", "tax_rate")


class BmasiaLineTaxMixin(models.AbstractModel):
    """How a line is taxed, and its part of the document's tax.

    Gives the tax category and the rate, both proposed by the entity and the product;
    whether somebody chose otherwise (``tax_chosen``), which outlasts a change of the
    entity's rate; and the tax of the line.

    A model provides ``product_id``, ``display_type``, ``currency_id``,
    ``amount_untaxed`` and ``_document``, whose lines are ``line_ids``.

    How it works: the tax of a document is rate × base of each rate, rounded once (EN
    16931, BR-CO-17); ``tools/money.py`` shares it out to the lines. A change of one
    line may move a satang of another. What is zero-rated (Thai Revenue Code, section
    80/1), exempt (section 81) or outside of VAT has no tax, and is told apart for the
    tax return.
    """

    _name = "bmasia.line.tax.mixin"
    _description = "Tax of a Line"

    # Set by the model: the field of its document.
    _document_field = ""

    currency_id = fields.Many2one("res.currency")
    tax_rate = fields.Float(
        "Tax (%)",
        compute="_compute_tax_rate",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 2),
    )
    tax_category = fields.Selection(
        CATEGORIES,
        compute="_compute_tax_category",
        store=True,
        readonly=False,
        precompute=True,
        help="Zero-rated: exports, taxed at 0 %. Exempt: the law frees it. Outside: no "
        "VAT at all, as of a seller who is not registered.",
    )
    tax_chosen = fields.Boolean(
        compute="_compute_tax_chosen",
        store=True,
        precompute=True,
        help="Taxed otherwise than is proposed; stays so when the rate changes.",
    )
    amount_tax = fields.Monetary("Tax", compute="_compute_tax", store=True)
    amount_total = fields.Monetary("Total", compute="_compute_tax", store=True)

    # ------------------------------------------------------------
    # WHICH TAX
    # ------------------------------------------------------------

    def _proposed_tax(self):
        """Category and rate that entity and product propose."""
        rate = self._document()._standard_rate()
        category = self.product_id.tax_category
        if self.display_type:
            return False, 0.0
        if not rate:
            return "outside", 0.0
        if category and category != STANDARD:
            return category, 0.0
        return STANDARD, rate

    @api.depends(
        lambda self: (
            *(f"{self._document_field}.company_id", "display_type", "product_id"),
        )
    )
    def _compute_tax_rate(self):
        for line in self:
            _category, line.tax_rate = line._proposed_tax()

    @api.depends(
        lambda self: (
            *(f"{self._document_field}.company_id", "display_type", "product_id"),
            "tax_rate",
        )
    )
    def _compute_tax_category(self):
        for line in self:
            proposed, rate = line._proposed_tax()
            if line.tax_rate > 0 and not line.display_type:
                line.tax_category = STANDARD
            elif not rate:
                line.tax_category = proposed
            else:
                # somebody typed 0 where tax is usual
                chosen = line.tax_category
                line.tax_category = (
                    chosen if chosen not in (False, STANDARD) else "zero"
                )

    @api.depends(*TAXED)
    def _compute_tax_chosen(self):
        for line in self:
            line.tax_chosen = (line.tax_category, line.tax_rate) != line._proposed_tax()

    @api.onchange("tax_category")
    def _onchange_tax_category(self):
        if self.tax_category != STANDARD:
            self.tax_rate = 0.0
        elif not self.tax_rate:
            self.tax_rate = self._document()._standard_rate()

    def _completed(self, vals):
        """A category that is written alone brings its rate along."""
        category = vals.get("tax_category")
        if not category or "tax_rate" in vals:
            return vals
        if category != STANDARD:
            return {**vals, "tax_rate": 0.0}
        if self and not any(self.mapped("tax_rate")):
            return {**vals, "tax_rate": self._document()[:1]._standard_rate()}
        return vals

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create([self._completed(vals) for vals in vals_list])
        lines._check_tax()
        return lines

    def write(self, vals):
        result = super().write(self._completed(vals))
        self._check_tax()
        return result

    def copy_data(self, default=None):
        """A copy is taxed as entity and product propose on its day, unless chosen."""
        copies = super().copy_data(default)
        for line, vals in zip(self, copies, strict=True):
            if not line.tax_chosen:
                for name in set(TAXED) - set(default or ()):
                    vals.pop(name, None)
        return copies

    def _chosen_tax(self):
        """What a line of another document takes over: the tax, if it was chosen."""
        self.ensure_one()
        return {name: self[name] for name in TAXED} if self.tax_chosen else {}

    def _follow_entity_tax(self):
        """Tax as is proposed today what was not chosen otherwise."""
        for line in self:
            if line.tax_chosen or line._is_taken_back():
                continue
            category, rate = line._proposed_tax()
            if (line.tax_category, line.tax_rate) != (category, rate):
                line.write({"tax_category": category, "tax_rate": rate})

    def _check_tax(self):
        """Once both are computed: a constraint would see one of them before the other.

        :raises ValidationError: category and rate contradict each other, or the entity
            charges no tax
        """
        for line in self.filtered(lambda line: not line.display_type):
            if (line.tax_category == STANDARD) != (line.tax_rate > 0):
                raise ValidationError(
                    self.env._(
                        "A line at the standard rate has a tax above zero; what is "
                        "zero-rated, exempt or outside VAT has a tax of zero."
                    )
                )
            line._check_entity_charges_tax()

    def _check_entity_charges_tax(self):
        """Who is not registered must not issue a tax invoice (Thai Revenue Code,
        section 86/13), so charges no VAT.
        """
        entity = self._document().company_id.sudo()
        is_registered = entity.tax_rate or self._document()._standard_rate()
        if self.tax_rate and not is_registered and not self._is_taken_back():
            raise ValidationError(
                self.env._(
                    "%(entity)s charges no tax: it has no tax rate. Set the tax of "
                    "“%(line)s” to zero.",
                    entity=entity.name,
                    line=self.name,
                )
            )

    def _is_taken_back(self):
        """Whether this line credits another one, taxed as that is."""
        return False

    # ------------------------------------------------------------
    # HOW MUCH
    # ------------------------------------------------------------

    @api.depends(
        lambda self: tuple(
            f"{self._document_field}.line_ids.{name}"
            for name in ("amount_untaxed", "display_type", *TAXED)
        )
    )
    def _compute_tax(self):
        taxes = {}
        for document in self._document():
            taxes.update(document._taxes_by_line())
        for line in self:
            if line not in taxes:  # a form asks about a line before its document
                (taxes[line],) = money.line_taxes([line._taxable()], line._rounding())
            line.amount_tax = taxes[line]
            line.amount_total = money.add([line.amount_untaxed, taxes[line]])

    def _taxable(self, untaxed=None):
        """This line's net amount, or a part of it, and how it is taxed."""
        untaxed = self.amount_untaxed if untaxed is None else untaxed
        return money.Taxable(*self._taxable_key(), untaxed)

    def _taxable_key(self):
        return self.tax_category or "", self.tax_rate

    def _tax_mark(self):
        """How the line is taxed, in its column of a document that has several rates."""
        self.ensure_one()
        env = self.with_context(lang=self._document()._get_print_lang()).env
        if self.tax_category == "exempt":
            return env._("exempt")
        if self.tax_category == "outside":
            return "–"
        return f"{figures.number(self.tax_rate)} %"
