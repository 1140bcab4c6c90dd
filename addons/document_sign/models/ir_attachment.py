from odoo import api, fields, models
from odoo.exceptions import UserError

# What only the system sets, when it makes a file.
MARKS = {"is_evidence_pack", "is_signed_scan", "scan_sha256"}


class IrAttachment(models.Model):
    """Files are found by what is in them, by anybody who asks on the public page; an
    evidence pack, and the scan of what was signed by hand, are kept like a file that
    was sent.
    """

    _inherit = "ir.attachment"

    is_evidence_pack = fields.Boolean(readonly=True, copy=False)
    is_signed_scan = fields.Boolean(readonly=True, copy=False)
    # apart from that of what was sent: the public page vouches for no scan
    scan_sha256 = fields.Char("SHA-256 of the File", readonly=True, copy=False)

    _document_sha256_idx = models.Index(
        "(document_sha256) WHERE document_sha256 IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals.update(dict.fromkeys(MARKS, False))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            vals = {k: v for k, v in vals.items() if k not in MARKS}
        if MARKS & vals.keys():
            self._check_not_archived()
        return super().write(vals)

    def _check_not_archived(self):
        if packs := self.sudo().filtered("is_evidence_pack"):
            raise UserError(
                self.env._(
                    "%s is an evidence pack and is kept as it is.", packs[0].name
                )
            )
        if scans := self.sudo().filtered("is_signed_scan"):
            raise UserError(
                self.env._("%s was signed by hand and is kept as it is.", scans[0].name)
            )
        return super()._check_not_archived()
