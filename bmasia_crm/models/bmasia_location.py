from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .bmasia_zone import PLATFORMS


class BmasiaLocation(models.Model):
    """A property that a contract covers, as its table of locations prints it."""

    _name = "bmasia.location"
    _description = "Location of a Contract"
    _inherit = ["document.part.mixin"]
    _order = "sequence, id"

    _document_field = "contract_id"
    _entity_path = "contract_id.company_id"
    _listed_as = "location_ids"

    sequence = fields.Integer(default=10)
    contract_id = fields.Many2one(
        "bmasia.contract", required=True, index=True, ondelete="cascade"
    )
    name = fields.Text("Location", required=True)
    platform = fields.Selection(PLATFORMS, required=True, default="soundtrack")
    service = fields.Char(help="Printed instead of the platform.")
    zone_count = fields.Integer("Zones", default=1)

    @api.constrains("zone_count")
    def _check_zone_count(self):
        if any(location.zone_count < 0 for location in self):
            raise ValidationError(self.env._("A location cannot have negative zones."))
