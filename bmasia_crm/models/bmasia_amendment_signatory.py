from odoo import fields, models


class BmasiaAmendmentSignatory(models.Model):
    """Somebody who signs an amendment."""

    _name = "bmasia.amendment.signatory"
    _description = "Signatory of an Amendment"
    _inherit = ["bmasia.signatory.mixin"]

    _document_field = "amendment_id"
    _entity_path = "amendment_id.company_id"

    amendment_id = fields.Many2one(
        "bmasia.amendment", required=True, index=True, ondelete="cascade"
    )
