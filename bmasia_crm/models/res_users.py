from odoo import fields, models


class ResUsers(models.Model):
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
