from odoo import models

from ..tools.rollback import keeping_mails


class ResUsers(models.Model):
    """A user whose invitation and password reset are sent after the commit."""

    _inherit = "res.users"

    def _action_reset_password(self, signup_type="reset"):
        """Core makes and sends invitations and password resets inside a savepoint that
        it always rolls back (``auth_signup/models/res_users.py``), for its mails are
        sent at once. Ours are made again outside of it: they belong to the transaction
        that makes the link valid, and are sent when it is committed, or not at all.
        """
        with keeping_mails() as kept:
            result = super()._action_reset_password(signup_type=signup_type)
        self.env["mail.mail"].sudo().create(kept).send()
        return result
