from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import groupby


class ProductPricelist(models.Model):
    """Prices that begin on a day: next year's stand beside today's."""

    _inherit = "product.pricelist"

    def _get_applicable_rules(self, products, date, **kwargs):
        """Of prices for the same thing, the one that began last holds, in whichever
        order they were typed.
        """
        rules = super()._get_applicable_rules(products, date, **kwargs)
        alike = groupby(
            rules, lambda rule: (rule.applied_on, rule.min_quantity, rule.categ_id)
        )
        latest = [
            rule.id
            for _key, group in alike
            for rule in sorted(
                group, key=lambda rule: rule.date_start or datetime.min, reverse=True
            )
        ]
        return rules.browse(latest)

    def _in_currency(self, company, currency):
        """The list that holds for a currency: one of the entity's own in it, else this
        one, whose prices are converted.

        :param company: ``res.company``, the billing entity
        :param currency: ``res.currency``
        :returns: ``product.pricelist``
        """
        if not self or self.currency_id == currency:
            return self
        own = [("company_id", "=", company.id), ("currency_id", "=", currency.id)]
        return self.search([*own, ("item_ids", "!=", False)], limit=1) or self

    @api.model
    def _moment_of(self, company, day):
        """Noon of a day at an entity's desk: what begins or ended on a day holds, or
        held, by then.

        :param company: ``res.company``, the billing entity
        :param date day: the day
        :returns: as a datetime field has it
        """
        noon = datetime.combine(day, time(12), ZoneInfo(company.time_zone))
        return noon.astimezone(UTC).replace(tzinfo=None)
