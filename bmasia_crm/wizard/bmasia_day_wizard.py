from odoo import api, fields, models


class BmasiaDayWizard(models.TransientModel):
    """Shows a contract as it is on a day: what is served, and what that is a year."""

    _name = "bmasia.day.wizard"
    _description = "Contract as of a Day"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "contract_id"

    contract_id = fields.Many2one("bmasia.contract", required=True, readonly=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    day = fields.Date(
        "As of",
        required=True,
        default=lambda self: self.env.company._today(),
    )
    line_ids = fields.Many2many("bmasia.contract.line", compute="_compute_line_ids")
    annual_value = fields.Monetary("Net Per Year", compute="_compute_line_ids")
    note = fields.Char(compute="_compute_line_ids")

    @api.depends("day")
    def _compute_line_ids(self):
        for wizard in self:
            contract, day = wizard.contract_id, wizard.day
            lines = contract.lines_on(day) if day else contract.line_ids.browse()
            wizard.line_ids = lines
            wizard.annual_value = lines._net_per_year()
            wizard.note = wizard._said_of_day()

    def _said_of_day(self):
        """Why nothing is served on that day, if so."""
        contract, day = self.contract_id, self.day
        pauses = contract.pause_ids.filtered(
            lambda pause: pause.state == "active"
            and day
            and pause.date_from <= day <= pause.date_to
        )
        if pauses:
            return pauses[0]._words()
        if day and not contract.start_date <= day <= contract.end_date:
            first, last = map(
                contract._format_day, (contract.start_date, contract.end_date)
            )
            return self.env._(
                "Served from %(first)s to %(last)s only.", first=first, last=last
            )
        return False
