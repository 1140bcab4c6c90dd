from datetime import timedelta

from odoo import models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..tools.report_table import Column
from .bmasia_report_facts import COUNTED

_lt = LazyTranslate(__name__)


class BmasiaReportDeferral(models.AbstractModel):
    """What of each invoice is not earned yet on a day.

    Recurring lines are earned over the service period of their invoice, by its days or,
    if the entity wants that, by its calendar months, of which each counts from its
    first day. Single lines, and invoices without a period, are earned on their date. An
    invoice of several periods has the lines of each spread over that.

    What was cancelled is no revenue of any month, as in the lists of invoices.

    A credit note takes from what is not earned yet first: when a contract ends early,
    nothing is deferred after the credit. One that names another period than its invoice
    is spread over its own.
    """

    _name = "bmasia.report.deferral.mixin"
    _description = "Deferred Revenue"

    def _deferred(self, company, days):
        """What is deferred of each invoice that is spread, on several days, for each of
        its periods.

        Columns: ``invoice_id``, ``currency_id``, ``day``, ``deferred``.

        :param company: ``res.company``
        :param list days: the days, at whose end it is asked
        :rtype: odoo.tools.SQL
        """
        return SQL(
            "WITH asked AS (SELECT unnest(%(days)s::date[]) AS day),"
            " spread AS (%(spread)s), credited AS (%(credited)s),"
            " taken AS (SELECT s.invoice_id, s.first, s.last, a.day,"
            "   SUM(c.net * s.whole / NULLIF(%(left_then)s, 0)) AS net"
            "   FROM spread s JOIN credited c"
            "    ON c.invoice_id = s.invoice_id"
            "    AND c.first = s.first AND c.last = s.last"
            "   JOIN asked a ON c.day <= a.day"
            "   GROUP BY s.invoice_id, s.first, s.last, a.day)"
            # in whole cents, and decimals only where something was credited: there are
            # as many rows as invoices times months
            " SELECT s.invoice_id, s.currency_id, a.day, s.sign * s.cent"
            "  * CASE WHEN t.net IS NULL"
            "   THEN (2 * s.cents * %(left_now)s + s.whole) / (2 * s.whole)"
            "   ELSE ROUND(GREATEST(s.net - t.net, 0) * %(left_now)s"
            "    / (s.whole * s.cent)) END AS deferred"
            " FROM spread s JOIN asked a ON s.day <= a.day AND s.last > a.day"
            " LEFT JOIN taken t ON t.invoice_id = s.invoice_id AND t.day = a.day"
            "  AND t.first = s.first AND t.last = s.last",
            days=days,
            spread=self._spread(company, days),
            credited=self._credited(company),
            left_then=self._left(company, SQL("c.day")),
            left_now=self._left(company, SQL("a.day")),
        )

    def _spread(self, company, days):
        """The invoices whose revenue is spread, and credit notes with a period of
        their own; ``whole`` has the days, or months, of the period.
        """
        return SQL(
            "SELECT s.*, 10::numeric ^ -s.digits AS cent,"
            " (s.net * 10::numeric ^ s.digits)::bigint AS cents, %s AS whole FROM ("
            "SELECT i.id AS invoice_id, i.issue_date AS day,"
            " COALESCE(l.period_start, i.period_start) AS first,"
            " COALESCE(l.period_end, i.period_end) AS last,"
            " SUM(l.amount_untaxed) AS net, k.decimal_places AS digits,"
            " i.currency_id, CASE i.kind WHEN 'invoice' THEN 1 ELSE -1 END AS sign"
            " FROM bmasia_invoice i"
            " JOIN bmasia_invoice_line l ON l.invoice_id = i.id"
            # what credits a part of a line is a single line
            " LEFT JOIN bmasia_invoice_line r ON r.id = l.reversed_line_id"
            " JOIN res_currency k ON k.id = i.currency_id"
            " LEFT JOIN bmasia_invoice o ON o.id = i.reversed_id"
            "  AND o.company_id = i.company_id AND o.issue_date IS NOT NULL"
            " WHERE i.company_id = %s AND i.state IN %s"
            " AND COALESCE(r.kind, l.kind) = 'recurring'"
            " AND i.issue_date <= %s AND i.period_end > %s"
            " AND i.issue_date IS NOT NULL AND i.period_end > i.issue_date"
            " AND i.period_start IS NOT NULL"
            " AND i.kind <> 'proforma'"
            " AND (i.kind = 'invoice' OR (i.period_start,"
            " i.period_end) IS DISTINCT FROM (o.period_start, o.period_end))"
            " GROUP BY i.id, COALESCE(l.period_start, i.period_start),"
            " COALESCE(l.period_end, i.period_end), k.decimal_places) s",
            *(self._whole(company), company.id, COUNTED),
            *(max(days), min(days)),
        )

    def _credited(self, company):
        """Credit notes that take from the periods of their invoice."""
        return SQL(
            "SELECT n.reversed_id AS invoice_id, n.issue_date AS day,"
            " COALESCE(r.period_start, o.period_start) AS first,"
            " COALESCE(r.period_end, o.period_end) AS last,"
            " COALESCE(SUM(l.amount_untaxed) FILTER (WHERE"
            "  COALESCE(r.kind, l.kind) = 'recurring'), 0) AS net FROM bmasia_invoice n"
            " JOIN bmasia_invoice o ON o.id = n.reversed_id"
            " JOIN bmasia_invoice_line l ON l.invoice_id = n.id"
            # a credit that became two documents has its parts as single lines
            " LEFT JOIN bmasia_invoice_line r ON r.id = l.reversed_line_id"
            " WHERE n.company_id = %s AND n.kind IN ('credit_note', 'adjustment')"
            " AND n.state IN %s AND (n.period_start, n.period_end)"
            "  IS NOT DISTINCT FROM (o.period_start, o.period_end)"
            " GROUP BY n.id, COALESCE(r.period_start, o.period_start),"
            " COALESCE(r.period_end, o.period_end)",
            *(company.id, COUNTED),
        )

    def _whole(self, company):
        """How many days, or months, the period of ``s`` has."""
        if company.revenue_spread == "month":
            after = SQL("(s.last + 1)")
            return SQL(
                "GREATEST(1, %(months)s"
                " + (EXTRACT(DAY FROM %(after)s) > EXTRACT(DAY FROM s.first))::int)",
                months=self._months_since(after),
                after=after,
            )
        return SQL("(s.last - s.first + 1)")

    def _left(self, company, day):
        """How many of these are to come after a day."""
        if company.revenue_spread == "month":
            return SQL("GREATEST(0, s.whole - (%s + 1))", self._months_since(day))
        return SQL("LEAST(s.last - %s, s.whole)", day)

    def _months_since(self, day):
        """How many times the month has changed since the first day of ``s``."""
        return SQL(
            "LEAST(GREATEST("
            " (EXTRACT(YEAR FROM %(day)s) - EXTRACT(YEAR FROM s.first)) * 12"
            " + EXTRACT(MONTH FROM %(day)s) - EXTRACT(MONTH FROM s.first),"
            " -1), 1200)::int",
            day=day,
        )


