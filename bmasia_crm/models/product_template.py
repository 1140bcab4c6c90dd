from odoo import fields, models

KINDS = [("recurring", "Recurring"), ("one_time", "One-time")]


class ProductTemplate(models.Model):
    _inherit = "product.template"

    billing_kind = fields.Selection(
        KINDS,
        default="one_time",
        required=True,
        help="Recurring: the price is per unit and year.",
    )
