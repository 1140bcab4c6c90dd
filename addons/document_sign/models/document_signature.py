from odoo import fields, models

from ..tools import drawings

WAYS = [("drawn", "Drawn"), ("typed", "Typed")]


class DocumentSignature(models.Model):
    """What somebody signed on a document's page, as evidence.

    Gives: who signed which file, when, how and from where, with the address that they
    proved.

    How it works: written once, by ``document.signer``, and kept as
    ``document.proof.mixin`` says.
    """

    _name = "document.signature"
    _description = "Signature"
    _inherit = ["document.proof.mixin"]
    _order = "id"

    signing_id = fields.Many2one(
        "document.signing",
        "Request",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    signer_id = fields.Many2one(
        "document.signer", required=True, readonly=True, ondelete="restrict"
    )
    side = fields.Char(readonly=True)
    title = fields.Char("Position", readonly=True)
    way = fields.Selection(WAYS, "How", required=True, readonly=True)
    picture = fields.Binary("Drawing", attachment=False, readonly=True)

    _by_signer = models.UniqueIndex("(signer_id)", "Nobody signs twice.")

    def _picture_address(self):
        """The drawing as a ``data:`` address; empty if it was typed."""
        picture = self.with_context(bin_size=False).picture
        return f"{drawings.PREFIX}{picture.decode()}" if picture else ""
