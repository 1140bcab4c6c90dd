import io
import re
from collections import OrderedDict
from urllib.parse import unquote, urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.misc import file_path

from ..tools import engine

# pages of ISO 216 and the American ones, in CSS's words
CSS_SIZES = {"A3", "A4", "A5", "B4", "B5", "Letter", "Legal", "Ledger"}
ATTACHMENT = re.compile(r"^/web/(?:image|content)/(?P<id>\d+)")
STATIC = re.compile(r"^/?(?P<path>\w+/static/[^?#]+)$")


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    pdf_engine = fields.Selection(
        [("wkhtmltopdf", "wkhtmltopdf"), ("weasyprint", "WeasyPrint")],
        "PDF Engine",
        default="wkhtmltopdf",
        required=True,
    )
    print_css = fields.Char(
        "Print Stylesheet",
        help="Static file of an addon, e.g. my_addon/static/src/report/print.css. "
        "WeasyPrint only.",
    )
    pdf_variant = fields.Selection(
        [("pdf/a-3b", "PDF/A-3b")], "PDF Variant", help="WeasyPrint only."
    )

    def init(self):
        """Let others make reports by SQL."""
        self.env.cr.execute(
            "ALTER TABLE ir_act_report_xml"
            " ALTER COLUMN pdf_engine SET DEFAULT 'wkhtmltopdf'"
        )
        return super().init()

    @api.model
    def get_wkhtmltopdf_state(self):
        """``ok`` where the browser asks on behalf of a database that prints in process.

        The web client asks once, without naming a report, and shows HTML for every
        report unless the answer is ok. A missing wkhtmltopdf still stops the reports
        that need it, when they are printed.
        """
        asked_by_browser = request and request.httprequest.path.startswith(
            "/report/check_wkhtmltopdf"
        )
        return "ok" if asked_by_browser else super().get_wkhtmltopdf_state()

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        if report.pdf_engine != "weasyprint":
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        streams = OrderedDict()
        for record in self.env[report.model].browse(dict.fromkeys(res_ids or ())):
            streams[record.id] = self._stored_stream(report, record)
        missing = [res_id for res_id, found in streams.items() if not found["stream"]]
        # one record at a time: what is laid out is kept, what was rendered is dropped
        for res_id in missing or ([] if res_ids else [False]):
            content = self._weasyprint_pdf(report, report_ref, data, res_id)
            streams.setdefault(res_id, {"attachment": None})
            streams[res_id]["stream"] = io.BytesIO(content)
        return streams

    def _stored_stream(self, report, record):
        """The attachment that a report with ``attachment_use`` printed earlier."""
        attachment = None
        if report.attachment and not self.env.context.get("report_pdf_no_attachment"):
            attachment = report.retrieve_attachment(record)
        reuse = attachment and report.attachment_use
        stream = io.BytesIO(attachment.raw) if reuse else None
        return {"stream": stream, "attachment": attachment}

    def _weasyprint_pdf(self, report, report_ref, data, res_id):
        # a page that the web client shows asks for the sizes of pictures, not for them
        whole = self.with_context(bin_size=False)
        html = whole._render_qweb_html(report_ref, [res_id] if res_id else [], data)[0]
        record = self.env[report.model].browse(res_id) if res_id else None
        try:
            parts = [
                engine.render(
                    source,
                    report._stylesheets(),
                    self._resolver(record),
                    self._variant_of(report, record),
                )
                for _id, source in engine.articles(html.decode())
            ]
        except engine.DocumentTooLarge as error:
            raise UserError(self._too_large(error.limit)) from error
        content = parts[0] if len(parts) == 1 else self._merged(parts)
        return self._finish_pdf(report, record, content)

    def _merged(self, parts):
        with self._merge_pdfs([io.BytesIO(part) for part in parts]) as merged:
            return merged.getvalue()

    def _variant_of(self, report, record):
        """Hook: the kind of PDF for one record.

        :param report: the report's record, as superuser
        :param record: what is printed, or None for a report without records
        :returns: such as ``pdf/a-3b``, or None
        """
        return report.pdf_variant or None

    def _finish_pdf(self, report, record, content):
        """Hook: draw over the finished pages of one record.

        :param report: the report's record, as superuser
        :param record: what was printed, or None for a report without records
        :param bytes content: the PDF
        :returns: the PDF that is delivered
        :rtype: bytes
        """
        return content

    def _too_large(self, limit):
        return {
            "size": self.env._(
                "This document is too large to print: shorten its texts."
            ),
            "elements": self.env._(
                "This document has too many parts to print: remove lines or split it."
            ),
            "depth": self.env._(
                "A text in this document is nested too deeply to print: paste it "
                "without formatting."
            ),
            "unbroken": self.env._(
                "A text in this document goes on for too long without a space: shorten "
                "it, or break it into lines."
            ),
        }[limit]

    def _stylesheets(self):
        """The page of the paper format, then the report's own stylesheet."""
        paper = self.get_paperformat()
        if paper.format == "custom":
            size = f"{paper.page_width}mm {paper.page_height}mm"
        else:
            size = paper.format if paper.format in CSS_SIZES else "A4"
        if paper.orientation == "Landscape":
            size += " landscape"
        margins = (
            paper.margin_top,
            paper.margin_right,
            paper.margin_bottom,
            paper.margin_left,
        )
        sheets = [engine.page_rules(size, margins)]
        if self.print_css:
            sheets.append(engine.stylesheet(file_path(self.print_css, ("css",))))
        return sheets

    def _resolver(self, record):
        """What a document may show: static files of addons, and attachments that its
        reader may read and that belong to it or to nobody."""

        def resolve(url):
            path = unquote(urlsplit(url).path)
            if match := STATIC.match(path.lstrip("/")):
                return self._static_file(match["path"])
            if match := ATTACHMENT.match(path):
                return self._own_attachment(int(match["id"]), record)
            return None

        return resolve

    def _static_file(self, path):
        if ".." in path.split("/"):
            return None  # below static/ only: an addon has other files as well
        try:
            name = file_path(path)
        except (FileNotFoundError, ValueError):
            return None
        with open(name, "rb") as file:
            content = file.read()
        return content, guess_mimetype(content)

    def _own_attachment(self, attachment_id, record):
        attachment = self.env["ir.attachment"].browse(attachment_id)
        try:
            attachment.check_access("read")
            place = (attachment.res_model, attachment.res_id)
        except (AccessError, MissingError):
            return None
        if record and place != (record._name, record.id):
            return None
        return attachment.raw, attachment.mimetype
