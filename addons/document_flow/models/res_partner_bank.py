from odoo import api, models


class ResPartnerBank(models.Model):
    """Where customers pay to: a billing entity's accounts are its managers' matter."""

    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        accounts._check_may_configure()
        return accounts

    def write(self, vals):
        self._check_may_configure()
        result = super().write(vals)
        self._check_may_configure()
        return result

    # deleting is archiving: core's unlink() writes
    def _check_may_configure(self):
        if not self.env.su and self.partner_id._are_billing_entities():
            self.env["res.company"]._check_may_configure()


class ResBank(models.Model):
    """The bank of such an account: its name and SWIFT code are printed beside it."""

    _inherit = "res.bank"

    def write(self, vals):
        self._check_may_configure()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entity_bank(self):
        self._check_may_configure()

    def _check_may_configure(self):
        accounts = self.env["res.partner.bank"].sudo().with_context(active_test=False)
        used = accounts.search([("bank_id", "in", self.ids)])
        used.sudo(self.env.su)._check_may_configure()
