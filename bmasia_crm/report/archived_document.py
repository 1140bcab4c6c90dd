import io

from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _stored_stream(self, report, record):
        """A sent document is never laid out again, by whatever route it is printed."""
        found = super()._stored_stream(report, record)
        is_document = hasattr(record, "_kept_pdf") and record._is_printed_by(report)
        if is_document and not self._prints_what_goes_out():
            if kept := record._kept_pdf():
                found["stream"] = io.BytesIO(kept.raw)
        return found

    def _prints_what_goes_out(self):
        """Whether our own code prints for a mail; a user's context may say anything."""
        return self.env.su and bool(self.env.context.get("document_goes_out"))
