from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.document_flow.tools.days import say_day

# What a rate that applies already is fixed in.
FIXED = frozenset({"company_id", "date_from", "rate", "transition", "transition_until"})


class BmasiaTaxRate(models.Model):
    """The standard rate of VAT of a billing entity, from a day on.

    The rate of a sale is that of its tax point (Thai Revenue Code, sections 78, 78/1
    and 80): of a service, of the day on which it is paid. A decree that brings another
    rate may let some sales keep the one before until a day: that is the transition,
    which stands here as data.

    A rate that documents were issued at stays. Another one is a row with another day.
    """

    _name = "bmasia.tax.rate"
    _description = "Tax Rate"
    _inherit = ["document.input.mixin", "document.entity.mixin"]
    _order = "company_id, date_from desc nulls last, id desc"
    _rec_name = "rate"

    company_id = fields.Many2one(
        "res.company",
        "Billing Entity",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    date_from = fields.Date("From", help="First day. Empty: from the beginning.")
    rate = fields.Float("Rate (%)", digits=(5, 2), required=True)
    source = fields.Char(help="The law or decree that says so.")
    transition = fields.Selection(
        [
            ("none", "None: the day of the tax point counts"),
            ("supplied", "Services supplied before that day"),
            ("agreed", "Contracts signed before that day"),
        ],
        "Old Rate For",
        required=True,
        default="none",
        help="What keeps the rate before, if its tax point is on the last day or "
        "earlier. A service counts as supplied when its period is over.",
    )
    transition_until = fields.Date(
        "Until", help="Last day of payment at which the old rate is kept."
    )

    _one_per_day = models.UniqueIndex(
        "(company_id, COALESCE(date_from, '0001-01-01'::date))",
        "There is a rate of that day already.",
    )

    @api.depends("rate", "date_from", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            words = {"entity": row.company_id.sudo().name or "", "rate": row.rate}
            said = self.env._("%(entity)s %(rate)g %%", **words)
            if row.date_from:
                words["day"] = say_day(self.env, row.date_from)
                said = self.env._("%(entity)s %(rate)g %% from %(day)s", **words)
            row.display_name = said

    @api.constrains("rate")
    def _check_rate(self):
        if not all(0 <= row.rate <= 100 for row in self):
            raise ValidationError(
                self.env._("A tax rate must be between 0 and 100 percent.")
            )

    @api.constrains("date_from", "transition", "transition_until")
    def _check_transition(self):
        for row in self:
            if row.transition == "none":
                continue
            until, first = row.transition_until, row.date_from
            if not first or not until or until < first:
                raise ValidationError(
                    self.env._(
                        "A transition has a first day of the new rate, and a last day "
                        "for the old one, which is not before that."
                    )
                )

    # ------------------------------------------------------------
    # WHICH RATE
    # ------------------------------------------------------------

    def _first_day(self, supplied, agreed):
        """From when on this rate counts for a sale.

        :param supplied: last day of its service, if that is known
        :param agreed: when its contract was signed, if there is one
        """
        facts = {"supplied": supplied, "agreed": agreed}
        known = facts.get(self.transition)
        if known and known < self.date_from:
            return fields.Date.add(self.transition_until, days=1)
        return self.date_from

    # ------------------------------------------------------------
    # CHANGED
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        for row in rows:
            if row.date_from and row.date_from < row.company_id._today():
                row._check_unused()
        rows.company_id.sudo()._follow_tax_rates()
        return rows

    def write(self, vals):
        rows = self.filtered(lambda row: row._is_changed_by(vals))
        rows._check_unused()
        result = super().write(vals)
        rows._check_unused()  # nor is it moved back over what was issued
        if rows:
            self.company_id.sudo()._follow_tax_rates()
        return result

    def unlink(self):
        self._check_unused()
        companies = self.company_id.sudo()
        result = super().unlink()
        companies._follow_tax_rates()
        return result

    def _is_changed_by(self, vals):
        """Whether values change what counts; a decree may prolong its transition."""
        names = {
            name
            for name in FIXED & vals.keys()
            if self._fields[name].convert_to_cache(vals[name], self)
            != self._fields[name].convert_to_cache(self[name], self)
        }
        if names == {"transition_until"} and self.transition_until:
            today = self.company_id.sudo()._today()
            until = fields.Date.to_date(vals["transition_until"])
            return not until or min(until, self.transition_until) < today
        return bool(names)

    def _check_unused(self):
        """
        :raises UserError: documents were issued at this rate
        """
        for row in self:
            if row._is_used():
                raise UserError(
                    self.env._(
                        "%(rate)s: documents were issued on that day or later, so it "
                        "stays. Add a rate with a first day to come.",
                        rate=row.display_name,
                    )
                )

    def _is_used(self):
        """Whether a document with tax has a day on which this rate counts."""
        self.ensure_one()
        company = self.company_id.sudo()
        if self.date_from and self.date_from > company._today():
            return False
        counts = [("company_id", "=", company.id), ("name", "!=", False)]
        for model, name in (
            ("bmasia.invoice", "issue_date"),
            ("bmasia.receipt", "date"),
        ):
            days = [(name, ">=", self.date_from)] if self.date_from else []
            found = self.env[model].sudo().search_count([*counts, *days], limit=1)
            if found:
                return True
        return False
