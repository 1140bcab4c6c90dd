import re
import socket

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.addresses import read
from ..tools.sites import site_name

# What the recipients have received.
SENT_FIELDS = {
    "subject",
    "body",
    "attachment_ids",
    "author_id",
    "email_from",
    "date",
} | {
    *("model", "res_id", "message_type", "message_id"),
}


class MailMessage(models.Model):
    """A message that was sent by e-mail is the record of it and cannot be changed; its
    Message-ID carries the name of the site.
    """

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._under_site_name(vals) for vals in vals_list])

    @api.model
    def _get_message_id(self, values):
        named = self._under_site_name(
            {**values, "message_id": super()._get_message_id(values)}
        )
        return named["message_id"]

    @api.model
    def _under_site_name(self, values):
        """Core puts the name of this machine into Message-IDs, for everybody to see."""
        machine = re.compile(rf"@{re.escape(socket.gethostname())}>")
        names = [name for name in ("message_id", "references") if values.get(name)]
        if not any(machine.search(values[name]) for name in names):
            return values
        site = self._site_name(values.get("email_from"))
        own = {name: machine.sub(f"@{site}>", values[name]) for name in names}
        return {**values, **own}

    @api.model
    def _site_name(self, email_from=None):
        """The name that this system has in mails."""
        url = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        sender = read(email_from or self.env.user.email or "").good
        return site_name(url, sender[0].address if sender else "")

    def write(self, vals):
        if SENT_FIELDS & vals.keys() and not self.env.su:
            self._check_not_mailed()
        return super().write(vals)

    def unlink(self):
        if not self.env.su:
            self._check_not_mailed()
        return super().unlink()

    def _check_not_mailed(self):
        """
        :raises UserError: one of these messages was handed to a mail server, or waits
            for that
        """
        deliveries = self.env["mail.delivery"].sudo()
        mailed = [("mail_message_id", "in", self.ids), ("state", "!=", "cancelled")]
        if deliveries.search_count(mailed, limit=1):
            raise UserError(
                self.env._(
                    "This message was sent by e-mail and cannot be changed. Write "
                    "another one."
                )
            )
