from odoo import models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..models.bmasia_vat_return import VALUES
from ..tools import money
from ..tools.report_table import Column
from .bmasia_report_baht import BUYER

_lt = LazyTranslate(__name__)
SUMS = SQL(
    "COALESCE(SUM(base) FILTER (WHERE rate > 0), 0) AS taxed,"
    " COALESCE(SUM(base) FILTER (WHERE rate = 0"
    "  AND COALESCE(category, 'zero') IN ('standard', 'zero')), 0) AS zero,"
    " COALESCE(SUM(base) FILTER (WHERE category = 'exempt'), 0) AS exempt,"
    " COALESCE(SUM(tax), 0) AS tax"
)


class BmasiaReportTaxDocuments(models.AbstractModel):
    """The tax invoices and credit notes of an entity, by their tax point.

    A receipt is the tax invoice of a service (Thai Revenue Code, section 78/1), an
    invoice that of goods, or of a service whose tax invoice was asked for earlier
    (section 78); a credit note takes away in the month in which it is issued (section
    82/10). What is zero-rated (section 80/1) and what is exempt (section 81) stand
    apart from what is taxed; what is outside of VAT is not there.

    Amounts of a Thai entity are in baht (section 79/4), at the rate that is printed on
    the document; of one of before there were such, at the rate of its day.
    """

    _name = "bmasia.report.tax.documents.mixin"
    _description = "Tax Documents of a Period"
    _inherit = ["bmasia.report.baht.mixin"]

    def _tax_documents(self, company, first, last):
        """The documents whose tax point is in a period, in order.

        :returns: dicts with ``model``, ``id``, ``date``, ``name``, ``buyer``, ``vat``,
            ``branch``, ``is_void``, ``currency`` and, by ``VALUES``, amounts; none
            where no rate is known
        :rtype: list[dict]
        """
        rows = self._fetched(
            SQL(
                "SELECT t.model, t.id, t.date, t.name, t.buyer, t.vat, t.branch,"
                " t.is_void, t.currency, %s FROM (%s UNION ALL %s) t"
                ' ORDER BY t.date, t.number_key COLLATE "C", t.id',
                self._amounts(),
                self._receipts(company, first, last),
                self._invoices(company, first, last),
            )
        )
        for row in rows:
            row["_open"] = {"model": row["model"], "id": row["id"]}
        return rows

    def _value_columns(self):
        _ = self.env._
        labels = (_("Taxed"), _("Zero-rated"), _("Exempt"), _("VAT"))
        return [
            Column(name, label, "money")
            for name, label in zip(VALUES, labels, strict=True)
        ]

    def _amounts(self):
        """Value by kind and tax, each rounded so that the values sum to the whole."""
        sums = (
            SQL("t.taxed"),
            SQL("t.taxed + t.zero"),
            SQL("t.taxed + t.zero + t.exempt"),
        )
        upto = [SQL("ROUND((%s) * t.rate, t.digits)", each) for each in sums]
        parts = [
            upto[0],
            *(SQL("%s - %s", *pair) for pair in zip(upto[1:], upto[:-1], strict=True)),
        ]
        parts.append(SQL("ROUND(t.tax * t.rate, t.digits)"))
        return SQL(", ").join(
            SQL("t.sign * (%s) AS %s", part, SQL.identifier(name))
            for part, name in zip(parts, VALUES, strict=True)
        )

    def _receipts(self, company, first, last):
        return self._of_model(
            company,
            "bmasia.receipt",
            day=SQL("COALESCE(d.tax_point, d.date)"),
            counts=SQL("d.state <> 'voided'"),
            sign=SQL("1"),
            parts=SQL("SELECT * FROM %s", self._stored("d.tax_base")),
            condition=SQL(
                "d.is_tax_invoice AND COALESCE(d.tax_point, d.date) BETWEEN %s AND %s",
                first,
                last,
            ),
        )

    def _invoices(self, company, first, last):
        """Of a tax invoice what it declares, which leaves out what its advances have
        declared already; a credit note takes away.
        """
        return self._of_model(
            company,
            "bmasia.invoice",
            day=SQL("d.issue_date"),
            counts=SQL("d.state <> 'cancelled'"),
            sign=SQL("CASE d.kind WHEN 'invoice' THEN 1 ELSE -1 END"),
            parts=SQL(
                "SELECT * FROM %s UNION ALL"
                " SELECT l.tax_category, l.tax_rate, l.amount_untaxed, l.amount_tax"
                " FROM bmasia_invoice_line l WHERE l.invoice_id = d.id"
                " AND l.display_type IS NULL AND d.tax_declared IS NULL",
                self._stored("d.tax_declared"),
            ),
            condition=SQL(
                "d.issue_date BETWEEN %s AND %s AND d.state <> 'draft'"
                " AND (d.kind = 'invoice' AND d.is_tax_invoice"
                "  OR d.kind = 'credit_note' AND (%s OR d.amount_tax <> 0))",
                first,
                last,
                bool(company.tax_rate),
            ),
        )

    def _stored(self, column):
        """Base and tax by category and rate, as a document stores them."""
        return SQL(
            "jsonb_to_recordset(CASE jsonb_typeof(%(rows)s) WHEN 'array' THEN %(rows)s"
            " ELSE '[]' END) AS"
            " stored (category text, rate numeric, base numeric, tax numeric)",
            rows=SQL.identifier(*column.split(".")),
        )

    def _of_model(self, company, model, *, day, counts, sign, parts, condition):
        return SQL(
            "SELECT %(model)s AS model, d.id, %(day)s AS date, d.name, d.number_key,"
            " %(buyer)s, NOT (%(counts)s) AS is_void, %(sign)s AS sign, %(currency)s,"
            " %(rate)s AS rate, %(digits)s AS digits, p.taxed, p.zero, p.exempt, p.tax"
            " FROM %(table)s d JOIN bmasia_company c ON c.id = d.customer_id"
            " JOIN res_currency k ON k.id = d.currency_id"
            " CROSS JOIN LATERAL (SELECT %(sums)s FROM (%(parts)s)"
            "  AS part (category, rate, base, tax) WHERE %(counts)s) p"
            " WHERE d.company_id = %(company)s AND d.name IS NOT NULL"
            "  AND %(condition)s",
            model=model,
            day=day,
            buyer=BUYER,
            counts=counts,
            sign=sign,
            currency=self._currency_in(company),
            rate=self._rate_in(company, SQL("d.thb_rate"), day),
            digits=self._digits_in(company),
            table=SQL.identifier(self.env[model]._table),
            sums=SUMS,
            parts=parts,
            company=company.id,
            condition=condition,
        )


