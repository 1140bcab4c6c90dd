from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Longer than any row of bank holidays, as Songkran with both weekends.
VALID_DAYS = 9
BAHT = "THB"
SOURCES = [
    ("bot", "Bank of Thailand, average buying rate"),
    ("bot_month_end", "Bank of Thailand, last working day of the month"),
    ("sold", "Sold for baht in the month"),
    ("bank", "Buying rate of a commercial bank"),
]


class BmasiaExchangeRate(models.Model):
    """What a unit of a currency was worth in baht, and who said so.

    Section 79/4(1) of the Thai Revenue Code: a price in foreign currency counts with
    what it was sold for in baht, if it was sold in the month in which the tax falls
    due; if not, with the average rate at which commercial banks buy it, as the Bank of
    Thailand calculates it on the last working day of that month. A document of an
    earlier day cannot know that one; it takes the average buying rate that the bank
    published for its day, or a commercial bank's buying rate, as Departmental Order
    Por. 132/2548 and section 9 admit. The document says which.

    A rate holds until the next one: banks publish none on holidays.
    """

    _name = "bmasia.exchange.rate"
    _description = "Exchange Rate in Baht"
    _inherit = ["document.input.mixin", "document.entity.mixin"]
    _entity_path = ""  # one rate for all entities
    _order = "date desc, currency_id"

    currency_id = fields.Many2one("res.currency", required=True, index=True)
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    rate = fields.Float("Baht per Unit", digits=(16, 6), required=True)
    source = fields.Selection(SOURCES, required=True, default="bot")

    _one_per_day = models.Constraint(
        "unique(currency_id, date)", "This currency has a rate of that day already."
    )

    @api.depends("currency_id", "date", "rate")
    def _compute_display_name(self):
        for rate in self:
            rate.display_name = f"{rate.currency_id.name} {rate.rate:,.6f} {rate.date}"

    @api.constrains("rate")
    def _check_rate(self):
        for rate in self:
            if not rate.rate > 0:
                raise ValidationError(self.env._("A rate must be above zero."))

    @api.model
    def _rate_on(self, currency, day):
        """The rate of a day: its own, or the last one before.

        :returns: a record, empty if none is recent enough
        """
        return self.sudo().search(
            [
                ("currency_id", "=", currency.id),
                ("date", "<=", day),
                ("date", ">", day - timedelta(days=VALID_DAYS)),
            ],
            order="date desc",
            limit=1,
        )
