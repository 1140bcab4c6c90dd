from itertools import accumulate

from odoo import fields, models

from ..tools import money, schedule


class BmasiaContractLine(models.Model):
    """A line of a contract: its share of each billing period, and of the next term."""

    _name = "bmasia.contract.line"
    _description = "Line of a Contract"
    _inherit = ["bmasia.document.line.mixin"]

    _document_field = "contract_id"
    _entity_path = "contract_id.company_id"

    contract_id = fields.Many2one(
        "bmasia.contract", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")

    def _shares(self, months):
        """What each billing period gets of this line, net.

        :param months: months of each period of the term
        """
        self.ensure_one()
        if self._charge() == "yearly":
            whole = self._net_over(sum(months))
            return schedule.shares(whole, months, self._rounding())
        once = self._index_of_once(months)
        return [self.amount_untaxed if i == once else 0.0 for i in range(len(months))]

    def _index_of_once(self, months):
        """The billing period in which what is charged once is billed: the first one,
        or the one in which the days of a pro-rated line begin.
        """
        if not self._is_prorated():
            return 0
        start = self.contract_id.start_date
        for index, passed in enumerate(accumulate(months)):
            if schedule.end_of(start, passed) >= self.date_from:
                return index
        return len(months) - 1

    def _renewed_values(self, prices):
        """This line for the next term. One-time lines are done with."""
        values = {**self._copied_values(), "date_from": False, "date_to": False}
        return {**values, "unit_price": prices.get(self.id, self.unit_price)}

    def _changed_price(self, percent):
        price = money.exact(self.unit_price) * (100 + money.exact(percent)) / 100
        return float(money.to_currency(price, self._rounding()))
