from odoo import models

# What decides where a contact is reached, and whether they are with the customer.
FOLLOWED = frozenset({"email", "active", "parent_id"})


class ResPartner(models.Model):
    """Whoever is asked to sign is written to where they are reached now, and who has
    left is not.
    """

    _inherit = "res.partner"

    def write(self, vals):
        """Core's; signers follow their contact.

        :param dict vals: Odoo's
        """
        result = super().write(vals)
        if FOLLOWED & vals.keys():
            self.env["document.signer"].sudo()._follow_contacts(self)
        return result

    def unlink(self):
        """Core's; who has to sign as one of these has left."""
        signers = self.env["document.signer"].sudo()
        signers._bind_late()
        signers = signers._of_contacts(self)
        result = super().unlink()
        signers._follow_deletion()
        return result
