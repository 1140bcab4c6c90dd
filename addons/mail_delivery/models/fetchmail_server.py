from odoo import models


class FetchmailServer(models.Model):
    """A database that is held leaves the mail to its original."""

    _inherit = "fetchmail.server"

    def _fetch_mail(self, *args, **kwargs):
        self.env["mail.hold"]._check_released()
        return super()._fetch_mail(*args, **kwargs)
