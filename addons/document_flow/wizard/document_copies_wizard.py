from base64 import b64encode

from odoo import api, fields, models

from odoo.addons.mail_delivery.tools.file_names import cut_file_name


class DocumentCopiesWizard(models.TransientModel):
    """A print of a document, marked as original or copy, for whoever asked for it."""

    _name = "document.copies.wizard"
    _description = "Original and Copy"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "document"
    _fixed = frozenset({"which"})

    document = fields.Reference(
        selection="_selection_document", required=True, readonly=True
    )
    which = fields.Selection(
        [("original", "Original"), ("copy", "Copy"), ("both", "Original and Copy")],
        required=True,
        readonly=True,
    )
    name = fields.Char(compute="_compute_file")
    file = fields.Binary(compute="_compute_file")

    @api.model
    def _selection_document(self):
        documents = self.env["document.mixin"]._kind_selection()
        return [row for row in documents if hasattr(self.env[row[0]], "_copies_pdf")]

    @api.depends("document", "which")
    @api.depends_context("lang")
    def _compute_file(self):
        for dialog in self:
            dialog._check_opened()
            document, which = dialog.document, dialog.which
            document._check_has_original()
            labels = dict(self._fields["which"]._description_selection(self.env))
            stem = document._kept_pdf().name.removesuffix(".pdf")
            dialog.name = cut_file_name(f"{stem} {labels[which]}.pdf")
            dialog.file = b64encode(document._copies_pdf(which))

    def _check_opened(self):
        """Whoever reads a document prints it."""
        for dialog in self:
            dialog.document.check_access("read")
