import math
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..models.bmasia_invoice_payment import AGEING, AGES
from ..tools.report_table import Column

_lt = LazyTranslate(__name__)


class BmasiaReportReceivables(models.AbstractModel):
    """What each customer owes at the end of a day, by how long it is overdue."""

    _name = "bmasia.report.receivables"
    _description = "Aged Receivables"
    _inherit = ["bmasia.report", "bmasia.report.facts.mixin"]

    _title = _lt("Aged receivables")
    _help = _lt(
        "What customers owe at the end of the day, by the days since it was due. What "
        "was paid too much, or credited after it was paid, is in Credits and refunds."
    )
    _nothing = _lt("Nobody owes anything")
    _nothing_hint = _lt("Choose another day or another entity above.")
    _asks = ("date",)
    _prints_landscape = True
    _buttons = {"statements": (_lt("Send statements"), "")}

    def _may(self, button, chosen):
        return chosen.last <= chosen.company._today()

    def _do_statements(self, chosen):
        """A statement for each customer who owes; several in one go are reviewed."""
        ids = [row["customer_id"] for row in self._build(chosen).rows]
        if not ids:
            raise UserError(self.env._("Nobody owes anything on that day."))
        customers = self.env["bmasia.company"].browse(dict.fromkeys(ids))
        statements = self.env["bmasia.statement"]._make_for(
            chosen.company, customers, chosen.last
        )
        return statements.action_send()

    def _report_columns(self, chosen):
        labels = dict(
            self.env["bmasia.invoice"]
            ._fields["ageing"]
            ._description_selection(self.env)
        )
        return [
            Column("customer", self.env._("Company")),
            *(Column(age, labels[age], "money") for age, _label in AGEING),
            Column("due", self.env._("Total due"), "money"),
        ]

    def _report_rows(self, chosen):
        rows = self._fetched(
            SQL(
                "SELECT c.id AS customer_id, c.name AS customer, k.name AS currency,"
                " %(ages)s, SUM(o.open) AS due"
                " FROM (%(open)s) o JOIN bmasia_invoice i ON i.id = o.invoice_id"
                " JOIN bmasia_company c ON c.id = i.customer_id"
                " JOIN res_currency k ON k.id = i.currency_id"
                " WHERE o.open > 0"
                " GROUP BY c.id, c.name, k.name ORDER BY lower(c.name), c.id, k.name",
                ages=SQL(", ").join(
                    SQL(
                        "SUM(CASE WHEN %s THEN o.open ELSE 0 END) AS %s",
                        self._aged(age, chosen.last),
                        SQL.identifier(age),
                    )
                    for age in AGES
                ),
                open=self._open_items(chosen.entity, chosen.last),
            )
        )
        for row in rows:
            row["_open"] = self._opened(row["customer_id"], chosen)
        return rows

    def _aged(self, age, day):
        """Whether an invoice was overdue for so long on a day."""
        first, last = AGES[age]
        due, tests = SQL("COALESCE(i.due_date, i.issue_date)"), []
        if first > -math.inf:
            tests.append(SQL("%s <= %s", due, day - timedelta(days=first)))
        if last < math.inf:
            tests.append(SQL("%s >= %s", due, day - timedelta(days=last)))
        return SQL(" AND ").join(tests)

    def _opened(self, customer_id, chosen):
        """The report that explains a row: the customer's open invoices of that day."""
        return {
            "report": "open_invoices",
            "chosen": {
                **self._written(chosen),
                "customer_id": customer_id,
            },
        }


class BmasiaReportOpenInvoices(models.AbstractModel):
    """The invoices that are open at the end of a day, one row each."""

    _name = "bmasia.report.open_invoices"
    _description = "Open Invoices"
    _inherit = ["bmasia.report", "bmasia.report.facts.mixin"]

    _title = _lt("Open invoices")
    _asks = ("date", "customer_id")
    _prints_landscape = True

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("name", _("Invoice")),
            Column("customer", _("Company")),
            Column("issue_date", _("Date"), "date"),
            Column("due_date", _("Due"), "date"),
            Column("days", _("Days late"), "number"),
            Column("amount_total", _("Total"), "money"),
            Column("open", _("Still due"), "money"),
        ]

    def _report_rows(self, chosen):
        rows = self._fetched(
            SQL(
                "SELECT i.id, i.name, c.name AS customer, i.issue_date, i.due_date,"
                " i.amount_total, o.open, k.name AS currency,"
                " GREATEST(%s - i.due_date, 0) AS days"
                " FROM (%s) o JOIN bmasia_invoice i ON i.id = o.invoice_id"
                " JOIN bmasia_company c ON c.id = i.customer_id"
                " JOIN res_currency k ON k.id = i.currency_id"
                " WHERE o.open > 0"
                " ORDER BY lower(c.name), c.id, i.due_date, i.id",
                chosen.last,
                self._open_items(chosen.entity, chosen.last, chosen.customer),
            )
        )
        for row in rows:
            row["_open"] = {"model": "bmasia.invoice", "id": row["id"]}
        return rows
