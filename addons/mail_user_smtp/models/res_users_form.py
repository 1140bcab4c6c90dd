from odoo import api, models
from odoo.tools import email_normalize

from ..tools import presets
from ..tools.presets import STARTTLS
from .ir_mail_server import ENCRYPTION
from .res_users import COLUMNS


class ResUsers(models.Model):
    """What a form fills in while the mail account is typed."""

    _inherit = "res.users"

    @api.onchange("smtp_email")
    def _onchange_smtp_email(self):
        """Another address may belong to another provider."""
        key = self._preset_of(email_normalize(self.smtp_email or ""))
        if key and not self.smtp_password_set and key != self.smtp_preset:
            self.smtp_preset = key
            self._onchange_smtp_preset()
        former = self._smtp_server().from_filter
        if not self.smtp_password_set or self.smtp_login == former:
            # as it is saved, too
            self.smtp_login = self.smtp_email

    @api.onchange(*(name for name in COLUMNS if name != "smtp_email"), "smtp_security")
    def _onchange_smtp_connection(self):
        """The password is for the server and the log-in that it was typed for."""
        server = self._smtp_server()
        typed = {column: self[name] for name, column in COLUMNS.items()}
        typed["smtp_encryption"] = ENCRYPTION.get(self.smtp_security)
        self.smtp_password_set = server._fields["smtp_pass"].is_kept(server, typed)

    @api.onchange("smtp_preset")
    def _onchange_smtp_preset(self):
        if self.smtp_preset not in presets.PRESETS:
            return
        if implied := self._implied(self.smtp_preset):
            self.update(implied)
        elif presets.preset_of_host(self.smtp_host) != presets.OTHER:
            self.smtp_host = False
        self._prefill_smtp()

    @api.onchange("smtp_security")
    def _onchange_smtp_security(self):
        ports = presets.DEFAULT_PORTS
        if self.smtp_security and (
            not self.smtp_port or self.smtp_port in ports.values()
        ):
            self.smtp_port = ports[self.smtp_security]

    def _prefill_smtp(self):
        self.smtp_email = self.smtp_email or self._origin._likely_address()
        self.smtp_login = self.smtp_login or self.smtp_email
        self.smtp_security = self.smtp_security or STARTTLS
        self.smtp_port = self.smtp_port or presets.DEFAULT_PORTS[self.smtp_security]
