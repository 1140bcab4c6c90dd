from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.encrypted_field.fields import Secret
from odoo.addons.mail.models import fetchmail

# What a password or a token is sealed with.
BOUND_TO = ("server", "port", "is_ssl", "user", "server_type")


class FetchmailServer(models.Model):
    """An incoming server whose password is a secret."""

    _inherit = "fetchmail.server"

    password = Secret("Password", bound_to=BOUND_TO)
    password_set = fields.Boolean("Password Stored", compute="_compute_password_set")

    @api.depends(*BOUND_TO)
    def _compute_password_set(self):
        """In a form, too: there it tells that saving it would forget the password."""
        for server in self:
            server.password_set = self._fields["password"].is_set(server)

    def _connect__(self, allow_archived=False):
        """Core reads the password of a POP account in the midst of connecting, so that
        kind is connected to here; an IMAP account logs in by a method of its own.
        """
        self.ensure_one()
        usable = allow_archived or self.active
        if not usable or self._get_connection_type() != "pop":
            return super()._connect__(allow_archived=allow_archived)
        kind = fetchmail.OdooPOP3_SSL if self.is_ssl else fetchmail.OdooPOP3
        connection = kind(self.server, self.port, timeout=fetchmail.MAIL_TIMEOUT)
        connection.user(self.user)
        connection.pass_(self._password__())
        return connection

    def _imap_login__(self, connection):
        if self.server_type == "imap":
            return connection.login(self.user, self._password__())
        return super()._imap_login__(connection)

    def _password__(self):
        if password := self._fields["password"].reveal__(self):
            return password
        raise UserError(
            self.env._(
                "No password is stored for the mail server “%s”, or it was forgotten "
                "when server or log-in changed. Type it again.",
                self.name,
            )
        )
