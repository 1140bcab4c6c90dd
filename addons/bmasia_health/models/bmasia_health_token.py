import os

from odoo import api, models

from ..tools import tokens

PARAMETER = "bmasia_health.token_digest"
VARIABLE = "CRM_METRICS_TOKEN"  # for those who set up servers by files


class BmasiaHealthToken(models.AbstractModel):
    """Who may read metrics and details: programs that know the token.

    Part of ``bmasia.health``. The token is made on the page, which shows it once, or
    comes from the environment; both count.
    """

    _name = "bmasia.health.token.mixin"
    _description = "Token of Programs That Watch"

    @api.model
    def _new_token(self):
        token = tokens.new_token()
        self.env["ir.config_parameter"].set_param(PARAMETER, tokens.digest(token))
        return token

    @api.model
    def _token_digests(self):
        named = os.environ.get(VARIABLE)
        kept = self.env["ir.config_parameter"].get_param(PARAMETER)
        return [*filter(None, (named and tokens.digest(named), kept))]

    @api.model
    def _has_token(self):
        return bool(self._token_digests())

    @api.model
    def _is_token(self, token):
        return tokens.is_known(token, self._token_digests())
