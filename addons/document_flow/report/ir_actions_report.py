import io
from functools import lru_cache

from odoo import api, models

from odoo.addons.report_weasyprint.tools.pool import POOL, Job

from ..tools import marks


@lru_cache(maxsize=64)
def _laid_out_mark(lines, ink, size):
    """The page that is laid over others. The same few words mark every print."""
    return POOL.do(Job.document(marks.sheet(lines, ink, *size))).content


class IrActionsReport(models.Model):
    """Documents are printed in one layout; a draft's print says that it is one; what
    went out is never laid out again.
    """

    _inherit = "ir.actions.report"

    @api.model_create_multi
    def create(self, vals_list):
        """A report of documents has their paper format, engine and stylesheet."""
        vals_list = [
            {**self._layout(), **vals} if self._is_of_documents(vals["model"]) else vals
            for vals in vals_list
        ]
        return super().create(vals_list)

    @api.model
    def _layout(self):
        """How documents are printed unless their report says otherwise."""
        return {
            "paperformat_id": self.env.ref("document_flow.paperformat_a4").id,
            "pdf_engine": "weasyprint",
            "print_css": "document_flow/static/src/report/document.css",
            "print_report_name": "object._pdf_filename()[:-4]",
        }

    @api.model
    def _is_of_documents(self, model):
        kinds = self.env["document.mixin"]._kinds().values()
        return any(kind._name == model for kind in kinds)

    def _get_rendering_context(self, report, docids, data):
        """The templates of every kind may call what is common to all."""
        values = super()._get_rendering_context(report, docids, data)
        if self._is_of_documents(report.model):
            values = {**self.env["document.report.values"]._values(), **values}
        return values

    def _variant_of(self, report, record):
        """A mark in a font that is not embedded is none for an archive."""
        variant = super()._variant_of(report, record)
        return None if self._is_mere_print(record) else variant

    def _is_mere_print(self, record):
        """Whether a print is no document yet: one without a number, and any print of a
        draft that is not the one which goes out.
        """
        if record is None or not hasattr(record, "_assign_number"):
            return False
        goes_out = self._prints_what_goes_out() or not record._is_draft()
        return not (record.name and goes_out)

    def _finish_pdf(self, report, record, content):
        """A print that is no document yet says so on every page."""
        content = super()._finish_pdf(report, record, content)
        if not self._is_mere_print(record):
            return content
        words = record.with_context(lang=record._get_print_lang()).env._("DRAFT")
        return self._marked_pdf(content, (words,), "grey")

    @api.model
    def _marked_pdf(self, content, lines, ink, keep_codes=True):
        """Lay words across every page.

        :param bytes content: a PDF
        :param tuple lines: the words, in the language of the document
        :param str ink: a key of ``marks.INKS``
        :param bool keep_codes: False takes out codes that somebody could pay by
        :rtype: bytes
        """
        pages = {
            size: _laid_out_mark(lines, ink, size) for size in marks.page_sizes(content)
        }
        return marks.marked(content, pages, keep_codes)

    def _stored_stream(self, report, record):
        """A sent document is never laid out again, by whatever route it is printed."""
        found = super()._stored_stream(report, record)
        if self._prints_what_goes_out() or not hasattr(record, "_kept_pdf"):
            return found
        if record._is_printed_by(report) and record._kept_pdf():
            found["stream"] = io.BytesIO(record._shown_pdf()[0])
        return found

    def _prints_what_goes_out(self):
        """Whether our own code prints for a mail; a user's context may say anything."""
        return self.env.su and bool(self.env.context.get("document_goes_out"))
