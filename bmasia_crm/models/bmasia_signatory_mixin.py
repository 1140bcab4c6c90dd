from odoo import fields, models


class BmasiaSignatoryMixin(models.AbstractModel):
    """Somebody who signs a document, for whom, and by which authority.

    A model names the field of its document and has that field.
    """

    _name = "bmasia.signatory.mixin"
    _description = "Who Signs"
    _inherit = ["document.part.mixin"]
    _order = "side desc, sequence, id"

    _listed_as = "signatory_ids"

    sequence = fields.Integer(default=10)
    side = fields.Selection(
        [("seller", "For Us"), ("customer", "For the Customer")],
        required=True,
        default="customer",
    )
    name = fields.Char(required=True)
    title = fields.Char("Position")
    entity = fields.Char("Legal Entity", help="Empty: the customer's legal name.")
    authority = fields.Char(help="As a power of attorney of a certain date.")
