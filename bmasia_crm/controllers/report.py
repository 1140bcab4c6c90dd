"""Reports as files: what the buttons of a report download."""

from werkzeug.exceptions import BadRequest

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request


class ReportFiles(http.Controller):
    @http.route(
        "/bmasia/reports/<string:key>.<any(csv,xlsx,pdf):kind>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def report_file(self, key, kind, **chosen):
        """A report as CSV, XLSX or PDF.

        :param str key: the report, as ``receivables``
        :param str kind: csv, xlsx or pdf
        :param chosen: what the report is asked for, as its ``show`` takes it
        :returns: the file
        """
        reports = request.env["bmasia.report"]
        try:
            content, name, mimetype = reports._file(key, kind, chosen)
        except AccessError:
            raise
        except UserError as error:
            raise BadRequest(str(error)) from error
        return request.make_response(
            content,
            headers=[
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
