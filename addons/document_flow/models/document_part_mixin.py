from odoo import api, models
from odoo.exceptions import UserError

from ..tools import definition


class DocumentPartMixin(models.AbstractModel):
    """A record that is printed on a document: what the customer has got stays as it is.

    Gives: creating, changing and deleting it is refused once its document is closed,
    and it stays on its document.

    A model names the field of its document (``_document_field``) and the document's
    field that lists such records (``_listed_as``), has that first field, and says the
    way to its billing entity (``_entity_path``). It names its own fields that are
    printed (``_document_fields``), which belong to the document's snapshot.

    Example::

        _document_field, _listed_as = "survey_id", "line_ids"
        _entity_path = "survey_id.company_id"
        _document_fields = frozenset({"room", "finding"})

    How it works: it asks its document what is open (``document.draft.mixin``).
    """

    _name = "document.part.mixin"
    _description = "Part of a Document"
    _inherit = ["document.input.mixin", "document.entity.mixin"]

    _document_field = ""
    _listed_as = ""
    _document_fields = frozenset()

    def _register_hook(self):
        super()._register_hook()
        definition.refuse(self, self._faults_of_part())

    def _faults_of_part(self):
        """What does not fit its document; for its programmer."""
        field = self._fields.get(self._document_field)
        if not field or field.type != "many2one":
            yield "_document_field names no Many2one"
        elif self._listed_as not in self.env[field.comodel_name]._fields:
            yield f"_listed_as names no field of {field.comodel_name}"
        if self._entity_path.split(".")[0] not in self._fields:
            yield f"_entity_path, {self._entity_path}, begins with no field"
        for name in self._document_fields - self._fields.keys():
            yield f"_document_fields names {name}, which is no field"

    def _document_values(self):
        """What is printed of it, for the document's snapshot."""
        self.ensure_one()
        return {name: self[name] for name in self._document_fields}

    def _document(self):
        return self[self._document_field]

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        # As superuser, an importer makes documents that were sent long ago.
        if not self.env.su:
            parts._check_document_open()
        return parts

    def write(self, vals):
        self._check_document_open()
        if self._document_field in vals:
            self._check_stays(vals[self._document_field])
        return super().write(vals)

    def unlink(self):
        self._check_document_open()
        return super().unlink()

    def _check_stays(self, document_id):
        """What it was made of (a quote's line, a billing period) is counted by the
        document that it was made for.

        :raises UserError: it would get another document
        """
        if any(part._document().id != document_id for part in self):
            raise UserError(
                self.env._(
                    "%s stays on its document. Add a new line to the other one.",
                    ", ".join(self.mapped("display_name")),
                )
            )

    def _check_document_open(self):
        self._document()._check_open({self._listed_as})
