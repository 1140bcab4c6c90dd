from odoo import fields, models


class BmasiaQuoteLine(models.Model):
    """A line of a quote: what is offered, how much of it, at which price."""

    _name = "bmasia.quote.line"
    _description = "Line of a Quote"
    _inherit = ["bmasia.document.line.mixin"]

    _document_field = "quote_id"
    _entity_path = "quote_id.company_id"

    quote_id = fields.Many2one(
        "bmasia.quote", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="quote_id.currency_id")