class BmasiaReportRevenue(models.AbstractModel):
    """What was invoiced, earned and deferred in each month."""

    _name = "bmasia.report.revenue"
    _description = "Revenue by Month"
    _inherit = ["bmasia.report", "bmasia.report.deferral.mixin"]

    _title = _lt("Revenue and deferred revenue")
    _help = _lt(
        "Invoiced is net, less credit notes. Recognised is what of it was earned in "
        "the month; deferred is what is invoiced for service to come, at the month's "
        "end."
    )
    _asks = ("date_from", "date_to")

    def _default_days(self, today):
        return today.replace(month=1, day=1), today

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("month", _("Month")),
            Column("invoiced", _("Invoiced"), "money"),
            Column("recognised", _("Recognised"), "money"),
            Column("deferred", _("Deferred at the end"), "money", total=False),
        ]

    def _facts(self, chosen):
        field = chosen.company._fields["revenue_spread"]
        label = dict(field._description_selection(self.env))
        return [(self.env._("Recognised"), label[chosen.company.revenue_spread])]

    def _report_rows(self, chosen):
        ends = self._months(chosen.first, chosen.last)
        start = ends[0].replace(day=1) - timedelta(days=1)
        deferred = self._deferred_by_currency(chosen.company, [start, *ends])
        invoiced = self._invoiced(chosen.company, start, ends[-1])
        rows = []
        for code in sorted({c for c, _day in deferred} | {c for c, _day in invoiced}):
            before = deferred.get((code, start), 0.0)
            for end in ends:
                after = deferred.get((code, end), 0.0)
                net = invoiced.get((code, end.replace(day=1)), 0.0)
                rows.append(
                    {
                        "month": self._month(end),
                        "invoiced": net,
                        "recognised": net + before - after,
                        "deferred": after,
                        "currency": code,
                        "_open": self._opened(chosen, end),
                    }
                )
                before = after
        return rows

    def _opened(self, chosen, day):
        asked = {"company_id": chosen.entity, "date": str(day)}
        return {"report": "deferred", "chosen": asked}

    def _deferred_by_currency(self, company, days):
        rows = self._fetched(
            SQL(
                "SELECT k.name, d.day, d.deferred FROM (SELECT currency_id, day,"
                "  SUM(deferred) AS deferred FROM (%s) one GROUP BY currency_id, day) d"
                " JOIN res_currency k ON k.id = d.currency_id",
                self._deferred(company, days),
            )
        )
        return {(row["name"], row["day"]): row["deferred"] for row in rows}

    def _invoiced(self, company, after, until):
        """Net by currency and month, as the lists of invoices add it up."""
        rows = self._fetched(
            SQL(
                "SELECT k.name, date_trunc('month', i.issue_date)::date AS day,"
                " SUM(i.amount_untaxed_signed) AS net FROM bmasia_invoice i"
                " JOIN res_currency k ON k.id = i.currency_id"
                " WHERE i.company_id = %s AND i.kind <> 'proforma' AND i.state IN %s"
                " AND i.issue_date > %s AND i.issue_date <= %s"
                " GROUP BY k.name, date_trunc('month', i.issue_date)",
                *(company.id, COUNTED, after, until),
            )
        )
        return {(row["name"], row["day"]): row["net"] for row in rows}


