from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class BmasiaCompanyMergeMixin(models.AbstractModel):
    """Two companies become one.

    Gives the merge, which moves documents and contacts to the company that stays, and
    asks before a tax ID or branch is given up.

    The model provides the company's fields, the keys of ``bmasia.company.keys.mixin``,
    and ``message_post``.

    What is moved is found, not listed: every stored field that names a company, of
    whichever model. It is moved in SQL, past the documents' own ``write``, since
    nothing that is printed changes: documents keep the name and address they were
    issued with.
    """

    _name = "bmasia.company.merge.mixin"
    _description = "Merge of Companies"

    def action_merge_into(self, target_id, confirm=False):
        """Move all documents and contacts of these companies to another one, and
        archive them. The one that stays keeps its own name, address, tax ID and branch.

        :param int target_id: the ``bmasia.company`` that stays
        :param bool confirm: that those of another tax ID or branch become this one, too
        :returns: True
        :raises AccessError: not a manager, or not of all entities that have documents
        :raises UserError: no other company to merge into, or an archived one; another
            tax ID or branch, and not confirmed
        """
        self.check_access("write")
        if not self.env.user.has_group("bmasia_crm.group_manager"):
            raise AccessError(self.env._("Only managers merge companies."))
        inputs = self.env["document.input.mixin"]
        inputs._check_argument("target_id", target_id, "id")
        inputs._check_argument("confirm", confirm, "flag")
        target = self.browse(target_id or []).exists()
        self._check_merge_target(target)
        if not confirm:
            self._check_same_buyer(target)
        self.env.flush_all()
        documents = self._documents()
        self._check_own_documents(documents)
        self._hand_over(target)
        self.env.invalidate_all()
        self._compute_anew(documents, target)
        self._demote_primaries(target)
        contacts = self.env["res.partner"].with_context(active_test=False)
        contacts = contacts.search([("parent_id", "in", self.partner_id.ids)])
        contacts.write({"parent_id": target.partner_id.id})
        self.write({"active": False})
        for company in self:
            target.message_post(body=company._merged_words())
        return True

    def _merged_words(self):
        said = self._tax_words()
        if not said:
            return self.env._("Merged with %s.", self.name)
        return self.env._("Merged with %(name)s (%(tax)s).", name=self.name, tax=said)

    def _tax_words(self):
        """Tax ID and branch, as typed."""
        return ", ".join(filter(None, (self.vat, self.branch)))

    def _check_same_buyer(self, target):
        """
        :raises UserError: tax documents would name another buyer from now on
        """
        if question := self._merge_question(target):
            raise UserError(
                question
                + "\n"
                + self.env._("To merge them all the same, confirm it (confirm=True).")
            )

    def _merge_question(self, target):
        """What is to be confirmed before these become the other one.

        :returns: the question; empty where tax ID and branch are the same or not known
        :rtype: str
        """
        others = self.filtered(lambda company: company._is_another_buyer(target))
        if not others:
            return ""
        return self.env._(
            "These are different taxpayers or branches: %(others)s. %(target)s stays "
            "as it is, with %(kept)s. Documents that were issued keep the name and tax "
            "ID printed on them; drafts and all that follows say the ones that stay.",
            others="; ".join(f"{c.name} ({c._tax_words()})" for c in others),
            target=target.name,
            kept=target._tax_words() or self.env._("no tax ID"),
        )

    def _is_another_buyer(self, target):
        """Whether tax ID or branch is known of both and differs, or would be lost."""
        if self.tax_key and self.tax_key != target.tax_key:
            return True
        branches = self.branch_key, target.branch_key
        return all(branches) and branches[0] != branches[1]

    def _check_merge_target(self, target):
        if not target or target in self:
            raise UserError(self.env._("Choose another company to merge into."))
        if not target.active:
            raise UserError(
                self.env._(
                    "%s is archived: take it out of the archive first, or choose "
                    "another company that stays.",
                    target.name,
                )
            )
        if target._is_below(self):
            raise UserError(
                self.env._(
                    "%s belongs to what is merged: take it out of its group first.",
                    target.name,
                )
            )

    def _is_below(self, companies):
        """Whether one of the companies is a parent of this one, at any height."""
        parent = self.parent_id
        while parent and parent not in companies:
            parent = parent.parent_id
        return bool(parent)

    def _documents(self):
        """All documents and money of these companies, of every entity.

        :returns: list of recordsets, one for each model
        """
        mine = [("customer_id", "in", self.ids)]
        names = self.env.registry.descendants(["document.owned.mixin"], "_inherit")
        owned = (self.env[name] for name in sorted(names))
        return [
            model.sudo().search(mine)
            for model in owned
            if not model._abstract and "customer_id" in model._fields
        ]

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

    def _hand_over(self, target):
        """Past the documents' own write(): nothing that is printed changes."""
        for model, name in self._fields_naming_companies():
            # the company that stays is not made a member of itself
            stays = target.id if model == self else 0
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s = ANY(%s) AND id != %s",
                    SQL.identifier(model._table),
                    SQL.identifier(name),
                    target.id,
                    SQL.identifier(name),
                    list(self.ids),
                    stays,
                )
            )
        for model in self._models_naming_partners():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET partner_id = %s WHERE partner_id = ANY(%s)",
                    SQL.identifier(model._table),
                    target.partner_id.id,
                    list(self.partner_id.ids),
                )
            )

    @api.model
    def _fields_naming_companies(self):
        """Each stored field, of whichever model, that names a company: found, not
        listed.

        :returns: list of (empty recordset of the model, name of the field)
        """
        return [
            (self.env[model], field.name)
            for model, class_ in self.env.registry.items()
            if class_._auto and not class_._abstract
            for field in class_._fields.values()
            if field.type == "many2one" and field.comodel_name == self._name
            if field.store and field.column_type
        ]

    @api.model
    def _models_naming_partners(self):
        """What belongs to billing entities and names its customer as a contact:
        documents, their reminders and bulk sends.

        :returns: list of models, as empty recordsets
        """
        names = self.env.registry.descendants(["document.entity.mixin"], "_inherit")
        models_ = (self.env[name] for name in sorted(names))
        return [
            model
            for model in models_
            if not model._abstract and "partner_id" in model._fields
            if model._fields["partner_id"].store and model._name != self._name
        ]

    def _compute_anew(self, documents, target):
        """What is stored of a customer with its documents, and counted."""
        for moved in documents:
            if "country_id" in moved._fields:
                self.env.add_to_compute(moved._fields["country_id"], moved)
        zones = self.env[self._name]._fields["zone_count"]
        self.env.add_to_compute(zones, self | target)

    def _demote_primaries(self, target):
        """The company that stays keeps its primary contact."""
        if target.primary_contact_id:
            mine = self.partner_id.child_ids
            mine.filtered(lambda c: c.contact_type == "primary").write(
                {"contact_type": "other"}
            )
