from odoo import models

from odoo.addons.encrypted_field.fields import Secret
from odoo.addons.mail_user_smtp.tools import transport
from odoo.addons.mail_user_smtp.tools.accounts import BOUND_TO

TOKEN_BOUND_TO = (*BOUND_TO, "microsoft_outlook_token_endpoint")


class IrMailServer(models.Model):
    """An outgoing server whose Outlook tokens are secrets."""

    _inherit = "ir.mail_server"

    microsoft_outlook_refresh_token = Secret(
        groups="base.group_system", bound_to=TOKEN_BOUND_TO
    )
    microsoft_outlook_access_token = Secret(
        groups="base.group_system", bound_to=TOKEN_BOUND_TO
    )

    def _smtp_login__(self, connection, smtp_user, smtp_password):
        if len(self) != 1 or self.smtp_authentication != "outlook":
            return super()._smtp_login__(connection, smtp_user, smtp_password)
        return transport.log_in_with_token(
            connection, smtp_user, self.sudo()._outlook_access_token__()
        )
