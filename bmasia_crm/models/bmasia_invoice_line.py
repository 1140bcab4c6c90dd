from odoo import api, fields, models

from odoo.addons.document_flow.tools import figures

from ..tools import money


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

    def _credited_values(self):
        """This line on a credit note."""
        return {**self._copied_values(), "reversed_line_id": self.id}

    @api.model
    def _values_from(self, source, months, index):
        """The line that bills one period of a contract's line, at exactly its share.

        :param source: a ``bmasia.contract.line``
        :param months: months of each period of the term
        :param int index: of the period
        :returns: values, or None where that line has nothing in that period
        """
        values = source._copied_values()
        if source.display_type:
            return values
        if source._charge() != "yearly":
            return values if index == source._index_of_once(months) else None
        share, rounding = source._shares(months)[index], source._rounding()
        price = money.over_term(source.unit_price, months[index], rounding)
        as_it_is = money.amounts(
            source.quantity, price, source.discount, rounding=rounding
        )
        if as_it_is.untaxed == share:
            return {**values, "unit_price": price}
        # No price per unit comes to the share to the cent: one unit of it all does.
        gross = money.gross_for(share, source.discount, rounding)
        contract = source.contract_id
        name = self.with_context(lang=contract._get_print_lang()).env._(
            "%(description)s\n%(quantity)s × %(price)s per year × %(months)d/12",
            description=source.name,
            quantity=figures.number(source.quantity),
            price=contract._format_price(source.unit_price),
            months=months[index],
        )
        return {**values, "quantity": 1.0, "unit_price": gross, "name": name}
