from odoo import api, models


class DocumentPartMixin(models.AbstractModel):
    """A record that is printed on a document: what the customer has got stays as it is.

    Gives: creating, changing and deleting it is refused once its document is closed.

    A model names the field of its document (``_document_field``) and the document's
    field that lists such records (``_listed_as``), and has that first field.

    Example: ``_document_field, _listed_as = "quote_id", "line_ids"``.

    How it works: it asks its document what is open (``document.draft.mixin``).
    """

    _name = "document.part.mixin"
    _description = "Part of a Document"
    _inherit = ["document.input.mixin", "document.entity.mixin"]

    _document_field = ""
    _listed_as = ""

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
        result = super().write(vals)
        self._check_document_open()  # another one, where it was moved
        return result

    def unlink(self):
        self._check_document_open()
        return super().unlink()

    def _check_document_open(self):
        self._document()._check_open({self._listed_as})
