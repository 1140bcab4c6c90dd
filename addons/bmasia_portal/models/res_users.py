from odoo import models
from odoo.exceptions import AccessError

# Core lets each login write these of its own contact.
OURS_TO_WRITE = frozenset({"name", "email", "phone", "function", "image_1920"})


class ResUsers(models.Model):
    """A login of a customer: what is printed of its contact, and gets our mails, is
    ours to write, by a program's call as on Odoo's own pages.
    """

    _inherit = "res.users"

    def write(self, vals):
        """Core's; no login of a customer writes its contact.

        :param dict vals: Odoo's
        :raises AccessError: it would
        """
        if OURS_TO_WRITE & vals.keys() and not self.env.su:
            if self.env["bmasia.company"]._of_login(self.env.user):
                raise AccessError(
                    self.env._("Please write to us to change an address.")
                )
        return super().write(vals)
