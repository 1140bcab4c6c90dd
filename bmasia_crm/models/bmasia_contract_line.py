from odoo import fields, models

from ..tools import money


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

    def _renewed_values(self, prices):
        """This line for the next term. One-time lines are done with."""
        values = {**self._copied_values(), "date_from": False, "date_to": False}
        return {**values, "unit_price": prices.get(self.id, self.unit_price)}

    def _changed_price(self, percent):
        price = money.exact(self.unit_price) * (100 + money.exact(percent)) / 100
        return float(money.to_currency(price, self._rounding()))
