from odoo import models

from ..tools.rollback import keeping_mails


class ResUsers(models.Model):
    _inherit = "res.users"

    def _action_reset_password(self, signup_type="reset"):
        """Core makes and sends invitations and password resets inside a savepoint that
        it always rolls back (``auth_signup/models/res_users.py``), for its mails leave
        at once. Ours are made again outside of it: they belong to the transaction that
        makes the link valid, and leave when that is committed, or not at all.
        """
        with keeping_mails() as kept:
            result = super()._action_reset_password(signup_type=signup_type)
        self.env["mail.mail"].sudo().create(kept).send()
        return result
