from odoo import fields, models


class ResCurrency(models.Model):
    """Whether an exchange rate is known."""

    _inherit = "res.currency"

    def _has_rate(self, company):
        """Whether it is known what this currency is worth to a company today.

        :param company: ``res.company``
        """
        self.ensure_one()
        known = [
            ("currency_id", "=", self.id),
            ("company_id", "in", (False, company.root_id.id)),
            ("name", "<=", fields.Date.context_today(self)),
        ]
        return bool(self.env["res.currency.rate"].sudo().search_count(known, limit=1))
