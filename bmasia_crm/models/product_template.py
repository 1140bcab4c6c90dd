from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.document_flow.tools.columns import set_column_defaults

from .bmasia_zone import PLATFORMS

DEFAULT_PRICE = 1.0  # what Odoo itself gives a product until somebody prices it
SERVICES = 3.0  # percent that is withheld of services
KINDS = [("recurring", "Recurring"), ("one_time", "One-time")]


class ProductTemplate(models.Model):
    """How a product is billed and taxed, and what music it plays."""

    _inherit = "product.template"

    # one that looks like a price would be taken for one
    list_price = fields.Float(default=0.0)
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
        help="Proposed for new lines, where tax is charged.",
    )

    income_account = fields.Char(
        help="What the accounting calls it, for exports. Empty: the default."
    )

    withholding_rate = fields.Float(
        "Withholding (%)",
        digits=(5, 2),
        compute="_compute_withholding_rate",
        store=True,
        readonly=False,
        help="What Thai customers withhold of its price before VAT: 3 of services, 5 "
        "of rent, 0 of goods.",
    )

    @api.depends("type")
    def _compute_withholding_rate(self):
        for product in self:
            is_service = product.type == "service"
            product.withholding_rate = SERVICES if is_service else 0.0

    @api.constrains("withholding_rate")
    def _check_withholding_rate(self):
        for product in self:
            if not 0 <= product.withholding_rate <= 100:
                raise ValidationError(
                    self.env._("A rate must be between 0 and 100 percent.")
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
