from odoo import fields, models


class BmasiaCopiesMixin(models.AbstractModel):
    """A document of which some customers ask for original and copy.

    Gives ``wants_copies``, by which the form shows the button; everybody finds it in
    the Action menu.

    A model has ``customer_id``.
    """

    _name = "bmasia.copies.mixin"
    _description = "Document That a Customer Wants Twice"
    _inherit = ["document.copies.mixin"]

    customer_id = fields.Many2one("bmasia.company")
    wants_copies = fields.Boolean(related="customer_id.wants_copies")
