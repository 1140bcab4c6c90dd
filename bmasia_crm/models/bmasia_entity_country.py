from pytz import country_timezones

from odoo import api, models

THAILAND = "TH"
THAI_VAT = 7.0  # percent: Revenue Code, section 80, lowered by royal decrees
THAI_WITHHOLDING = 3.0  # percent of services: Revenue Department, Tor Por. 4/2528


class BmasiaEntityCountryMixin(models.AbstractModel):
    """What the country of a new billing entity proposes: tax and time zone. The
    currency is proposed by core.

    Only in the form, and only as long as nobody has set up anything else.
    """

    _name = "bmasia.entity.country.mixin"
    _description = "Country of a Billing Entity"

    @api.onchange("country_id")
    def _onchange_country_defaults(self):
        if self.country_id and not self.tax_rate_ids:
            is_thai = self.country_id.code == THAILAND
            self.tax_rate = THAI_VAT if is_thai else 0.0
            self.withholding_rate = THAI_WITHHOLDING if is_thai else 0.0
        zones = country_timezones.get(self.country_id.code or "", [])
        if len(zones) == 1 and not self.numbers_given:
            self.time_zone = zones[0]
