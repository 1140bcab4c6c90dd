from odoo import fields, models

PLATFORMS = [("soundtrack", "Soundtrack"), ("beat_breeze", "Beat Breeze")]


class BmasiaZone(models.Model):
    """One independently programmed audio area of a customer."""

    _name = "bmasia.zone"
    _description = "Music Zone"
    _inherit = ["document.input.mixin", "document.entity.mixin"]
    _order = "customer_id, name, id"

    _entity_path = ""  # the customer's

    name = fields.Char(required=True, index="trigram")
    customer_id = fields.Many2one(
        "bmasia.company", required=True, index=True, ondelete="cascade"
    )
    platform = fields.Selection(PLATFORMS, required=True, default="soundtrack")
    status = fields.Selection(
        [
            ("pending", "Pending"),
            ("online", "Online"),
            ("offline", "Offline"),
            ("no_device", "No Device"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        default="pending",
        required=True,
    )
    soundtrack_zone_id = fields.Char(copy=False)
    contract_ids = fields.Many2many("bmasia.contract", string="Contracts")
    active = fields.Boolean(default=True)

    _soundtrack = models.UniqueIndex(
        "(soundtrack_zone_id) WHERE soundtrack_zone_id IS NOT NULL",
        "This Soundtrack zone is listed already.",
    )
