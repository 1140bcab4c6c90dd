from odoo import models


class BmasiaReportPrint(models.AbstractModel):
    """Prints a table in the layout of all documents, as PDF."""

    _name = "bmasia.report.print"
    _description = "Print of a Report"
    _inherit = ["document.report.values"]

    def _render(self, report, table, asked):
        """The PDF of a report.

        :param report: the model of the report
        :param bmasia_crm.tools.report_table.Table table: what it says
        :param asked: what it was asked for
        :rtype: bytes
        """
        action = self.env.ref(
            "bmasia_crm.action_report_table_landscape"
            if report._prints_landscape
            else "bmasia_crm.action_report_table"
        )
        values = {
            **self._values(),
            "table": table,
            "doc": PrintedTable(report, table, asked),
            "day_of": report._day,
        }
        reports = self.env["ir.actions.report"].sudo()
        reports = reports.with_context(force_report_rendering=True)
        return reports._render_qweb_pdf(action.id, [], values)[0]


class PrintedTable:
    """A report as the layout of documents knows documents: who issues it, on what."""

    _name = "bmasia.report"
    id = False
    name = ""

    def __init__(self, report, table, asked):
        self._report, self._table, self._asked = report, table, asked
        self.env, self.company_id = report.env, asked.company

    def __contains__(self, name):
        return False

    def _get_print_lang(self):
        return self.env.lang or "en_US"

    def _kind_label(self):
        return self._table.title

    def _pdf_filename(self):
        return f"{self._report._file_stem(self._table, self._asked)}.pdf"

    def _customer(self):
        return False

    def _seller(self):
        company = self.company_id.with_context(lang=self._get_print_lang())
        address = (company.document_address or "").splitlines()
        return {
            "name": company.legal_name or company.name,
            "address": [line.strip() for line in address if line.strip()],
            "phone": company.phone or "",
            "footer": "",
        }
