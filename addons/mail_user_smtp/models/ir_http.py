from odoo import models

from .res_users_sender import PERSONAL_OFF


class IrHttp(models.AbstractModel):
    """The session of the web client, with the state of the user's mailbox."""

    _inherit = "ir.http"

    def session_info(self):
        """Core's, with the state of the mailbox for the hint in the web client."""
        info = super().session_info()
        user = self.env.user
        off = self.env["ir.config_parameter"].sudo().get_param(PERSONAL_OFF)
        if user._is_human_sender() and not off:
            info["mailbox_state"] = user.smtp_state
        return info
