from odoo import models


class MergePartner(models.TransientModel):
    """Merging contacts gives nobody the name or address of another."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Also by a merge nobody gets another's name or address: the users are moved
        by SQL, which checks nothing.
        """
        result = super()._merge(
            partner_ids, dst_partner=dst_partner, extra_checks=extra_checks
        )
        users = self.env["res.users"].sudo().search([("partner_id", "in", partner_ids)])
        users = users.with_env(self.env)
        users._check_own_address()
        users._check_own_name()
        return result
