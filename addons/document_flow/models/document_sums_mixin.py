from odoo import models
from odoo.orm.models import parse_read_group_spec
from odoo.tools import SQL

ADDING = ("sum", "sum_currency", "avg")


class DocumentSumsMixin(models.AbstractModel):
    """Amounts of several currencies have no sum, wherever it is asked for.

    Gives: lists, pivots and programs that sum a monetary field get nothing instead of a
    sum where a group has several currencies.

    A model has monetary fields with a currency each.

    How it works: the SQL of each sum asks whether the group's currencies are one.
    """

    _name = "document.sums.mixin"
    _description = "Sums per Currency"

    def _read_group_select(self, aggregate_spec, query):
        """A group with several currencies answers nothing instead of a sum.

        Core's ``sum_currency`` converts with the rates that are stored, and takes 1
        where there are none: then 1,000 baht and 1,000 dollars make 2,000.
        """
        selected = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec == "__count":
            return selected
        name, _property, function = parse_read_group_spec(aggregate_spec)
        field = self._fields[name]
        if field.type != "monetary" or function not in ADDING:
            return selected
        if function == "sum_currency":
            selected = super()._read_group_select(f"{name}:sum", query)
        currency = self._field_to_sql(
            self._table, field.get_currency_field(self), query
        )
        return SQL(
            "CASE WHEN MIN(%(currency)s) = MAX(%(currency)s) THEN %(sum)s END",
            currency=currency,
            sum=selected,
        )
