from odoo import models


class ResUsers(models.Model):
    """Whoever leaves signs nothing more: who is responsible names another one of us."""

    _inherit = "res.users"

    def _hand_over_mails(self):
        """Also what they were to sign."""
        signers = self.env["document.signing"].sudo()._open_signers(self)
        # nobody gets a reminder of a signature that is not theirs
        signers.activity_id.unlink()
        result = super()._hand_over_mails()
        for signer in signers:
            signer._leave()
        return result
