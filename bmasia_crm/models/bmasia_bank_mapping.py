from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import statements


class BmasiaBankMapping(models.Model):
    """How a bank's statements as CSV are read: which column says what.

    Two are shipped, made after the exports of Thai banks; people add their own, or
    change these. All billing entities use the same.
    """

    _name = "bmasia.bank.mapping"
    _description = "Columns of a Bank Statement"
    _inherit = ["document.input.mixin", "document.entity.mixin"]
    _order = "name, id"

    _entity_path = ""  # shared

    name = fields.Char(required=True)
    date_column = fields.Char("Date", required=True)
    date_order = fields.Selection(
        [
            ("dmy", "Day, Month, Year"),
            ("mdy", "Month, Day, Year"),
            ("ymd", "Year, Month, Day"),
        ],
        default="dmy",
        required=True,
    )
    credit_column = fields.Char("Money In")
    debit_column = fields.Char("Money Out")
    amount_column = fields.Char(
        "Amount", help="Where one column has both, money out with a minus sign."
    )
    reference_column = fields.Char(
        "Reference", help="As the number of a cheque or of the transfer."
    )
    text_columns = fields.Char(
        "Payer and Text",
        help="Every column that tells who paid and what for, separated by commas.",
    )

    @api.constrains("date_column", "credit_column", "amount_column")
    def _check_columns(self):
        for mapping in self:
            if not mapping.credit_column and not mapping.amount_column:
                raise ValidationError(
                    self.env._("Name the column of the amounts, or of the money in.")
                )

    def _columns(self):
        """For the engine that reads a file.

        :rtype: statements.Mapping
        """
        self.ensure_one()
        return statements.Mapping(
            date=self.date_column,
            amount=self.amount_column or "",
            credit=self.credit_column or "",
            debit=self.debit_column or "",
            reference=self.reference_column or "",
            text=self.text_columns or "",
            order=self.date_order,
        )
