from odoo import fields, models

from odoo.addons.document_flow.tools import figures

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

    def _invoice_values(self, months, index, shares=None):
        """The invoice line for one billing period, worth exactly its share.

        It is taxed as the entity taxes on the day of the invoice, unless another tax
        was chosen for this line.

        :param months: months of each period of the term
        :param int index: of the period
        :param shares: what each period gets of this line; default: of it by itself
        :returns: values, or None where this line has nothing in that period
        """
        values = self._copied_values()
        if self.display_type:
            return values
        share = (shares or self._shares(months))[index]
        if self.amount_untaxed < 0:
            return self._taken_off_values(values, share) if share else None
        if self._charge() != "yearly":
            return values if index == self._index_of_once(months) else None
        values["list_value"] = money.over_term(
            self.list_value, months[index], self._rounding()
        )
        price = money.over_term(self.unit_price, months[index], self._rounding())
        as_it_is = money.amounts(
            self.quantity, price, self.discount, rounding=self._rounding()
        )
        if as_it_is.untaxed == share:
            return {**values, "unit_price": price}
        # No price per unit comes to the share to the cent: one unit of it all does.
        gross = money.gross_for(share, self.discount, self._rounding())
        document = self.with_context(lang=self.contract_id._get_print_lang())
        name = document.env._(
            "%(description)s\n%(quantity)s × %(price)s per year × %(months)d/12",
            description=self.name,
            quantity=figures.number(self.quantity),
            price=document.contract_id._format_price(self.unit_price),
            months=months[index],
        )
        return {**values, "quantity": 1.0, "unit_price": gross, "name": name}

    def _taken_off_values(self, values, share):
        """An amount off in one invoice: all of it, or what that charges."""
        if share == self.amount_untaxed:
            return values
        document = self.with_context(lang=self.contract_id._get_print_lang())
        name = document.env._(
            "%(description)s\n%(part)s of %(whole)s",
            description=self.name,
            part=document.contract_id._format_figure(share),
            whole=document.contract_id._format_figure(self.amount_untaxed),
        )
        return {
            **values,
            "quantity": 1,
            "unit_price": share,
            "discount": 0,
            "name": name,
        }

    def _renewed_values(self, prices):
        """This line for the next term. One-time lines are done with."""
        values = {**self._copied_values(), "date_from": False, "date_to": False}
        return {**values, "unit_price": prices.get(self.id, self.unit_price)}

    def _changed_price(self, percent):
        price = money.exact(self.unit_price) * (100 + money.exact(percent)) / 100
        return float(money.to_currency(price, self._rounding()))
