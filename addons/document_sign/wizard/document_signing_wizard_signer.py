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
    signatory_number = fields.Integer("Signatory", readonly=True)
    name = fields.Char(
        required=True,
        compute="_compute_person",
        store=True,
        readonly=False,
        precompute=True,
    )
    title = fields.Char(
        "Position",
        compute="_compute_person",
        store=True,
        readonly=False,
        precompute=True,
    )
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
            signer.email = signer._user().email or signer.email

    @api.depends("user_id", "side")
    def _compute_person(self):
        """Another one of us than was proposed comes with a name and a position of
        their own.
        """
        for signer in self:
            user = signer._user()
            is_other = user and user.name != signer.name
            name, title = signer.name, signer.title
            signer.name = user.name if is_other else name
            signer.title = user.partner_id.function if is_other else title

    def _user(self):
        """Who of us signs; of the customer's people nobody does."""
        return self.user_id if self.side == "seller" else self.user_id.browse()

    def _values(self, place):
        """Of a ``document.signer``. One of us signs under their own name.

        :param int place: in the order of the dialog
        :raises UserError: there is no address
        """
        if not self.email:
            raise UserError(
                self.env._("Type the e-mail address of %s.", self.name or "?")
            )
        user = self._user()
        return {
            "sequence": place,
            "side": self.side,
            "signatory_number": self.signatory_number,
            "name": user.name or self.name,
            "title": self.title,
            "email": self.email,
            "user_id": user.id,
        }
