from odoo import fields, models


class BmasiaSignatory(models.Model):
    """Somebody who signs a contract, for whom, and by which authority."""

    _name = "bmasia.signatory"
    _description = "Signatory of a Contract"
    _inherit = ["document.part.mixin"]
    _order = "side desc, sequence, id"

    _document_field = "contract_id"
    _entity_path = "contract_id.company_id"
    _listed_as = "signatory_ids"

    sequence = fields.Integer(default=10)
    contract_id = fields.Many2one(
        "bmasia.contract", required=True, index=True, ondelete="cascade"
    )
    side = fields.Selection(
        [("seller", "For Us"), ("customer", "For the Customer")],
        required=True,
        default="customer",
    )
    name = fields.Char(required=True)
    title = fields.Char("Position")
    entity = fields.Char("Legal Entity", help="Empty: the customer's legal name.")
    authority = fields.Char(help="As a power of attorney of a certain date.")
