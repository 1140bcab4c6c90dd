import time

from odoo import models


class IrActionsReport(models.Model):
    """A report whose layout is timed."""

    _inherit = "ir.actions.report"

    def _weasyprint_pdfs(self, report, report_ref, data, res_ids):
        """As of ``report_weasyprint``; notes how long it took, without the time that
        who prints does something else between two documents.
        """
        seconds, done, start = 0.0, 0, time.monotonic()
        for content in super()._weasyprint_pdfs(report, report_ref, data, res_ids):
            seconds, done = seconds + time.monotonic() - start, done + 1
            yield content
            start = time.monotonic()
        self.env["bmasia.print.time"].sudo()._note(seconds, done)
