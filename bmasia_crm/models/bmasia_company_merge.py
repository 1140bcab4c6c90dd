from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# Tables that name a customer. Papers keep the name and address they were issued with.
OWNED = (
    ("bmasia.quote", "customer_id"),
    ("bmasia.contract", "customer_id"),
    ("bmasia.invoice", "customer_id"),
    ("bmasia.payment", "customer_id"),
    ("bmasia.zone", "customer_id"),
    ("bmasia.company", "parent_id"),
)


class BmasiaCompany(models.Model):
    _inherit = "bmasia.company"

    def action_merge_into(self, target_id):
        """Move all papers and contacts of these companies to another one, and archive
        them.

        :param int target_id: the ``bmasia.company`` that stays
        :returns: True
        :raises AccessError: not a manager
        :raises UserError: no other company to merge into
        """
        self.check_access("write")
        if not self.env.user.has_group("bmasia_crm.group_manager"):
            raise AccessError(self.env._("Only managers merge companies."))
        target = self.browse(target_id).exists()
        if not target or target in self:
            raise UserError(self.env._("Choose another company to merge into."))
        self.env.flush_all()
        self._hand_over(target)
        self.env.invalidate_all()
        self._demote_primaries(target)
        self.partner_id.child_ids.write({"parent_id": target.partner_id.id})
        self.write({"active": False})
        for company in self:
            target.message_post(body=self.env._("Merged with %s.", company.name))
        return True

    def _hand_over(self, target):
        """Past the papers' own write(): nothing that is printed changes."""
        for model, name in OWNED:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s = ANY(%s) AND id != %s",
                    SQL.identifier(self.env[model]._table),
                    SQL.identifier(name),
                    target.id,
                    SQL.identifier(name),
                    list(self.ids),
                    target.id if model == self._name else 0,
                )
            )
        for model in ("bmasia.quote", "bmasia.contract", "bmasia.invoice"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET partner_id = %s WHERE partner_id = ANY(%s)",
                    SQL.identifier(self.env[model]._table),
                    target.partner_id.id,
                    list(self.partner_id.ids),
                )
            )

    def _demote_primaries(self, target):
        """The company that stays keeps its primary contact."""
        if target.primary_contact_id:
            mine = self.partner_id.child_ids
            mine.filtered(lambda c: c.contact_type == "primary").write(
                {"contact_type": "other"}
            )
