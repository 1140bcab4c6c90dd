from odoo import fields, models

from odoo.addons.document_flow.tools.columns import set_column_defaults

from .bmasia_zone import PLATFORMS

KINDS = [("recurring", "Recurring"), ("one_time", "One-time")]


class ProductTemplate(models.Model):
    """How a product is billed, and what music it plays."""

    _inherit = "product.template"

    billing_kind = fields.Selection(
        KINDS,
        default="one_time",
        required=True,
        help="Recurring: the price is per unit and year.",
    )
    music_platform = fields.Selection(
        PLATFORMS, help="What plays the music: each unit sold is a zone of it."
    )

    income_account = fields.Char(
        help="What the accounting calls it, for exports. Empty: the entity's."
    )

    def init(self):
        """Let others make products by SQL."""
        set_column_defaults(self, "bmasia_crm")
        return super().init()
