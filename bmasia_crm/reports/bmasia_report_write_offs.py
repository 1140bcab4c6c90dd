from odoo import models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..tools.report_table import Column

_lt = LazyTranslate(__name__)


class BmasiaReportWriteOffs(models.AbstractModel):
    """What is written off at the end of a day, and what of it came after all.

    Of a service, its VAT never fell due (Thai Revenue Code, section 78/1).
    """

    _name = "bmasia.report.write_offs"
    _description = "Bad Debts"
    _inherit = ["bmasia.report", "bmasia.report.facts.mixin"]

    _title = _lt("Bad debts")
    _help = _lt(
        "Invoices that were given up, each with its reason. What was paid or credited "
        "after all is taken off."
    )
    _nothing = _lt("No bad debts")
    _nothing_hint = _lt("Invoices that were given up would be listed here.")
    _asks = ("date", "customer_id")
    _prints_landscape = True

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("date", _("Date"), "date"),
            Column("name", _("Invoice")),
            Column("customer", _("Company")),
            Column("reason", _("Reason")),
            Column("amount", _("Written off"), "money"),
            Column("back", _("Taken back"), "money"),
            Column("remaining", _("Still written off"), "money"),
            Column("tax", _("VAT never due"), "money"),
        ]

    def _report_rows(self, chosen):
        rows = self._fetched(
            SQL(
                "SELECT w.id, w.date, i.name, c.name AS customer, w.reason, w.amount,"
                " -COALESCE(b.amount, 0) AS back,"
                " w.amount + COALESCE(b.amount, 0) AS remaining,"
                " COALESCE(w.amount_tax, 0) + COALESCE(b.tax, 0) AS tax,"
                " k.name AS currency FROM bmasia_write_off w"
                " JOIN bmasia_invoice i ON i.id = w.invoice_id"
                " JOIN bmasia_company c ON c.id = w.customer_id"
                " JOIN res_currency k ON k.id = w.currency_id"
                " LEFT JOIN (SELECT b.reverses_id, SUM(b.amount) AS amount,"
                "  SUM(b.amount_tax) AS tax FROM bmasia_write_off b WHERE %s"
                "  GROUP BY b.reverses_id) b ON b.reverses_id = w.id"
                " WHERE %s AND %s AND w.reverses_id IS NULL ORDER BY w.date, w.id",
                self._valid_on("b", chosen.last),
                self._of("w", chosen.entity, chosen.customer),
                self._valid_on("w", chosen.last),
            )
        )
        for row in rows:
            row["_open"] = {"model": "bmasia.write.off", "id": row["id"]}
        return rows
