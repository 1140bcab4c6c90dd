import time

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.mail_user_smtp.models.tokens import reveal_token__
from odoo.addons.microsoft_outlook.models.microsoft_outlook_mixin import (
    OUTLOOK_TOKEN_VALIDITY_THRESHOLD as MARGIN,
)

CLIENT = ("microsoft_outlook_client_id", "microsoft_outlook_client_secret")


class MicrosoftOutlookMixin(models.AbstractModel):
    """The tokens are ``Secret`` in the models that sign in; here is what uses them."""

    _inherit = "microsoft.outlook.mixin"

    microsoft_outlook_token_endpoint = fields.Char(
        "Outlook Token Endpoint",
        compute="_compute_microsoft_outlook_token_endpoint",
        groups="base.group_system",
    )
    microsoft_outlook_signed_in = fields.Boolean(
        "Signed In to Outlook",
        compute="_compute_microsoft_outlook_signed_in",
        groups="base.group_system",
    )

    def _compute_microsoft_outlook_token_endpoint(self):
        """Microsoft, or what the settings name; another without an own client."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        has_client = all(get_param(name) for name in CLIENT)
        iap = get_param("mail.server.outlook.iap.endpoint")
        own = self._get_microsoft_endpoint()
        for server in self:
            server.microsoft_outlook_token_endpoint = (
                own if has_client else iap or self._DEFAULT_OUTLOOK_IAP_ENDPOINT
            )

    def _compute_microsoft_outlook_signed_in(self):
        token = self._fields["microsoft_outlook_refresh_token"]
        for server in self:
            server.microsoft_outlook_signed_in = token.is_set(server)

    def _generate_outlook_oauth2_string(self, login):
        """Core's way to the clear token, which any expression could take, is closed."""
        raise AccessError(self.env._("The token of this sign-in is sealed."))

    def _outlook_access_token__(self):
        """A token that is still good for a log-in, renewed where it is due.

        :raises UserError: nobody has signed in, or the provider gives none any more
        """
        self.ensure_one()
        token = reveal_token__(self, "microsoft_outlook_access_token")
        ends = self.microsoft_outlook_access_token_expiration
        if token and ends >= time.time() + MARGIN:
            return token
        refresh = reveal_token__(self, "microsoft_outlook_refresh_token")
        if not refresh:
            raise UserError(self.env._("Sign in to Outlook first."))
        new_refresh, access, _id_token, expiration = self._fetch_outlook_access_token(
            refresh
        )
        self.write(
            {
                "microsoft_outlook_refresh_token": new_refresh,
                "microsoft_outlook_access_token": access,
                "microsoft_outlook_access_token_expiration": expiration,
            }
        )
        return access
