from odoo import models
from odoo.fields import Domain


class IrRule(models.Model):
    """What somebody types into a dialog is theirs until they confirm it.

    Here for every wizard, whichever addon brings it: a rule for each one would be
    missing on the next.
    """

    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        model = self.env[model_name]
        if self.env.su or not model._transient or not model._log_access:
            return domain
        return domain & Domain("create_uid", "=", self.env.uid)
