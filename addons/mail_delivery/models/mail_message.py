from odoo import models
from odoo.exceptions import UserError

# What the recipients have got.
SAID = {"subject", "body", "attachment_ids", "author_id", "email_from", "date"} | {
    *("model", "res_id", "message_type", "message_id"),
}


class MailMessage(models.Model):
    """A message that left by mail is the record of it: it stays as it was."""

    _inherit = "mail.message"

    def write(self, vals):
        if SAID & vals.keys() and not self.env.su:
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
                    "This message left by mail; it stays as its recipients have it. "
                    "Write another one."
                )
            )
