from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .bmasia_exchange_rate import SOURCES

# name: what a program gives for it
DETAILS = {
    "backdate_reason": "text",
    "thb_rate": "number",
    "thb_rate_source": "text",
    "thb_rate_date": "text",
}


class BmasiaTaxDetailsMixin(models.AbstractModel):
    """What Finance may have to say for a tax document: why its date is an earlier one,
    and the rate at which it counts in baht.

    A tax document has these itself; a payment has them for the receipts that it makes.
    """

    _name = "bmasia.tax.details.mixin"
    _description = "Details of Tax Documents"

    backdate_reason = fields.Char(
        "Reason for the Earlier Date",
        copy=False,
        help="Asked for where a document of a later month has its number already.",
    )
    thb_rate = fields.Float(
        "Baht per Unit",
        digits=(16, 6),
        copy=False,
        help="Of the document's currency. Empty: the rate of its day, as Finance noted "
        "it under Exchange Rates.",
    )
    thb_rate_source = fields.Selection(SOURCES, "Rate Of", copy=False)
    thb_rate_date = fields.Date("Day of the Rate", copy=False)

    @api.constrains("thb_rate")
    def _check_thb_rate(self):
        for record in self:
            if not record.thb_rate >= 0:
                raise ValidationError(self.env._("A rate cannot be negative."))

    def _tax_details(self):
        """What was said, by field; nothing where there is no record."""
        return {name: record[name] for record in self[:1] for name in DETAILS}

    @api.model
    def _read_details(self, details):
        """What a program or a dialog says.

        :param dict details: by field, or nothing
        :rtype: dict
        :raises UserError: it is no such object
        """
        if not details:
            return {}
        if not isinstance(details, dict) or not details.keys() <= DETAILS.keys():
            raise UserError(
                self.env._(
                    "details takes an object with any of %s.", ", ".join(DETAILS)
                )
            )
        read = dict(details)
        if "thb_rate_date" in read:
            read["thb_rate_date"] = self._read_day(read["thb_rate_date"]) or False
        for name in DETAILS.keys() - {"thb_rate_date"}:
            self._check_argument(name, read.get(name), DETAILS[name])
        known = {source for source, _label in SOURCES}
        if read.get("thb_rate_source") and read["thb_rate_source"] not in known:
            raise UserError(
                self.env._("thb_rate_source takes one of %s.", ", ".join(sorted(known)))
            )
        return read
