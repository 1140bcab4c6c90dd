from odoo import api, fields, models

from odoo.addons.document_flow.tools import figures

from ..tools import money
from .bmasia_line_tax_mixin import TAXED


class BmasiaInvoiceLine(models.Model):
    """A line of an invoice: what it takes from a contract's line; on a credit note, of
    which line it takes something back.
    """

    _name = "bmasia.invoice.line"
    _description = "Line of an Invoice"
    _inherit = ["bmasia.document.line.mixin"]

    _document_field = "invoice_id"
    _entity_path = "invoice_id.company_id"

    invoice_id = fields.Many2one(
        "bmasia.invoice", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    reversed_line_id = fields.Many2one(
        "bmasia.invoice.line",
        "Original Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _same_values(self):
        """This line on a document that is issued anew: taxed as it was."""
        taxed = {name: self[name] for name in TAXED}
        original = self.reversed_line_id.id
        return {**self._copied_values(), **taxed, "reversed_line_id": original}

    def _credited_values(self):
        """This line on a credit note."""
        return {**self._same_values(), "reversed_line_id": self.id}

    def _credited_part_values(self):
        """This line where only a part of it is credited: one unit, at what it comes to.

        The description says what it was; the caller gives the price.
        """
        values = {**self._same_values(), "quantity": 1.0, "discount": 0.0}
        values.update({"date_from": False, "date_to": False, "list_value": 0.0})
        return {**values, "kind": "one_time"}

    def _is_taken_back(self):
        return bool(self.reversed_line_id)

    @api.model
    def _values_from(self, source, months, index, shares=None):
        """The line that bills one period of a contract's line, at exactly its share.

        It is taxed as the entity taxes on the day of the invoice, unless another tax
        was chosen for this line.

        :param source: a ``bmasia.contract.line``
        :param months: months of each period of the term
        :param int index: of the period
        :param shares: what each period gets of this line; default: of it by itself
        :returns: values, or None where this line has nothing in that period
        """
        values = source._copied_values()
        if source.display_type:
            return values
        share = (shares or source._shares(months))[index]
        if source.amount_untaxed < 0:
            return self._taken_off_values(source, values, share) if share else None
        if source._charge() != "yearly":
            return values if index == source._index_of_once(months) else None
        values["list_value"] = money.over_term(
            source.list_value, months[index], source._rounding()
        )
        price = money.over_term(source.unit_price, months[index], source._rounding())
        as_it_is = money.amounts(
            source.quantity, price, source.discount, rounding=source._rounding()
        )
        if as_it_is.untaxed == share:
            return {**values, "unit_price": price}
        # No price per unit comes to the share to the cent: one unit of it all does.
        gross = money.gross_for(share, source.discount, source._rounding())
        document = source.with_context(lang=source.contract_id._get_print_lang())
        name = document.env._(
            "%(description)s\n%(quantity)s × %(price)s per year × %(months)d/12",
            description=source.name,
            quantity=figures.number(source.quantity),
            price=document.contract_id._format_price(source.unit_price),
            months=months[index],
        )
        return {**values, "quantity": 1.0, "unit_price": gross, "name": name}

    @api.model
    def _taken_off_values(self, source, values, share):
        """An amount off in one invoice: all of it, or what that charges."""
        if share == source.amount_untaxed:
            return values
        document = source.with_context(lang=source.contract_id._get_print_lang())
        name = document.env._(
            "%(description)s\n%(part)s of %(whole)s",
            description=source.name,
            part=document.contract_id._format_figure(share),
            whole=document.contract_id._format_figure(source.amount_untaxed),
        )
        return {
            **values,
            "quantity": 1,
            "unit_price": share,
            "discount": 0,
            "name": name,
        }
