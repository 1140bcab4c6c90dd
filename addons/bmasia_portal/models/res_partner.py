from odoo import models


class ResPartner(models.Model):
    """What the portal lets somebody write of contacts; of customers, nothing: their
    names and addresses are printed, and get our mails.
    """

    _inherit = "res.partner"

    def _can_be_edited_by_current_customer(self, **kwargs):
        if self.env["bmasia.company"]._of_login(self.env.user):
            return False
        return super()._can_be_edited_by_current_customer(**kwargs)
