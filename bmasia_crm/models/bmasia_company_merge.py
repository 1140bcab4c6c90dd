from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# Tables that name a customer. Documents keep the name and address they were issued
# with.
DOCUMENTS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice")
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
        """Move all documents and contacts of these companies to another one, and
        archive them.

        :param int target_id: the ``bmasia.company`` that stays
        :returns: True
        :raises AccessError: not a manager, or not of all entities that have documents
        :raises UserError: no other company to merge into
        """
        self.check_access("write")
        if not self.env.user.has_group("bmasia_crm.group_manager"):
            raise AccessError(self.env._("Only managers merge companies."))
        target = self.browse(target_id).exists()
        if not target or target in self:
            raise UserError(self.env._("Choose another company to merge into."))
        if target._is_below(self):
            raise UserError(
                self.env._(
                    "%s belongs to what is merged: take it out of its group first.",
                    target.name,
                )
            )
        self.env.flush_all()
        documents = {
            model: self.env[model].sudo().search([("customer_id", "in", self.ids)])
            for model in DOCUMENTS
        }
        self._check_own_documents(documents.values())
        self._hand_over(target)
        self.env.invalidate_all()
        for model, moved in documents.items():
            self.env.add_to_compute(self.env[model]._fields["country_id"], moved)
        zones = self.env[self._name]._fields["zone_count"]
        self.env.add_to_compute(zones, self | target)
        self._demote_primaries(target)
        contacts = self.env["res.partner"].with_context(active_test=False)
        contacts = contacts.search([("parent_id", "in", self.partner_id.ids)])
        contacts.write({"parent_id": target.partner_id.id})
        self.write({"active": False})
        for company in self:
            target.message_post(body=self.env._("Merged with %s.", company.name))
        return True

    def _check_own_documents(self, documents):
        """Whichever entities are ticked in the company menu just now."""
        own = self.env.user.company_ids.ids
        if any(set(found.company_id.ids) - set(own) for found in documents):
            raise AccessError(
                self.env._(
                    "Another billing entity has documents for these customers. Ask a "
                    "manager who works for all entities to merge them."
                )
            )

    def _is_below(self, companies):
        """Whether one of the companies is a parent of this one, at any height."""
        parent = self.parent_id
        while parent and parent not in companies:
            parent = parent.parent_id
        return bool(parent)

    def _hand_over(self, target):
        """Past the documents' own write(): nothing that is printed changes."""
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
        for model in (*DOCUMENTS, "document.reminder", "document.send.batch.line"):
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
