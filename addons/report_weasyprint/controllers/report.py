from odoo import http

from odoo.addons.web.controllers.report import ReportController


class WeasyPrintReportController(ReportController):
    """What the web client asks before it downloads a report."""

    @http.route()
    def check_wkhtmltopdf(self):
        """``ok``, on behalf of a database that prints in process.

        The web client asks once, without naming a report, and shows HTML for every
        report unless the answer is ok. A missing wkhtmltopdf still stops the reports
        that need it, when they are printed.

        :rtype: str
        """
        return "ok"
