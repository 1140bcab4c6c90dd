from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..tools.roles import FINANCE, MANAGER, USER

ROLES = {"user": USER, "finance": FINANCE, "manager": MANAGER}  # the least one first


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

    crm_role = fields.Selection(
        [("user", "Sales"), ("finance", "Finance"), ("manager", "Manager")],
        "Role in the CRM",
        compute="_compute_crm_role",
        inverse="_inverse_crm_role",
        groups="base.group_erp_manager",
        help="What this person does in the CRM.",
    )

    @api.depends("group_ids")
    def _compute_crm_role(self):
        for user in self:
            held = [key for key, name in ROLES.items() if user.has_group(name)]
            user.crm_role = held[-1] if held else False

    def _inverse_crm_role(self):
        """One role holds those before it."""
        roles = {key: self.env.ref(name) for key, name in ROLES.items()}
        for user in self.filtered("crm_role"):
            others = [
                Command.unlink(role.id)
                for key, role in roles.items()
                if key != user.crm_role
            ]
            user.group_ids = [*others, Command.link(roles[user.crm_role].id)]

    def _guide(self):
        """The page of ``docs/`` that says what this person does all day."""
        self.ensure_one()
        if self._is_system():
            return "administrator"
        roles = {MANAGER: "manager", FINANCE: "finance"}
        held = (page for role, page in roles.items() if self.has_group(role))
        return next(held, "sales")

    @api.model
    def _looked_after(self):
        return {"bmasia.company": Domain.TRUE, **super()._looked_after()}
