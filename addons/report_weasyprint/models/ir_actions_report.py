import io
import logging
import re
from base64 import b64decode, b64encode
from collections import OrderedDict
from urllib.parse import unquote, urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.misc import file_path
from odoo.tools.translate import LazyTranslate

from ..tools.layout.articles import articles
from ..tools.layout.limits import MAX_PICTURE_BYTES, DocumentTooLarge
from ..tools.pool import POOL, Job, LayoutFailed, PoolBusy

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

# pages of ISO 216 and the American ones, as CSS names them
CSS_SIZES = {"A3", "A4", "A5", "B4", "B5", "Letter", "Legal", "Ledger"}
# PDF/A wants pictures, emoji among them, without the viewer's smoothing
BASE = "html { image-rendering: crisp-edges }"
ATTACHMENT = re.compile(r"^/?web/(?:image|content)/(?P<id>\d+)")
STATIC = re.compile(r"^/?(?P<path>\w+/static/[^?#]+)$")


# What is too much, and what helps, by the limit of a DocumentTooLarge.
TOO_LARGE = {
    "size": _lt("This document is too large to print: shorten its texts."),
    "elements": _lt(
        "This document has too many parts to print: remove lines or split it."
    ),
    "depth": _lt(
        "A text in this document is nested too deeply to print: paste it "
        "without formatting."
    ),
    "unbroken": _lt(
        "A text in this document goes on for too long without a space: shorten "
        "it, or break it into lines."
    ),
    "span": _lt(
        "A table has cells that span too many rows or columns to print (%s): "
        "make the table again with fewer.",
    ),
    "drawing": _lt(
        "A drawing has too many parts to print (%s): use a simpler one, or a "
        "PNG of it.",
    ),
    "pixels": _lt(
        "The pictures are too large to print (%s): make them smaller, a width "
        "of 2,000 pixels is plenty.",
    ),
    "unreadable": _lt("A picture cannot be read (%s): put it in again as PNG or JPEG."),
    "time": _lt(
        "%s takes too long to print: make its tables, texts and pictures "
        "simpler, or split it.",
    ),
    "memory": _lt(
        "%s needs too much memory to print: make its tables, texts and "
        "pictures simpler, or split it.",
    ),
}
OF_A_PLACE = ("span", "drawing", "pixels", "unreadable")  # %s names what is too large
OF_THE_DOCUMENT = ("time", "memory")  # %s names the document


class PrintRemarks:
    """What a print does not show; whoever wants to know puts one into the context, as
    ``print_remarks``, and reads it after printing.
    """

    def __init__(self):
        self.letters = ""
        self.pictures = []

    def said(self, env):
        """All remarks, as sentences for people, or an empty text.

        :param odoo.api.Environment env: of the reader
        """
        return " ".join(filter(None, (self._on_letters(env), self._on_pictures(env))))

    def _on_letters(self, env):
        if not self.letters:
            return ""
        return env._(
            "No font has these characters, boxes are printed instead: %s. "
            "Write them otherwise.",
            ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in self.letters),
        )

    def _on_pictures(self, env):
        if not self.pictures:
            return ""
        return env._(
            "Pictures of other sites are not printed: %s. Put the pictures "
            "themselves into the text.",
            ", ".join(address[:80] for address in self.pictures),
        )


