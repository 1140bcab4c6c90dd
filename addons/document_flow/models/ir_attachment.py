import os
from contextlib import suppress
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mail_delivery.models.ir_attachment import CONTENT

# What our own code, and core's as superuser, leaves alone as well; the rest follows
# from the content, or tells whose it is and who sees it.
KEPT = CONTENT | {"document_sha256", "create_date", "create_uid"}


class IrAttachment(models.Model):
    """A file that was sent stays as it is; a billing entity's pictures are files, too,
    and its managers' matter.
    """

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
        files = super().create(vals_list)
        files._check_entity_pictures()
        return files

    def write(self, vals):
        if KEPT & vals.keys() if self.env.su else vals:
            self.check_access("write")
            self._check_not_archived()
        self._check_entity_pictures()
        result = super().write(vals)
        self._check_entity_pictures()
        return result

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

    # ------------------------------------------------------------
    # WHOLE FILES
    # ------------------------------------------------------------

    @api.model
    def _get_path(self, bin_data, sha):
        """A file that is half of one is no other file of the same name."""
        name = f"{sha[:2]}/{sha}"
        path = self._full_path(name)
        if self._is_half(path, bin_data, sha):
            return name, path
        return super()._get_path(bin_data, sha)

    @api.model
    def _is_half(self, path, content, checksum):
        """Whether the file at a path is not what its name, the SHA-1 of its content,
        says: core's, of a disk that was full.
        """
        if not os.path.isfile(path) or self._same_content(content, path):
            return False
        with open(path, "rb") as file:
            return self._compute_checksum(file.read()) != checksum

    @api.model
    def _file_write(self, bin_value, checksum):
        """Write a file under another name first: where the disk is full, or the machine
        stops, core leaves half of one that passes for the file from then on.
        """
        if self._storage() != "file":
            return super()._file_write(bin_value, checksum)
        name, path = self._get_path(bin_value, checksum)
        if not os.path.exists(path) or self._is_half(path, bin_value, checksum):
            self._write_whole(path, bin_value)
            # taken away again where the transaction fails
            self._mark_for_gc(name)
        return name

    @api.model
    def _write_whole(self, path, content):
        """
        :raises OSError: the disk is full, say; nothing is left of the file then
        """
        # a name of its own: somebody else may be writing the same content
        written = f"{path}.{uuid4().hex}"
        try:
            with open(written, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(written, path)
        except OSError:
            with suppress(OSError):
                os.unlink(written)
            raise

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entity_pictures(self):
        self._check_entity_pictures()

    def _check_entity_pictures(self):
        """
        :raises AccessError: this is a picture of a billing entity, and not a manager's
        """
        if self.env.su:
            return
        ids = {"res.partner": set(), "res.company": set()}
        for file in self.sudo():
            if file.res_field and file.res_model in ids:
                ids[file.res_model].add(file.res_id)
        partners = self.env["res.partner"].browse(ids["res.partner"])
        if ids["res.company"] or (partners and partners._are_billing_entities()):
            self.env["res.company"]._check_may_configure()
