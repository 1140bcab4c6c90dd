from odoo import SUPERUSER_ID, api, models
from odoo.tools import formataddr

from ..tools.identity import is_plain_name, plain_name


class ResPartner(models.Model):
    """A contact: that of a user has the user's own address and name."""

    _inherit = "res.partner"

    @api.constrains("email", "user_ids")
    def _check_address_of_user(self):
        """The address of a user is that of their contact, too."""
        users = self.sudo().user_ids.with_env(self.env)
        users._check_own_address()
        self._check_address_of_company()

    def _check_address_of_company(self):
        companies = self.env["res.company"].sudo()
        for partner in self:
            if partner.email and companies.search_count(
                [("partner_id", "=", partner.id)], limit=1
            ):
                # a company that is one person shares their address
                users = self.env.user
                if self.env.uid != SUPERUSER_ID and not users._is_system():
                    if owner := users._owner_of_address(partner.email):
                        raise users._not_free(partner.email, owner)

    @api.constrains("name", "user_ids")
    def _check_name_of_user(self):
        self.sudo().user_ids.with_env(self.env)._check_own_name()

    def _compute_email_formatted(self):
        """A name that stands already, and looks like an address, is put right."""
        result = super()._compute_email_formatted()
        for partner in self:
            if partner.email_normalized and not is_plain_name(partner.name):
                if any(user._is_internal() for user in partner.sudo().user_ids):
                    partner.email_formatted = formataddr(
                        (plain_name(partner.name), partner.email_normalized)
                    )
        return result