class IrActionsReport(models.Model):
    """A report that WeasyPrint lays out, if it says so; hooks for its kind of PDF and
    its finished pages.
    """

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

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        if report.pdf_engine != "weasyprint":
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        streams = OrderedDict()
        for record in self.env[report.model].browse(dict.fromkeys(res_ids or ())):
            streams[record.id] = self._stored_stream(report, record)
        missing = [res_id for res_id, found in streams.items() if not found["stream"]]
        wanted = missing or ([] if res_ids else [False])
        printed = self._weasyprint_pdfs(report, report_ref, data, wanted)
        for res_id, content in zip(wanted, printed, strict=True):
            streams.setdefault(res_id, {"attachment": None})
            streams[res_id]["stream"] = io.BytesIO(content)
        return streams

    def _stored_stream(self, report, record):
        """The attachment that a report with ``attachment_use`` printed earlier."""
        attachment = None
        if report.attachment and not self.env.context.get("report_pdf_no_attachment"):
            attachment = report.retrieve_attachment(record)
        reuse = attachment and report.attachment_use
        stream = None
        if reuse:
            stream = io.BytesIO(attachment.with_context(bin_size=False).raw)
        return {"stream": stream, "attachment": attachment}

    def _weasyprint_pdfs(self, report, report_ref, data, res_ids):
        """The PDF of each record, laid out by the children of this process: one record
        in its turn, several at once, a few of them in memory.

        :param list res_ids: of records, or False for a report without any
        """
        counts = []

        def jobs():
            for res_id in res_ids:
                made = self._layout_jobs(report, report_ref, data, res_id)
                counts.append(len(made))
                yield from made

        results = POOL.map(jobs()) if len(res_ids) > 1 else map(POOL.do, jobs())
        for number, res_id in enumerate(res_ids):
            record = self.env[report.model].browse(res_id) if res_id else None
            # the count is there with the first result
            parts = [self._laid_out(record, results)]
            for _more in range(counts[number] - 1):
                parts.append(self._laid_out(record, results))
            content = parts[0] if len(parts) == 1 else self._merged(parts)
            yield self._finish_pdf(report, record, content)

    def _layout_jobs(self, report, report_ref, data, res_id):
        # a page that the web client shows asks for the sizes of pictures, not for them
        whole = self.with_context(bin_size=False)
        html = whole._render_qweb_html(report_ref, [res_id] if res_id else [], data)[0]
        record = self.env[report.model].browse(res_id) if res_id else None
        variant = self._variant_of(report, record)
        return self._jobs_of_html(report, html, record, variant)

    def _jobs_of_html(self, report, html, record, variant=None):
        """A job for each article of a rendered report.

        :param bytes html: the report
        :param record: what is printed, or None
        """
        sheets, resolve = report._stylesheets(), self._resolver(record)
        jobs = []
        for article in articles(html.decode()):
            found = {path: resolve(path) for path in sorted(article.wanted)}
            files = {path: file for path, file in found.items() if file}
            attached = self._attached_to(report, record)
            jobs.append(Job.document(article.source, sheets, files, variant, attached))
        return jobs

    def _pdf_of_unsaved(self, report, record):
        """The PDF of a record that is in memory only.

        :param report: an ``ir.actions.report`` of its model
        :param record: made by ``new``
        :rtype: bytes
        :raises UserError: it cannot be printed
        """
        values = self._get_rendering_context(report, [], {"report_type": "html"})
        html = report._render_template(report.report_name, {**values, "docs": record})
        jobs = self._jobs_of_html(report, html, None)
        return self._laid_out(None, map(POOL.do, jobs))

    def _laid_out(self, record, results):
        """The next result.

        :param results: an iterator that lays documents out
        :raises UserError: the document cannot be printed
        """
        try:
            result = next(results)
        except DocumentTooLarge as error:
            raise UserError(self._too_large(error, record)) from error
        except LayoutFailed as error:
            raise UserError(self._not_laid_out(error, record)) from error
        told = result.told
        if told["missing_letters"] or told["missing_pictures"]:
            self._note_missing(
                record, told["missing_letters"], told["missing_pictures"]
            )
        return result.content

    def _note_missing(self, record, letters, pictures):
        """A reader will not see all of what a document holds: tell who prints, if they
        listen, and the log.

        :param record: what was printed, or None for a report without records
        :param str letters: that no font on this machine has
        :param list pictures: addresses of pictures that a document may not show
        """
        remarks = self.env.context.get("print_remarks")
        if isinstance(remarks, PrintRemarks):
            remarks.letters += letters
            remarks.pictures += pictures
        _logger.warning(
            "%s: no font has %r; not shown: %s", record, letters, ", ".join(pictures)
        )

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

    def _attached_to(self, report, record):
        """Hook: files that travel in the PDF of one record, byte for byte, for which
        it has to be PDF/A-3.

        :param report: the report's record, as superuser
        :param record: what is printed, or None for a report without records
        :rtype: list[Attached]
        """
        return []

    def _finish_pdf(self, report, record, content):
        """Hook: draw over the finished pages of one record.

        :param report: the report's record, as superuser
        :param record: what was printed, or None for a report without records
        :param bytes content: the PDF
        :returns: the PDF that is delivered
        :rtype: bytes
        """
        return content

    def _too_large(self, error, record):
        """What is too much, where, and what helps.

        :param DocumentTooLarge error: of the layout
        :param record: what was to be printed, or None
        """
        sentence = self.env._(TOO_LARGE[error.limit])
        if error.limit in OF_A_PLACE:
            sentence %= error.place or self.env._("this document")
        elif error.limit in OF_THE_DOCUMENT:
            sentence %= self._called(record)
        return sentence

    def _not_laid_out(self, error, record):
        """A document that is within all limits, and yet could not be printed."""
        if isinstance(error, PoolBusy):
            return self.env._(
                "Many documents are being printed. Try again in a minute."
            )
        _logger.error("%s was not laid out: %s", record, error)
        return self.env._(
            "%(document)s could not be printed. Try again; if that does not help, your "
            "administrator finds the reason in the log (%(reason)s).",
            document=self._called(record),
            reason=error,
        )

    def _called(self, record):
        return record.display_name if record else self.env._("This document")

    @api.model
    def _printable_picture(self, value, longest):
        """A picture as it prints everywhere: PNG, JPEG or a drawing, in the colours of
        a screen, upright, and no larger than needed.

        :param value: of a binary field, base64; empty ones pass
        :param int longest: pixels of its longer side, at most
        :returns: base64
        :raises UserError: nobody can print that
        """
        if not value:
            return value
        try:
            content = b64decode(value)
        except (TypeError, ValueError) as error:
            raise UserError(self._refused_picture("unreadable")) from error
        try:
            return b64encode(POOL.do(Job.picture(content, longest)).content)
        except DocumentTooLarge as error:
            raise UserError(self._refused_picture(error.limit)) from error
        except LayoutFailed as error:
            raise UserError(self._not_laid_out(error, None)) from error

    def _refused_picture(self, limit):
        if limit == "unreadable":
            return self.env._("This picture cannot be read: save it as PNG or JPEG.")
        if limit == "drawing":
            return self.env._(
                "This drawing has too many parts to print: use a simpler one, or a PNG "
                "of it."
            )
        return self.env._(
            "This picture is too large: a width of 2,000 pixels is plenty."
        )

    def _stylesheets(self):
        """The page of the paper format, then the report's own stylesheet, as text."""
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
        sides = " ".join(f"{side}mm" for side in margins)
        sheets = [f"@page {{ size: {size}; margin: {sides} }} {BASE}"]
        if self.print_css:
            with open(file_path(self.print_css, ("css",)), encoding="utf-8") as file:
                sheets.append(file.read())
        return sheets

    def _resolver(self, record):
        """What a document may show: static files of addons, and attachments that its
        reader may read and that belong to it or to nobody."""

        def resolve(url):
            path = unquote(urlsplit(url).path)
            if match := STATIC.match(path):
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
        if attachment.file_size > MAX_PICTURE_BYTES:
            raise DocumentTooLarge("pixels", attachment.name)
        return attachment.with_context(bin_size=False).raw, attachment.mimetype
