from odoo import models
from odoo.http import request

from .res_users_sender import PERSONAL_OFF


class IrHttp(models.AbstractModel):
    """The session of the web client, with the state of the user's mailbox; and who is
    behind a request.
    """

    _inherit = "ir.http"

    def session_info(self):
        """Core's, with the state of the mailbox for the hint in the web client."""
        info = super().session_info()
        user = self.env.user
        off = self.env["ir.config_parameter"].sudo().get_param(PERSONAL_OFF)
        if user._is_human_sender() and not off:
            info["mailbox_state"] = user.smtp_state
        return info

    @classmethod
    def _request_uids(cls):
        """Who is logged in, as the session and as the route says; one who is trusted is
        the same in both. None: there is no request of the web server.

        :rtype: set[int]
        """
        if not request:
            return None
        return {request.session.uid, request.env.uid} - {None, False}
