import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import slips


class BmasiaTransitionWizard(models.TransientModel):
    """*Mark as signed* takes the scan of what was signed by hand.

    How it works: the scan is no file that we sent, so it is no archived PDF of the
    document; it is kept beside those (``document.signed.mixin``).
    """

    _inherit = "bmasia.transition.wizard"

    scan = fields.Binary(
        "Signed Document",
        attachment=False,
        help="A scan or a photograph of what was signed by hand: PDF, JPEG, PNG, WebP "
        "or HEIC, up to 10 MB. It is kept with the document.",
    )
    scan_name = fields.Char()
    takes_scan = fields.Boolean(compute="_compute_takes_scan")

    @api.depends("document", "transition")
    def _compute_takes_scan(self):
        for wizard in self:
            document = wizard.document
            signs = bool(document) and hasattr(document, "_keep_scan")
            wizard.takes_scan = signs and wizard.transition == "activate"

    def action_confirm(self):
        scan = self._read_scan()
        result = super().action_confirm()
        if scan:
            self.document._keep_scan(*scan)
        return result

    def _read_scan(self):
        """
        :returns: the scan, its media type and the ending of its name, or None
        :raises UserError: it is too large, or neither a picture nor a PDF
        """
        scan = self.with_context(bin_size=False).scan
        if not (self.takes_scan and scan):
            return None
        try:
            content = base64.b64decode(scan)
        except (binascii.Error, ValueError):
            content = b""
        kind = slips.kind_of(content)
        if not kind:
            raise UserError(
                self.env._(
                    "The signed document is a PDF or a picture (JPEG, PNG, WebP, HEIC)."
                )
            )
        if len(content) > slips.LARGEST:
            raise UserError(self.env._("The signed document is larger than 10 MB."))
        if not slips.is_of_reasonable_size(content, kind):
            raise UserError(self.env._("The picture is too large. Scan a smaller one."))
        return content, kind, slips.KINDS[kind]
