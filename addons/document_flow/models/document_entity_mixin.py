from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import Query

SEVERAL = "base.group_multi_company"  # who works for several: Odoo keeps it so
OFFERED = ("searchable", "groupable", "sortable", "exportable")


class DocumentEntityMixin(models.AbstractModel):
    """A record that belongs to a billing entity, itself or by its document.

    Gives: nobody points at a record that they do not see, nor learns by a search or an
    export what a hidden one hangs on; who may not write for an entity reads which one,
    and what to do.

    A model says the way to its entity (``_entity_path``), empty for what all entities
    share, and has a record rule of its own, which tests require.

    Example: ``_entity_path = "contract_id.company_id"``.

    How it works: record rules (``security/``) decide who sees a record; they do not ask
    about the records that its fields name. This does, on every write and search.
    """

    _name = "document.entity.mixin"
    _description = "Record of a Billing Entity"

    _entity_path = "company_id"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_links(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_links(vals)
        result = super().write(vals)
        if self._entity_path in vals:
            self._check_own_entity()
        return result

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """As of Odoo; who works for one entity is not offered to search, group or
        export by it.

        :param allfields: Odoo's
        :param attributes: Odoo's
        :returns: Odoo's
        """
        found = super().fields_get(allfields, attributes)
        if self.env.user.has_group(SEVERAL):
            return found
        for name, described in found.items():
            if self._fields[name].comodel_name == "res.company":
                described.update({k: False for k in OFFERED if k in described})
        return found

    def _check_links(self, vals):
        if self.env.su:
            return
        for name, value in vals.items():
            linked = self._linked_by(self._fields.get(name), value)
            if linked:
                linked.check_access("read")
        if self._entity_path == "company_id":
            self._check_named_entity(vals.get("company_id"))

    def _check_named_entity(self, company_id):
        """Before anything is written: else an index answers, which tells of a row of
        the other entity.
        """
        is_id = isinstance(company_id, int) and company_id
        if is_id and company_id not in self.env.companies.ids:
            raise self._foreign_error(self.env["res.company"].sudo().browse(company_id))

    def _linked_by(self, field, value):
        """What a value of a field points at, if that belongs to a billing entity."""
        model = self.env.get(field.comodel_name) if field and field.relational else None
        if not value or model is None or not hasattr(model, "_entity_path"):
            return None
        if field.type == "many2one":
            return model.browse(value)
        return model.browse(named_ids(value)).exists()

    def _check_own_entity(self):
        """Record rules look at a record before it is written, not afterwards. No
        constraint: those are asked as superuser."""
        foreign = self._entity() - self.env.companies.sudo()
        if foreign and not self.env.su:
            raise self._foreign_error(foreign[0])

    def _foreign_error(self, entity):
        """What a person reads who may not write for an entity. Asked by record rules,
        too, of a new record (``models/ir_rule.py``).
        """
        if entity in self.env.user.sudo().company_ids:
            sentence = self.env._(
                "This is billed by %s, which is not ticked in the company menu. Tick "
                "it there, or choose another billing entity.",
                entity.name,
            )
        else:
            sentence = self.env._(
                "This is billed by %s, which is not among your companies. Choose "
                "another billing entity, or ask your administrator for that one.",
                entity.name,
            )
        return AccessError(sentence)

    @api.model
    def _search(self, domain, *arguments, **options):
        """Who guesses the id of a hidden record does not learn what it hangs on."""
        if not self.env.su and not options.get("bypass_access"):
            domain = Domain(domain).map_conditions(self._readable_only)
        return super()._search(domain, *arguments, **options)

    def _readable_only(self, condition):
        field = self._fields.get(condition.field_expr)
        is_many = field is not None and field.type in ("one2many", "many2many")
        model = self.env.get(field.comodel_name) if is_many else None
        is_named = condition.operator in ("in", "not in")
        if not is_named or not hasattr(model, "_entity_path"):
            return condition
        if isinstance(condition.value, Query):  # of what the user may see
            return condition
        if not any(condition.value):
            # whether there are any: of those that the user may see
            some = Domain(condition.field_expr, "any", Domain.TRUE)
            return ~some if condition.operator == "in" else some
        ids = [each for each in condition.value if isinstance(each, int) and each]
        hidden = model.browse(ids) - model.browse(ids).exists()._filtered_access("read")
        shown = [each for each in condition.value if each not in hidden.ids]
        return Domain(condition.field_expr, condition.operator, shown)

    def export_data(self, fields_to_export):
        """As of Odoo, which gives external ids of records that the user may not read.

        :param list fields_to_export: Odoo's
        :returns: Odoo's
        :raises AccessError: not this user's to read
        """
        self.check_access("read")
        return super().export_data(fields_to_export)

    def _entity(self):
        """The billing entities of these records, as superuser.

        :rtype: res.company
        """
        return self.sudo().mapped(self._entity_path)


def named_ids(value):
    """The ids that a value of a x2many field names.

    >>> named_ids([(4, 7), (6, 0, [8, 9]), (0, 0, {"name": "new"}), (3, 5), 6])
    [7, 8, 9, 6]
    """
    ids = []
    for command in value if isinstance(value, list | tuple) else ():
        if isinstance(command, int):
            ids.append(command)
        elif not isinstance(command, list | tuple) or len(command) < 2:
            continue  # Odoo refuses it
        elif command[0] == fields.Command.LINK:
            ids.append(command[1])
        elif command[0] == fields.Command.SET:
            ids.extend(command[2] or ())
    return [each for each in ids if isinstance(each, int)]


class DocumentOwnedMixin(models.AbstractModel):
    """A document stays inside its billing entity.

    Gives: ``company_id``; nobody makes a document for an entity that is not theirs, or
    moves one there, and what it is made from is of the same entity; its messages and
    mails go along with it.

    A model names further fields that change its entity (``_moves_entity``).

    Example: a credit note of another entity's invoice is refused.

    How it works: the many-to-one fields to records of an entity are found, and compared
    whenever one of them changes.
    """

    _name = "document.owned.mixin"
    _description = "Document of a Billing Entity"
    _inherit = ["document.entity.mixin"]

    # What changes the entity of a draft: the customer brings its own along.
    _moves_entity = frozenset({"company_id", "customer_id"})

    company_id = fields.Many2one(
        "res.company", "Billing Entity", required=True, index=True
    )

    def write(self, vals):
        if not self._moves_entity & vals.keys():
            return super().write(vals)
        before = {document.id: document.company_id for document in self}
        result = super().write(vals)
        moved = self.filtered(lambda doc: doc.company_id != before[doc.id])
        if moved:
            moved._check_own_entity()
            moved._take_mails_along()
        return result

    @api.constrains(lambda self: ["company_id", *self._entity_links()])
    def _check_linked_entity(self):
        for document in self.sudo():
            for name in document._entity_links():
                linked = document[name]
                if linked and linked._entity() - document.company_id:
                    label = self._fields[name]._description_string(self.env)
                    raise ValidationError(
                        self.env._(
                            "%(document)s would be of another billing entity than "
                            "what it names as %(link)s. Both stay in one.",
                            document=document.display_name,
                            link=label,
                        )
                    )

    def _entity_links(self):
        """The fields that point at records of a billing entity."""
        return [
            name
            for name, field in self._fields.items()
            if field.type == "many2one"
            and field.store
            and getattr(self.env.get(field.comodel_name), "_entity_path", "")
        ]

    def _take_mails_along(self):
        """What was written about a document is seen by those who see the document."""
        for document in self.sudo():
            here = [("model", "=", document._name), ("res_id", "=", document.id)]
            company = document.company_id.id
            messages = self.env["mail.message"].sudo().search(here)
            messages.write({"record_company_id": company})
            self.env["mail.delivery"].sudo().search(here).write({"company_id": company})
            tasks = [("res_model", "=", document._name), ("res_id", "=", document.id)]
            activities = self.env["mail.activity"].sudo().search(tasks)
            activities.document_company_id = company

    def _message_create(self, values_list):
        """Also what is only logged says whose document it is about."""
        for values in values_list:
            if not values.get("record_company_id") and values.get("res_id"):
                document = self.sudo().browse(values["res_id"])
                values["record_company_id"] = document.company_id.id
        return super()._message_create(values_list)

    def message_get_followers(self, *arguments, **options):
        """As of Odoo, which tells anybody: who reads the document is told.

        :param arguments: Odoo's
        :param options: Odoo's
        :returns: Odoo's
        :raises AccessError: not this user's to read
        """
        self.check_access("read")
        return super().message_get_followers(*arguments, **options)

    def _notify_get_recipients(self, message, msg_vals=False, **options):
        """A colleague who follows a document and does not work for its entity (any
        more) gets nothing of it."""
        found = super()._notify_get_recipients(message, msg_vals, **options)
        if not self:
            return found
        own = self.company_id.sudo().user_ids.ids
        return [
            row for row in found if row["share"] or not row["uid"] or row["uid"] in own
        ]
