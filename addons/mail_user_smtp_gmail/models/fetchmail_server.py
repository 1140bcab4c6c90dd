from odoo import models

from odoo.addons.encrypted_field.fields import Secret
from odoo.addons.mail_user_smtp.models.fetchmail_server import BOUND_TO
from odoo.addons.mail_user_smtp.tools import transport

TOKEN_BOUND_TO = (*BOUND_TO, "google_gmail_token_endpoint")


class FetchmailServer(models.Model):
    """An incoming server whose Gmail tokens are secrets."""

    _inherit = "fetchmail.server"

    google_gmail_refresh_token = Secret(
        groups="base.group_system", bound_to=TOKEN_BOUND_TO
    )
    google_gmail_access_token = Secret(
        groups="base.group_system", bound_to=TOKEN_BOUND_TO
    )

    def _imap_login__(self, connection):
        if self.server_type != "gmail":
            return super()._imap_login__(connection)
        text = transport.token_text(self.user, self.sudo()._gmail_access_token__())
        connection.authenticate("XOAUTH2", lambda _challenge: text.encode())
        return connection.select("INBOX")
