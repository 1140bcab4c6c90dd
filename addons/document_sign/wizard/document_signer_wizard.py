from odoo import api, fields, models

from odoo.addons.document_flow.tools.rows import serialize


class DocumentSignerWizard(models.TransientModel):
    """Names another one of us for a signature of ours that is open: who was to sign has
    left, or is away.
    """

    _name = "document.signer.wizard"
    _description = "Another Signer of Ours"
    _inherit = ["document.wizard.mixin"]
    _opened_for = "signer_id"

    signer_id = fields.Many2one(
        "document.signer", "In Place Of", required=True, readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Our User",
        required=True,
        domain=[("share", "=", False)],
        help="Who of us signs: logged in, with a code that is mailed to their login.",
    )
    title = fields.Char(
        "Position",
        compute="_compute_title",
        store=True,
        precompute=True,
        readonly=False,
    )

    @api.depends("user_id")
    def _compute_title(self):
        for wizard in self:
            wizard.title = wizard.user_id.partner_id.function

    def action_confirm(self):
        """Let them sign.

        :returns: the action that closes the dialog
        :rtype: dict
        :raises UserError: it is no open place of ours any more, or they cannot sign
        """
        self.ensure_one()
        self._check_opened()
        document = self.signer_id._document()
        serialize(document)
        self.env.invalidate_all(flush=False)
        self._check_opened()
        self.signer_id.signing_id._check_successor(document, self.user_id)
        self.signer_id.sudo()._replace(self.user_id, self.title)
        return {"type": "ir.actions.act_window_close"}

    def _check_opened(self):
        """Nobody writes a signer: whoever may write the document decides."""
        for wizard in self:
            wizard.signer_id._check_can_replace()