class BmasiaReportDeferred(models.AbstractModel):
    """The invoices of which something is not earned yet at the end of a day."""

    _name = "bmasia.report.deferred"
    _description = "Deferred Revenue by Invoice"
    _inherit = ["bmasia.report", "bmasia.report.deferral.mixin"]

    _title = _lt("Deferred revenue by invoice")
    _asks = ("date",)
    _prints_landscape = True

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("name", _("Invoice")),
            Column("customer", _("Company")),
            Column("issue_date", _("Date"), "date"),
            Column("period_start", _("Service from"), "date"),
            Column("period_end", _("Service until"), "date"),
            Column("net", _("Net"), "money"),
            Column("deferred", _("Deferred"), "money"),
        ]

    def _report_rows(self, chosen):
        rows = self._fetched(
            SQL(
                "SELECT i.id, i.name, c.name AS customer, i.issue_date, i.period_start,"
                " i.period_end, i.amount_untaxed_signed AS net, d.deferred,"
                " k.name AS currency FROM (SELECT invoice_id,"
                "  SUM(deferred) AS deferred FROM (%s) part GROUP BY invoice_id) d"
                " JOIN bmasia_invoice i ON i.id = d.invoice_id"
                " JOIN bmasia_company c ON c.id = i.customer_id"
                " JOIN res_currency k ON k.id = i.currency_id"
                " WHERE d.deferred <> 0 ORDER BY k.name, i.period_end, i.id",
                self._deferred(chosen.company, [chosen.last]),
            )
        )
        for row in rows:
            row["_open"] = {"model": "bmasia.invoice", "id": row["id"]}
        return rows
