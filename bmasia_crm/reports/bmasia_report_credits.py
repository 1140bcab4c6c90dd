from odoo import models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..tools.report_table import Column

_lt = LazyTranslate(__name__)


class BmasiaReportCredits(models.AbstractModel):
    """What we owe customers at the end of a day: money not used, refunds due."""

    _name = "bmasia.report.credits"
    _description = "Credits and Refunds"
    _inherit = ["bmasia.report", "bmasia.report.facts.mixin"]

    _title = _lt("Credits and refunds")
    _help = _lt(
        "Money on account that no invoice has used, advances that no invoice has "
        "deducted, and what was paid and credited afterwards and is to be paid back."
    )
    _nothing = _lt("No credit is open")
    _nothing_hint = _lt("Money that no invoice has used would be listed here.")
    _asks = ("date",)

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("customer", _("Company")),
            Column("kind", _("What")),
            Column("name", _("Of")),
            Column("day", _("Since"), "date"),
            Column("amount", _("Amount"), "money"),
        ]

    def _report_rows(self, chosen):
        rows = self._fetched(
            SQL(
                "SELECT c.name AS customer, m.*, k.name AS currency FROM (%s) m"
                " JOIN bmasia_company c ON c.id = m.customer_id"
                " JOIN res_currency k ON k.id = m.currency_id"
                " ORDER BY lower(c.name), c.id, m.day, m.res_id",
                SQL(" UNION ALL ").join([self._money(chosen), self._refunds(chosen)]),
            )
        )
        _ = self.env._
        words = {
            "credit": _("On account"),
            "advance": _("Advance"),
            "refund": _("To refund"),
        }
        for row in rows:
            row["kind"] = words[row["what"]]
            row["_open"] = {"model": row["model"], "id": row["res_id"]}
        return rows

    def _money(self, chosen):
        return SQL(
            "SELECT c.what, 'bmasia.payment' AS model, c.payment_id AS res_id,"
            " c.customer_id, c.currency_id, c.day, c.amount,"
            " COALESCE((SELECT string_agg(r.name, ', ' ORDER BY r.id)"
            "  FROM bmasia_receipt r WHERE r.payment_id = p.id), p.reference) AS name"
            " FROM (%s) c JOIN bmasia_payment p ON p.id = c.payment_id",
            self._credits(chosen.entity, chosen.last),
        )

    def _refunds(self, chosen):
        advances = SQL(
            "SELECT 'refund', 'bmasia.invoice', n.id, n.customer_id, n.currency_id,"
            " n.issue_date, n.amount_total - COALESCE((SELECT SUM(a.settled)"
            "  FROM bmasia_payment_allocation a WHERE n.id ="
            "  COALESCE(a.credit_note_id, a.invoice_id) AND %s), 0) AS amount, n.name"
            " FROM bmasia_invoice n WHERE %s AND n.advance_id IS NOT NULL"
            " AND n.state IN ('issued', 'paid', 'credited') AND n.issue_date <= %s",
            self._valid_on("a", chosen.last),
            self._of("n", chosen.entity),
            chosen.last,
        )
        return SQL(
            "%s UNION ALL SELECT * FROM (%s) r WHERE r.amount <> 0",
            self._credited(chosen),
            advances,
        )

    def _credited(self, chosen):
        return SQL(
            "SELECT 'refund', 'bmasia.invoice', i.id, i.customer_id, i.currency_id,"
            " i.issue_date, -o.open, i.name FROM (%s) o"
            " JOIN bmasia_invoice i ON i.id = o.invoice_id WHERE o.open < 0",
            self._open_items(chosen.entity, chosen.last),
        )
