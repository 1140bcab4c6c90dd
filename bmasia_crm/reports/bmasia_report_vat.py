from odoo import models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..tools import money
from ..tools.report_table import Column

_lt = LazyTranslate(__name__)


class BmasiaReportTaxDocuments(models.AbstractModel):
    """The tax invoices and credit notes of an entity, by their tax point.

    A receipt is the tax invoice of a service (Thai Revenue Code, section 78/1), an
    invoice that of goods, or of a service whose tax invoice was asked for earlier
    (section 78(1)); a credit note takes away in the month in which it is issued
    (section 82/10). Amounts are in the entity's currency, if the document tells them.
    """

    _name = "bmasia.report.tax.documents.mixin"
    _description = "Tax Documents of a Period"

    def _tax_documents(self, company, first, last):
        """The documents whose tax point is in a period, in order.

        :returns: dicts with ``model``, ``id``, ``date``, ``name``, ``buyer``, ``vat``,
            ``branch``, ``value``, ``tax``, ``is_void``, ``currency``
        :rtype: list[dict]
        """
        receipts = self._of_model(
            "bmasia.receipt",
            SQL("COALESCE(d.tax_point, d.date)"),
            SQL("d.state = 'voided'"),
            SQL("d.is_tax_invoice"),
            self._told(),
        )
        invoices = self._of_model(
            "bmasia.invoice",
            SQL("d.issue_date"),
            SQL("d.state = 'cancelled'"),
            self._invoices_with_tax(company),
            self._told_by_invoices(),
        )
        rows = self._fetched(
            SQL(
                "SELECT * FROM (%s UNION ALL %s) t"
                " WHERE t.company_id = %s AND t.date BETWEEN %s AND %s"
                ' ORDER BY t.date, t.name COLLATE "C", t.id',
                receipts,
                invoices,
                company.id,
                first,
                last,
            )
        )
        for row in rows:
            row["_open"] = {"model": row["model"], "id": row["id"]}
        return rows

    def _of_model(self, model, day, is_void, condition, told):
        value, tax = (
            SQL("CASE WHEN %s THEN 0 ELSE %s END", is_void, amount) for amount in told
        )
        return SQL(
            "SELECT %(model)s AS model, d.id, d.company_id, %(day)s AS date, d.name,"
            " COALESCE(d.customer_snapshot ->> 'name', c.legal_name, c.name) AS buyer,"
            " COALESCE(d.customer_snapshot ->> 'vat', c.vat) AS vat,"
            " COALESCE(d.customer_snapshot ->> 'branch', c.branch) AS branch,"
            " %(value)s AS value, %(tax)s AS tax, %(is_void)s AS is_void,"
            " CASE WHEN d.amount_untaxed_thb <> 0 THEN 'THB' ELSE k.name END"
            "  AS currency"
            " FROM %(table)s d JOIN bmasia_company c ON c.id = d.customer_id"
            " JOIN res_currency k ON k.id = d.currency_id"
            " WHERE d.name IS NOT NULL AND %(condition)s",
            model=model,
            day=day,
            value=value,
            tax=tax,
            is_void=is_void,
            table=SQL.identifier(self.env[model]._table),
            condition=condition,
        )

    def _told(self):
        """Value and tax of a document, as SQL."""
        names = ("amount_untaxed", "amount_tax")
        return tuple(self._own_currency(name) for name in names)

    def _told_by_invoices(self):
        """Of a tax invoice what it declares, which leaves out what its advances have
        declared already; a credit note takes away."""
        return tuple(
            SQL(
                "CASE WHEN d.kind <> 'invoice' THEN -%(whole)s"
                " WHEN d.tax_declared IS NULL THEN %(whole)s"
                " ELSE ROUND((%(declared)s) * COALESCE(%(whole)s / NULLIF(%(own)s, 0),"
                " 1), 2) END",
                whole=whole,
                own=SQL.identifier("d", name),
                declared=SQL(
                    "SELECT COALESCE(SUM((e ->> %s)::numeric), 0)"
                    " FROM jsonb_array_elements(d.tax_declared) e",
                    key,
                ),
            )
            for whole, name, key in zip(
                self._told(),
                ("amount_untaxed", "amount_tax"),
                ("base", "tax"),
                strict=True,
            )
        )

    def _own_currency(self, name):
        """An amount in the entity's currency: of a document in another one, what it
        tells at the rate that is printed on it."""
        return SQL(
            "COALESCE(NULLIF(%s, 0)::numeric, %s)",
            SQL.identifier("d", f"{name}_thb"),
            SQL.identifier("d", name),
        )

    def _invoices_with_tax(self, company):
        """Which invoices and credit notes are tax documents themselves."""
        return SQL(
            "d.state <> 'draft' AND (d.kind = 'invoice' AND d.is_tax_invoice"
            " OR d.kind = 'credit_note' AND (%s OR d.amount_tax <> 0))",
            bool(company.tax_rate),
        )


class BmasiaReportVat(models.AbstractModel):
    """The VAT sales report of a month (Thai Revenue Code, section 87).

    The Director-General's notification on VAT no. 89 says what it lists: date and
    number of each tax document, buyer, the buyer's tax id and establishment, value and
    tax. A document that was voided stays, at zero. Once the month is filed, it says
    what was filed; what changes later is in *VAT: additional filing*.
    """

    _name = "bmasia.report.vat"
    _description = "VAT Sales Report"
    _inherit = ["bmasia.report", "bmasia.report.tax.documents.mixin"]

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
            Column("value", _("Value"), "money"),
            Column("tax", _("VAT"), "money"),
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
    _inherit = ["bmasia.report", "bmasia.report.tax.documents.mixin"]

    _title = _lt("VAT: additional filing")
    _help = _lt("What changed in months after they were filed, by document.")
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
            Column("value", _("Value"), "money"),
            Column("tax", _("VAT"), "money"),
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
            if change["value"] or change["tax"] or not old or not new:
                yield {
                    **(new or old),
                    **change,
                    "month": self._day(filed.month).split(" ", 1)[1],
                }

    def _change(self, old, new):
        value, tax = (
            money.subtract(new[name] if new else 0.0, old[name] if old else 0.0)
            for name in ("value", "tax")
        )
        if not old:
            why = self.env._("New since the filing")
        elif not new:
            why = self.env._("No longer in this month")
        else:
            why = self.env._("Voided") if new["is_void"] else self.env._("Changed")
        return {"value": value, "tax": tax, "why": why}
