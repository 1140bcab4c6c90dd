from odoo import api, fields, models

from odoo.addons.document_flow.tools.columns import set_column_defaults

from .bmasia_zone import PLATFORMS

KINDS = [("recurring", "Recurring"), ("one_time", "One-time")]


class ProductTemplate(models.Model):
    """How a product is billed and taxed, and what music it plays."""

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
    tax_point = fields.Selection(
        [("payment", "When paid"), ("delivery", "When invoiced")],
        compute="_compute_tax_point",
        store=True,
        readonly=False,
        precompute=True,
        help="When VAT falls due. Of services when the payment arrives: the receipt is "
        "the tax invoice. Of goods at delivery: the invoice is the tax invoice. "
        "Deliver and invoice goods on the same day.",
    )
    tax_category = fields.Selection(
        [
            ("standard", "Standard"),
            ("zero", "Zero-Rated"),
            ("exempt", "Exempt"),
            ("outside", "Outside VAT"),
        ],
        default="standard",
        required=True,
        help="Proposed for new lines, where the billing entity charges tax.",
    )

    income_account = fields.Char(
        help="What the accounting calls it, for exports. Empty: the entity's."
    )

    def init(self):
        """Let others make products by SQL."""
        set_column_defaults(self, "bmasia_crm")
        return super().init()

    @api.depends("type")
    def _compute_tax_point(self):
        """Sections 78 (goods) and 78/1 (services) of the Thai Revenue Code."""
        for product in self:
            goods = product.type != "service"
            product.tax_point = "delivery" if goods else "payment"
