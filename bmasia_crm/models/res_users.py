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
    crm_manager_id = fields.Many2one(
        "res.users",
        "Manager",
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("bmasia_crm.group_manager").ids)
        ],
        copy=False,
        help="Takes over the work of this user when they leave. Empty: the first "
        "manager of the billing entity.",
    )
