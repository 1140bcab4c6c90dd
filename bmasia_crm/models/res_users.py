from odoo import api, fields, models
from odoo.fields import Domain


class ResUsers(models.Model):
    """A person's name in programs of the old system, and whose customers are whose."""

    _inherit = "res.users"

    sender_profile = fields.Selection(
        [
            ("admin", "Administration"),
            ("finance", "Finance"),
            ("sales", "Sales"),
            ("support", "Support"),
            ("production", "Production"),
        ],
        help="Names this person for programs written for the old system. It never "
        "chooses a sender: everybody sends from their own mailbox.",
    )

    @api.model
    def _looked_after(self):
        return {"bmasia.company": Domain.TRUE, **super()._looked_after()}
