from odoo import models

from odoo.addons.encrypted_field.fields import Secret
from odoo.addons.mail.models import fetchmail


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    password = Secret("Password")

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
        if self._get_connection_type() == "imap" and self._has_password__():
            return connection.login(self.user, self._password__())
        # signed in with a token
        return super()._imap_login__(connection)

    def _has_password__(self):
        return self._fields["password"].is_set(self)

    def _password__(self):
        return self._fields["password"].reveal__(self) or ""
