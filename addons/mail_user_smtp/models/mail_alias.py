from odoo import SUPERUSER_ID, api, models


class MailAlias(models.Model):
    """An alias that is no address of a colleague."""

    _inherit = "mail.alias"

    @api.constrains("alias_name", "alias_domain_id")
    def _check_is_nobodys_address(self):
        if self.env.uid == SUPERUSER_ID:
            return
        for alias in self.sudo().filtered("alias_full_name"):
            users = self.env["res.users"]
            if owner := users._owner_of_address(alias.alias_full_name):
                raise users._not_free(alias.alias_full_name, owner)
