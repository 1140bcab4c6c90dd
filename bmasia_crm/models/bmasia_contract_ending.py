from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

ENDING_DAYS = 60  # the notice that the chains' master agreements ask for


class BmasiaContract(models.Model):
    """Which contracts ask for attention, as lists and the first screen show it."""

    _inherit = "bmasia.contract"

    is_ending = fields.Boolean("Ends Soon", compute="_compute_is_ending")

    @api.depends("state", "end_date")
    def _compute_is_ending(self):
        last = fields.Date.context_today(self) + relativedelta(days=ENDING_DAYS)
        for contract in self:
            runs = contract.state == "active" and contract.end_date
            contract.is_ending = bool(runs and contract.end_date <= last)
