import time

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.google_gmail.models.google_gmail_mixin import (
    GMAIL_TOKEN_VALIDITY_THRESHOLD as MARGIN,
)
from odoo.addons.mail_user_smtp.models.tokens import reveal_token__

CLIENT = ("google_gmail_client_id", "google_gmail_client_secret")
GOOGLE = "oauth2.googleapis.com"  # as core has it, whatever the settings


class GoogleGmailMixin(models.AbstractModel):
    """The tokens are ``Secret`` in the models that sign in; here is what uses them."""

    _inherit = "google.gmail.mixin"

    google_gmail_token_endpoint = fields.Char(
        "Gmail Token Endpoint",
        compute="_compute_google_gmail_token_endpoint",
        groups="base.group_system",
    )
    google_gmail_signed_in = fields.Boolean(
        "Signed In to Gmail",
        compute="_compute_google_gmail_signed_in",
        groups="base.group_system",
    )

    def _compute_google_gmail_token_endpoint(self):
        """Google itself; core asks another where no client of one's own is set."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        has_client = all(get_param(name) for name in CLIENT)
        iap = get_param("mail.server.gmail.iap.endpoint")
        for server in self:
            server.google_gmail_token_endpoint = (
                GOOGLE if has_client else iap or self._DEFAULT_GMAIL_IAP_ENDPOINT
            )

    def _compute_google_gmail_signed_in(self):
        token = self._fields["google_gmail_refresh_token"]
        for server in self:
            server.google_gmail_signed_in = token.is_set(server)

    def _generate_oauth2_string(self, user, refresh_token):
        """Core's way to the clear token, which any expression could take, is closed."""
        raise AccessError(self.env._("The token of this sign-in is sealed."))

    def _gmail_access_token__(self):
        """A token that is still good for a log-in, renewed where it is due.

        :raises UserError: nobody has signed in, or the provider gives none any more
        """
        self.ensure_one()
        token = reveal_token__(self, "google_gmail_access_token")
        ends = self.google_gmail_access_token_expiration
        if token and ends >= time.time() + MARGIN:
            return token
        refresh = reveal_token__(self, "google_gmail_refresh_token")
        if not refresh:
            raise UserError(self.env._("Sign in to Gmail first."))
        access, expiration = self._fetch_gmail_access_token(refresh)
        self.write(
            {
                "google_gmail_access_token": access,
                "google_gmail_access_token_expiration": expiration,
            }
        )
        return access
