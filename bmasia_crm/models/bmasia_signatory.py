from odoo import fields, models


class BmasiaSignatory(models.Model):
    """Somebody who signs a contract."""

    _name = "bmasia.signatory"
    _description = "Signatory of a Contract"
    _inherit = ["bmasia.signatory.mixin"]

    _document_field = "contract_id"
    _entity_path = "contract_id.company_id"

    contract_id = fields.Many2one(
        "bmasia.contract", required=True, index=True, ondelete="cascade"
    )
