from odoo import models


class ResPartner(models.Model):
    """Whoever is asked to sign is written to where they are reached now."""

    _inherit = "res.partner"

    def write(self, vals):
        """Core's; signers follow the address of their contact.

        :param dict vals: Odoo's
        """
        result = super().write(vals)
        if "email" in vals:
            self.env["document.signer"].sudo()._follow_contacts(self)
        return result
