from odoo import models
from odoo.exceptions import UserError


class MergePartner(models.TransientModel):
    """Core's merge of contacts, without losing a company or a billing entity."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Refuse what would lose a company: its partner is unique, and core deletes
        the rows that collide. A billing entity becomes another contact for its managers
        only: documents print what that one says.
        """
        partners = self.env["res.partner"].browse(partner_ids)
        if partners._are_billing_entities():
            self.env["res.company"]._check_may_configure()
        companies = (
            self.env["bmasia.company"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", list(partner_ids))])
        )
        if len(companies) > 1:
            raise UserError(
                self.env._(
                    "%(names)s are companies with documents of their own. Merge them "
                    "with the action of the company, which moves the documents too.",
                    names=", ".join(companies.mapped("name")),
                )
            )
        return super()._merge(
            partner_ids, dst_partner=dst_partner, extra_checks=extra_checks
        )
