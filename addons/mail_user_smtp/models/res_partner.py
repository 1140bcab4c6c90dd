from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if "email" in vals:
            # the address of a user is that of their contact, too
            self.with_context(active_test=False).user_ids._check_address_is_free(vals)
        return super().write(vals)
