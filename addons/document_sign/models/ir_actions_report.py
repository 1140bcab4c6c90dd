from odoo import models
from odoo.tools.misc import file_path

from odoo.addons.report_weasyprint.tools.layout.attached import SOURCE, Attached

STYLE = "document_sign/static/src/report/signatures.css"
PDF_A = "pdf/a-3b"


class IrActionsReport(models.Model):
    """The signed file is PDF/A-3, with the file in it that was signed."""

    _inherit = "ir.actions.report"

    def _variant_of(self, report, record):
        if self._signing_of(record):
            return PDF_A
        return super()._variant_of(report, record)

    def _attached_to(self, report, record):
        found = super()._attached_to(report, record)
        if request := self._signing_of(record):
            name = request._original_name()
            content = request.file_id.with_context(bin_size=False).raw
            found = [*found, Attached(name, content, name, SOURCE)]
        return found

    def _stylesheets(self):
        sheets = super()._stylesheets()
        if self.env.context.get("document_signing"):
            with open(file_path(STYLE, ("css",)), encoding="utf-8") as file:
                sheets.append(file.read())
        return sheets

    def _signing_of(self, record):
        """The request whose signed file is being printed."""
        if not record:
            return None
        return self.env["document.report.values"]._signing_of(record)
