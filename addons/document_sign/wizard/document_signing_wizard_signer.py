from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.document_signer import SIDES


class DocumentSigningWizardSigner(models.TransientModel):
    """One person whose signature is asked for."""

    _name = "document.signing.wizard.signer"
    _description = "Signer to Be Asked"
    _inherit = ["document.wizard.mixin"]
    _order = "sequence, id"

    _opened_for = "wizard_id"

    wizard_id = fields.Many2one(
        "document.signing.wizard", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    side = fields.Selection(SIDES, required=True, default="customer")
    name = fields.Char(required=True)
    title = fields.Char("Position")
    user_id = fields.Many2one(
        "res.users",
        "Our User",
        domain=[("share", "=", False)],
        help="Who of us signs: logged in, with a code that is mailed to their login.",
    )
    email = fields.Char(
        "E-mail Address",
        compute="_compute_email",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("user_id", "side")
    def _compute_email(self):
        for signer in self:
            own = signer.side == "seller" and signer.user_id.email
            signer.email = own or signer.email

    @api.onchange("user_id")
    def _onchange_user_id(self):
        if self.user_id and not self.name:
            self.name = self.user_id.name

    def _values(self, place):
        """Of a ``document.signer``.

        :param int place: in the order of the dialog
        :raises UserError: there is no address
        """
        if not self.email:
            raise UserError(
                self.env._("Type the e-mail address of %s.", self.name or "?")
            )
        ours = self.side == "seller"
        return {
            "sequence": place,
            "side": self.side,
            "name": self.name,
            "title": self.title,
            "email": self.email,
            "user_id": self.user_id.id if ours else False,
        }
