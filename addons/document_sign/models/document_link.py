from odoo import fields, models


class DocumentLink(models.Model):
    """A link that is one signer's alone: in a mail to them and nobody else."""

    _inherit = "document.link"

    purpose = fields.Selection(
        selection_add=[("sign", "To sign")], ondelete={"sign": "cascade"}
    )
    signer_id = fields.Many2one(
        "document.signer", readonly=True, index="btree_not_null", ondelete="cascade"
    )

    def _is_ours(self):
        """Also the link of our own signer."""
        return bool(self.signer_id.user_id) or super()._is_ours()

    def _words_for_ours(self):
        if not self.signer_id:
            return super()._words_for_ours()
        return self.env._(
            "With this link you sign for us. Only the customer asks and answers here."
        )
