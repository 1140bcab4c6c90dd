from odoo import fields, models

from ..tools import money, schedule


class BmasiaContractLine(models.Model):
    _name = "bmasia.contract.line"
    _description = "Line of a Contract"
    _inherit = ["bmasia.document.line.mixin"]

    _document_field = "contract_id"

    contract_id = fields.Many2one(
        "bmasia.contract", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")

    def _shares(self, months):
        """What each billing period gets of this line, net.

        :param months: months of each period of the term
        """
        self.ensure_one()
        if self.kind == "recurring":
            whole = self._net_over(sum(months))
            return schedule.shares(whole, months, self._rounding())
        return [self.amount_untaxed, *([0.0] * (len(months) - 1))]

    def _invoice_values(self, months, index):
        """The invoice line for one billing period, worth exactly its share.

        :param months: months of each period of the term
        :param int index: of the period
        :returns: values, or None where this line has nothing in that period
        """
        values = self._copied_values()
        if self.display_type or (self.kind != "recurring" and index == 0):
            return values
        if self.kind != "recurring":
            return None
        share = self._shares(months)[index]
        price = money.over_term(self.unit_price, months[index], money.CENT)
        as_it_is = money.amounts(
            self.quantity, price, self.discount, rounding=self._rounding()
        )
        if as_it_is.untaxed == share:
            return {**values, "unit_price": price}
        # No price per unit comes to the share to the cent: one unit of it all does.
        gross = money.gross_for(share, self.discount, self._rounding())
        paper = self.with_context(lang=self.contract_id._get_print_lang())
        name = paper.env._(
            "%(description)s\n%(quantity)g × %(price).2f per year × %(months)d/12",
            description=self.name,
            quantity=self.quantity,
            price=self.unit_price,
            months=months[index],
        )
        return {**values, "quantity": 1.0, "unit_price": gross, "name": name}
