from odoo import api, fields, models
from odoo.exceptions import UserError

# What our own code, and core's as superuser, leaves alone as well; the rest follows
# from the content, or tells whose it is and who sees it.
CONTENT = {
    "datas",
    "raw",
    "db_datas",
    "store_fname",
    "name",
    "mimetype",
    "type",
    "url",
} | {
    *("checksum", "file_size", "index_content", "document_sha256"),
    *("create_date", "create_uid"),
}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    document_sha256 = fields.Char(
        "SHA-256",
        readonly=True,
        copy=False,
        help="Filled on sent documents. Such a file can neither be changed nor "
        "deleted: it is what the customer has.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals["document_sha256"] = False
        return super().create(vals_list)

    def write(self, vals):
        if CONTENT & vals.keys() if self.env.su else vals:
            self.check_access("write")
            self._check_not_archived()
        return super().write(vals)

    def unlink(self):
        self.check_access("unlink")
        self._check_not_archived()
        return super().unlink()

    def _check_not_archived(self):
        """Also as superuser: the chatter deletes attachments in that mode."""
        if archived := self.sudo().filtered("document_sha256"):
            raise UserError(
                self.env._(
                    "%s was sent to the customer and is kept as it is.",
                    archived[0].name,
                )
            )
