"""Lists of the documents of a period, as they are handed in."""

from odoo import models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..tools.report_table import Column
from .bmasia_report_baht import BUYER

_lt = LazyTranslate(__name__)


class BmasiaReportReceipts(models.AbstractModel):
    """Every receipt of a period; a void one at zero, with its number."""

    _name = "bmasia.report.receipts"
    _description = "Register of Receipts"
    _inherit = ["bmasia.report"]

    _title = _lt("Register of receipts")
    _asks = ("date_from", "date_to", "customer_id")
    _prints_landscape = True

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("date", _("Date"), "date"),
            Column("name", _("Number")),
            Column("buyer", _("Received from")),
            Column("amount_untaxed", _("Net"), "money"),
            Column("amount_tax", _("VAT"), "money"),
            Column("amount_total", _("Total"), "money"),
            Column("withholding_amount", _("Withheld"), "money"),
            Column("charges", _("Charges, rounding"), "money"),
            Column("amount_received", _("Received"), "money"),
            Column("status", _("Status")),
        ]

    def _report_rows(self, chosen):
        of_customer = SQL()
        if chosen.customer:
            of_customer = SQL(" AND d.customer_id = %s", chosen.customer.id)
        rows = self._fetched(
            SQL(
                "SELECT d.id, d.date, d.name, d.state, %s, %s, k.name AS currency"
                " FROM bmasia_receipt d JOIN bmasia_company c ON c.id = d.customer_id"
                " JOIN res_currency k ON k.id = d.currency_id"
                " WHERE d.company_id = %s AND d.date BETWEEN %s AND %s%s"
                " ORDER BY d.date, d.id",
                BUYER,
                self._counted(),
                chosen.entity,
                chosen.first,
                chosen.last,
                of_customer,
            )
        )
        states = dict(
            self.env["bmasia.receipt"]._fields["state"]._description_selection(self.env)
        )
        for row in rows:
            row["status"] = states[row["state"]] if row["state"] == "voided" else ""
            row["_open"] = {"model": "bmasia.receipt", "id": row["id"]}
        return rows

    def _counted(self):
        """The amounts; none of a void receipt."""
        amounts = {
            name: SQL("d.%s", SQL.identifier(name))
            for name in ("amount_untaxed", "amount_tax", "amount_total")
        }
        amounts["withholding_amount"] = SQL("d.withholding_amount")
        amounts["charges"] = SQL("COALESCE(d.bank_charge, 0) + COALESCE(d.rounding, 0)")
        amounts["amount_received"] = SQL("d.amount_received")
        return SQL(", ").join(
            SQL(
                "CASE d.state WHEN 'issued' THEN COALESCE(%s, 0) ELSE 0 END AS %s",
                amount,
                SQL.identifier(name),
            )
            for name, amount in amounts.items()
        )


class BmasiaReportCreditNotes(models.AbstractModel):
    """Every credit note of a period, with the invoice that it takes from.

    An adjustment has no VAT: what it takes back was never taxed.
    """

    _name = "bmasia.report.credit_notes"
    _description = "Register of Credit Notes"
    _inherit = ["bmasia.report"]

    _title = _lt("Register of credit notes")
    _asks = ("date_from", "date_to", "customer_id")
    _prints_landscape = True

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("date", _("Date"), "date"),
            Column("name", _("Number")),
            Column("buyer", _("Company")),
            Column("original", _("Of")),
            Column("original_date", _("Dated"), "date"),
            Column("kind_label", _("Kind")),
            Column("amount_untaxed", _("Net"), "money"),
            Column("amount_tax", _("VAT"), "money"),
            Column("amount_total", _("Total"), "money"),
            Column("reason", _("Reason")),
        ]

    def _report_rows(self, chosen):
        of_customer = SQL()
        if chosen.customer:
            of_customer = SQL(" AND d.customer_id = %s", chosen.customer.id)
        rows = self._fetched(
            SQL(
                "SELECT d.id, d.issue_date AS date, d.name, d.kind, %s,"
                " COALESCE(o.name, r.name) AS original,"
                " COALESCE(o.issue_date, r.date) AS original_date,"
                " d.credit_reason AS reason, CASE d.kind WHEN 'adjustment'"
                "  THEN d.amount_total ELSE d.amount_untaxed END AS amount_untaxed,"
                " CASE d.kind WHEN 'adjustment' THEN 0 ELSE d.amount_tax END"
                "  AS amount_tax,"
                " d.amount_total, k.name AS currency FROM bmasia_invoice d"
                " LEFT JOIN bmasia_invoice o ON o.id = d.reversed_id"
                " LEFT JOIN bmasia_payment_allocation a ON a.id = d.advance_id"
                " LEFT JOIN bmasia_receipt r ON r.id = a.receipt_id"
                " JOIN bmasia_company c ON c.id = d.customer_id"
                " JOIN res_currency k ON k.id = d.currency_id"
                " WHERE d.company_id = %s AND d.issue_date BETWEEN %s AND %s"
                " AND d.state IN ('issued', 'paid', 'credited')"
                " AND COALESCE(o.id, a.id) IS NOT NULL%s"
                " ORDER BY d.issue_date, d.id",
                BUYER,
                chosen.entity,
                chosen.first,
                chosen.last,
                of_customer,
            )
        )
        kinds = dict(
            self.env["bmasia.invoice"]._fields["kind"]._description_selection(self.env)
        )
        for row in rows:
            row["kind_label"] = kinds[row["kind"]]
            row["_open"] = {"model": "bmasia.invoice", "id": row["id"]}
        return rows