class BmasiaReportVat(models.AbstractModel):
    """The VAT sales report of a month (Thai Revenue Code, section 87).

    The Director-General's notification on VAT no. 89 says what it lists: date and
    number of each tax document, buyer, the buyer's tax id and establishment, value and
    tax; zero-rated and exempt sales apart, as the return asks for them. A document that
    was voided stays, at zero. Once the month is filed, it says what was filed; what
    changes later is in *VAT: additional filing*.
    """

    _name = "bmasia.report.vat"
    _description = "VAT Sales Report"
    _inherit = ["bmasia.report.tax.documents.mixin", "bmasia.report"]

    _title = _lt("VAT sales report")
    _help = _lt(
        "Tax invoices and credit notes by their tax point; void ones at zero. Once it "
        "is marked as filed it stays, and later changes are in VAT: additional filing."
    )
    _asks = ("month",)
    _prints_landscape = True
    _buttons = {"file": (_lt("Mark as filed"), _lt("Freeze this month as it is now?"))}

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("number", _("No."), "number"),
            Column("date", _("Date"), "date"),
            Column("name", _("Number")),
            Column("buyer", _("Buyer")),
            Column("vat", _("Tax ID")),
            Column("branch", _("Establishment")),
            *self._value_columns(),
            Column("status", _("Status")),
        ]

    def _facts(self, chosen):
        filed = self._filed(chosen)
        company = chosen.company
        facts = [
            (self.env._("Tax ID"), company.vat or ""),
            (self.env._("Establishment"), company.legal_branch or ""),
        ]
        if filed:
            facts.append((self.env._("Filed"), self._day(filed.filed_date)))
        return facts

    def _filed(self, chosen):
        return self.env["bmasia.vat.return"]._of_month(chosen.company, chosen.first)

    def _report_rows(self, chosen):
        filed = self._filed(chosen)
        rows = (
            filed._rows_as_filed()
            if filed
            else self._tax_documents(chosen.company, chosen.first, chosen.last)
        )
        for number, row in enumerate(rows, 1):
            row["number"] = number
            row["status"] = self.env._("Voided") if row["is_void"] else ""
        self._note_unknown(rows, "tax")
        return rows

    def _may(self, button, chosen):
        return not self._filed(chosen) and chosen.last < chosen.company._today()

    def _do_file(self, chosen):
        self.env["bmasia.vat.return"]._file(chosen)


class BmasiaReportVatChanges(models.AbstractModel):
    """What differs now from the VAT sales reports that were filed.

    A document of a filed month that was voided, or one that came to be dated into it,
    belongs to an additional filing of that month (Thai Revenue Code, section 83/4).
    """

    _name = "bmasia.report.vat_changes"
    _description = "VAT: Additional Filing"
    _inherit = ["bmasia.report.tax.documents.mixin", "bmasia.report"]

    _title = _lt("VAT: additional filing")
    _help = _lt("What changed in months after they were filed, by document.")
    _nothing = _lt("Nothing changed after it was filed")
    _nothing_hint = _lt("There is nothing to file in addition for these months.")
    _asks = ("date_from", "date_to")
    _prints_landscape = True

    def _default_days(self, today):
        return today.replace(month=1, day=1), today

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("month", _("Month")),
            Column("date", _("Date"), "date"),
            Column("name", _("Number")),
            Column("buyer", _("Buyer")),
            Column("vat", _("Tax ID")),
            Column("branch", _("Establishment")),
            *self._value_columns(),
            Column("why", _("Why")),
        ]

    def _report_rows(self, chosen):
        rows = []
        for filed in self.env["bmasia.vat.return"]._of_period(chosen):
            now = self._tax_documents(chosen.company, *filed._days())
            rows += self._differences(filed, now)
        return rows

    def _differences(self, filed, now):
        before = {(r["model"], r["id"]): r for r in filed._rows_as_filed()}
        after = {(r["model"], r["id"]): r for r in now}
        for key in [*after, *(before.keys() - after.keys())]:
            old, new = before.get(key), after.get(key)
            change = self._change(old, new)
            if not old or not new or any(change[name] for name in VALUES):
                yield {
                    **(new or old),
                    **change,
                    "month": self._day(filed.month).split(" ", 1)[1],
                }

    def _change(self, old, new):
        change = {
            name: money.subtract(
                *(row[name] or 0.0 if row else 0.0 for row in (new, old))
            )
            for name in VALUES
        }
        if not old:
            why = self.env._("New since the filing")
        elif not new:
            why = self.env._("No longer in this month")
        else:
            why = self.env._("Voided") if new["is_void"] else self.env._("Changed")
        return {**change, "why": why}
