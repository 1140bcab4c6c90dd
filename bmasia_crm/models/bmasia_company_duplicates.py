import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_domain_extract, escape_psql

# Mail providers whose domain says nothing about the company.
PUBLIC_DOMAINS = {"gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com"}
DUPLICATES_SHOWN = 5


class BmasiaCompanyDuplicatesMixin(models.AbstractModel):
    """The same customer entered twice: who it could be, and how two become one.

    Gives the possible duplicates (by name, tax id, and domain of mail and website), and
    the merge, which moves documents and contacts to the company that stays.

    The model provides the company's fields and ``message_post``.

    What is moved is found, not listed: every stored field that names a company, of
    whichever model. It is moved in SQL, past the documents' own ``write``, since
    nothing that is printed changes: documents keep the name and address they were
    issued with.
    """

    _name = "bmasia.company.duplicates.mixin"
    _description = "Duplicates of a Company"

    duplicate_ids = fields.Many2many(
        "bmasia.company", compute="_compute_duplicate_ids", string="Possible Duplicates"
    )

    # ------------------------------------------------------------
    # WHO IT COULD BE
    # ------------------------------------------------------------

    @api.depends(
        "name",
        "legal_name",
        "vat",
        "email",
        "website",
        "parent_id",
        "contact_ids.email",
    )
    def _compute_duplicate_ids(self):
        for company in self:
            domain = company._duplicate_domain()
            company.duplicate_ids = domain and self.with_context(
                active_test=False
            ).search(domain, limit=DUPLICATES_SHOWN)

    def _duplicate_domain(self):
        """Who could be the same: by name, tax id, or domain of mail and website."""
        same = [*self._same_name(), *self._same_tax_id(), *self._same_mail_domain()]
        if not same:
            return False
        return Domain.OR(same) & Domain("id", "!=", self._origin.id)

    def _same_name(self):
        for name in {(self.name or "").strip(), (self.legal_name or "").strip()} - {""}:
            # A single word, as of a chain, is part of too many names.
            pattern = f"%{escape_psql(name)}%" if " " in name else escape_psql(name)
            yield Domain("name", "=ilike", pattern)
            yield Domain("legal_name", "=ilike", pattern)

    def _same_tax_id(self):
        """Whatever blanks and dashes somebody typed."""
        digits = re.sub(r"[^0-9A-Za-z]", "", self.vat or "")
        if digits:
            yield Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "upper(regexp_replace(%s, '[^0-9A-Za-z]', '', 'g')) = %s",
                    model._field_to_sql(alias, "vat", query),
                    digits.upper(),
                )
            )

    def _same_mail_domain(self):
        """Members of one group have it in common; there it says nothing."""
        domains = set(map(email_domain_extract, self.contact_ids.mapped("email")))
        domains |= {email_domain_extract(self.email), self._web_domain()}
        group = self.parent_id or self._origin
        others = Domain("parent_id", "not in", group.ids) & Domain(
            "id", "not in", group.ids
        )
        for domain in domains - PUBLIC_DOMAINS - {False, ""}:
            mail = f"%@{escape_psql(domain)}"
            yield others & Domain("email", "=ilike", mail)
            yield others & Domain("partner_id.child_ids.email", "=ilike", mail)
            for before in ("", "%//", "%."):
                for after in ("", "/%"):
                    pattern = f"{before}{escape_psql(domain)}{after}"
                    yield others & Domain("website", "=ilike", pattern)

    def _web_domain(self):
        host = (self.website or "").split("://")[-1].split("/")[0].lower()
        return host.removeprefix("www.")

    # ------------------------------------------------------------
    # TWO BECOME ONE
    # ------------------------------------------------------------

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
        self._check_merge_target(target)
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
            target.message_post(body=self.env._("Merged with %s.", company.name))
        return True

    def _check_merge_target(self, target):
        if not target or target in self:
            raise UserError(self.env._("Choose another company to merge into."))
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