class BmasiaReportWithholding(models.AbstractModel):
    """Tax that customers withheld in a period, and whether its certificate is there.

    Section 50 bis of the Thai Revenue Code: who withholds gives a certificate; it is
    what the tax is set off with. Of a Thai entity it is baht, at the receipt's rate.
    """

    _name = "bmasia.report.withholding"
    _description = "Register of Withheld Tax"
    _inherit = ["bmasia.report.baht.mixin", "bmasia.report"]

    _title = _lt("Register of withheld tax")
    _asks = ("date_from", "date_to", "customer_id")
    _prints_landscape = True

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("date", _("Date"), "date"),
            Column("receipt", _("Receipt")),
            Column("buyer", _("Withheld by")),
            Column("vat", _("Tax ID")),
            Column("amount_untaxed", _("Net"), "money"),
            Column("rate", _("Rate %"), "number"),
            Column("withholding_amount", _("Withheld"), "money"),
            Column("certificate", _("Certificate")),
            Column("certificate_date", _("Of"), "date"),
            Column("status", _("Status")),
        ]

    def _report_rows(self, chosen):
        of_customer = SQL()
        if chosen.customer:
            of_customer = SQL(" AND a.customer_id = %s", chosen.customer.id)
        rate = self._rate_in(chosen.company, SQL("d.thb_rate"), SQL("a.date"))
        digits = self._digits_in(chosen.company)
        rows = self._fetched(
            SQL(
                "SELECT a.id, a.date, d.id AS receipt_id, d.name AS receipt, %s,"
                " ROUND(%s * %s, %s) AS amount_untaxed,"
                " ROUND(a.withholding_amount * %s, %s) AS withholding_amount, %s,"
                " ROUND(100 * a.withholding_amount / NULLIF(a.amount_untaxed, 0), 2)"
                "  AS rate, w.number AS certificate, w.date AS certificate_date,"
                " w.state FROM bmasia_payment_allocation a"
                " JOIN bmasia_company c ON c.id = a.customer_id"
                " JOIN res_currency k ON k.id = a.currency_id"
                " LEFT JOIN bmasia_receipt d ON d.id = a.receipt_id"
                " LEFT JOIN bmasia_withholding_certificate w"
                "  ON w.id = a.certificate_id"
                " LEFT JOIN bmasia_payment p ON p.id = a.payment_id"
                " WHERE a.company_id = %s AND a.date BETWEEN %s AND %s"
                " AND a.state = 'valid' AND a.withholding_amount <> 0"
                " AND p.direction IS DISTINCT FROM 'out'%s"
                " ORDER BY a.date, a.id",
                BUYER,
                *(
                    SQL("COALESCE(NULLIF(a.amount_untaxed, 0), a.settled)"),
                    rate,
                    digits,
                ),
                *(rate, digits, self._currency_in(chosen.company)),
                chosen.entity,
                chosen.first,
                chosen.last,
                of_customer,
            )
        )
        _ = self.env._
        for row in rows:
            is_there = row["state"] == "received"
            row["status"] = _("Received") if is_there else _("Owed")
            row["_open"] = {"model": "bmasia.receipt", "id": row["receipt_id"]}
        self._note_unknown(rows, "withholding_amount")
        return rows
