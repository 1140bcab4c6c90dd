from odoo import api, fields, models
from odoo.fields import Command

from ..models.bmasia_document_line_mixin import PRICE_DIGITS


class BmasiaRenewWizard(models.TransientModel):
    """Asks what the next term costs: it proposes the prices by the contract's rule;
    they may be changed in percent, and line by line.
    """

    _name = "bmasia.renew.wizard"
    _description = "Prices of the Next Term"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "contract_id"

    contract_id = fields.Many2one("bmasia.contract", required=True, readonly=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    renewal_rule = fields.Selection(related="contract_id.renewal_rule")
    price_change = fields.Float(
        "Change (%)",
        compute="_compute_price_change",
        store=True,
        readonly=False,
        help="On every price below, instead of the contract's rule. 0, or the "
        "percentage that was agreed: by the rule.",
    )
    line_ids = fields.One2many(
        "bmasia.renew.wizard.line",
        "wizard_id",
        "Prices",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    old_value = fields.Monetary("At the End", compute="_compute_values")
    new_value = fields.Monetary("Next Term", compute="_compute_values")

    @api.depends("contract_id")
    def _compute_price_change(self):
        for wizard in self:
            wizard.price_change = wizard._agreed_change()

    @api.depends("contract_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [Command.clear()] + [
                Command.create({"line_id": line.id, **wizard._proposed(line)})
                for line in wizard.contract_id._renewed_lines()
            ]

    @api.onchange("price_change")
    def _onchange_price_change(self):
        for line in self.line_ids:
            line.update(self._proposed(line.line_id))

    def _agreed_change(self):
        contract = self.contract_id
        by_percent = contract.renewal_rule == "percent"
        return contract.renewal_percent if by_percent else 0.0

    def _proposed(self, line):
        """What the contract's rule makes of a line's price, or another percentage."""
        contract, percent = self.contract_id, self.price_change
        if percent == self._agreed_change():
            price, reason = contract._price_then(line)
            return {"new_price": price, "reason": contract._reason_words(reason)}
        return {"new_price": line._changed_price(percent), "reason": f"{percent:+g} %"}

    @api.depends("line_ids.new_price")
    def _compute_values(self):
        for wizard in self:
            wizard.old_value = wizard.contract_id.value_at_end
            wizard.new_value = sum(wizard.line_ids.mapped("new_value"))

    def action_confirm(self):
        """Make the draft of the next term with these prices.

        :returns: the action that opens it
        :rtype: dict
        """
        self.ensure_one()
        self._check_opened()
        prices = {line.line_id.id: line.new_price for line in self.line_ids}
        return self.contract_id.action_renew(prices=prices)


class BmasiaRenewWizardLine(models.TransientModel):
    """One line of the contract, with its price now and in the next term."""

    _name = "bmasia.renew.wizard.line"
    _description = "Price of a Line in the Next Term"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "line_id"
    _fixed = frozenset({"wizard_id"})

    wizard_id = fields.Many2one(
        "bmasia.renew.wizard", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one("bmasia.contract.line", required=True, readonly=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    name = fields.Text(related="line_id.name")
    quantity = fields.Float(related="line_id.quantity", min_display_digits=2)
    old_price = fields.Float(
        "Today", related="line_id.unit_price", min_display_digits="Product Price"
    )
    new_price = fields.Float(
        "Next Term", digits=PRICE_DIGITS, min_display_digits="Product Price"
    )
    new_value = fields.Monetary("Per Year", compute="_compute_new_value")
    reason = fields.Char("By", readonly=True)

    @api.depends("new_price", "line_id")
    def _compute_new_value(self):
        for line in self:
            line.new_value = line.line_id._net_of_year(line.new_price)

    def _check_opened(self):
        self.wizard_id.check_access("write")
        return super()._check_opened()
