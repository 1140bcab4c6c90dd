from odoo import models
from odoo.exceptions import UserError

# What the recipients of a file have received.
CONTENT = {
    *("datas", "raw", "db_datas", "store_fname", "name", "mimetype", "type", "url"),
    *("checksum", "file_size", "index_content"),
}
FILE = CONTENT | {"res_model", "res_id"}  # and which record it belongs to


class IrAttachment(models.Model):
    """A file of a message that was sent, or waits to be sent, cannot be changed: who
    may write a document may write its files, and could change a colleague's mail.
    """

    _inherit = "ir.attachment"

    def write(self, vals):
        if FILE & vals.keys() and not self.env.su:
            self._check_not_mailed()
        return super().write(vals)

    def unlink(self):
        if not self.env.su:
            self._check_not_mailed()
        return super().unlink()

    def _delete_and_notify(self, message=None):
        """The chatter deletes as superuser."""
        self._check_not_mailed()
        return super()._delete_and_notify(message=message)

    def _check_not_mailed(self):
        """
        :raises UserError: a message with one of these files was sent, or waits to be
            sent, or somebody else has scheduled one
        """
        mailed = [
            ("mail_message_id.attachment_ids", "in", self.ids),
            ("state", "!=", "cancelled"),
        ]
        scheduled = [
            ("attachment_ids", "in", self.ids),
            ("create_uid", "!=", self.env.uid),
        ]
        if not self.ids or not (
            self.env["mail.delivery"].sudo().search_count(mailed, limit=1)
            or self.env["mail.scheduled.message"]
            .sudo()
            .search_count(scheduled, limit=1)
        ):
            return
        raise UserError(
            self.env._(
                "This file was sent by e-mail, or is waiting to be sent, and cannot be "
                "changed. Attach another one to a new message."
            )
        )
