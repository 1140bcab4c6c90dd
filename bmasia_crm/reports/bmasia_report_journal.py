from odoo import models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..tools.report_table import Column
from .bmasia_report_facts import RATE_CHANGES, TAKEN_BACK

_lt = LazyTranslate(__name__)

# The accounts of an entity (res.company), by what the lines say.
ACCOUNTS = (
    "receivable",
    "bank",
    "income",
    "vat_undue",
    "vat",
    "withholding",
    "charge",
    "rounding",
    "bad_debt",
    "advance",
)

# What stands on these is in the currency of the customer's money. QuickBooks has such
# an account of each currency; all others are in the entity's own.
OF_CURRENCY = ("receivable", "bank", "advance")


class BmasiaReportEntries(models.AbstractModel):
    """What happened, as entries of a journal: each fact once, on its day.

    - An invoice charges the receivables and credits income by product. Its VAT is
      *undue*: of a service it falls due with the payment (Thai Revenue Code, section
      78/1). That of a tax invoice is due at once.
    - Money is the customer's until it is used. Used, it settles the invoice; what was
      withheld, charged or rounded has an account each; the receipt moves the VAT from
      undue to due.
    - A credit note takes back what its invoice did: VAT that was due, or, of an
      adjustment, VAT that was not.
    - A write-off makes a bad debt of the net and takes back VAT that never fell due.
      Recovered money takes its part of the write-off back.
    - What is cancelled or voided is taken back on the day of that, never changed. An
      invoice that was issued anew is taken back on its own day: so its month stays.

    A fact has a key that stays, so that it is exported once.
    """

    _name = "bmasia.report.entries.mixin"
    _description = "Entries of a Journal"

    def _entry_lines(self, company):
        """All lines of all entries of an entity.

        Columns: ``key``, ``day``, ``what``, ``model``, ``res_id``, ``number``,
        ``customer_id``, ``currency_id``, ``account`` (of ``ACCOUNTS``), ``own`` (the
        product's own account, or null), ``amount`` (what is credited is negative).

        :rtype: odoo.tools.SQL
        """
        parts = SQL(" UNION ALL ").join(
            [
                *self._invoice_lines(company),
                *self._payment_lines(company),
                *self._use_lines(company),
                *self._write_off_lines(company),
                *self._rate_lines(company),
            ]
        )
        return SQL(
            "SELECT key, day, what, model, res_id, number, customer_id, currency_id,"
            " account, own, amount FROM %(lines)s UNION ALL"
            " SELECT key || ':void', taken_back, what || '_void', model, res_id,"
            " number, customer_id, currency_id, account, own, -amount"
            " FROM %(lines)s WHERE taken_back IS NOT NULL",
            # named twice, so that what is asked of an entry is asked of each table
            lines=SQL(
                "(%s) AS line (key, day, taken_back, what, model, res_id, number,"
                " customer_id, currency_id, account, own, amount)",
                parts,
            ),
        )

    def _new_keys(self, company, last):
        """The entries until a day that no export has had.

        :returns: their keys, and the first of their days
        :rtype: tuple[list[str], datetime.date]
        """
        rows = self._fetched(
            SQL(
                "SELECT e.key, e.day FROM (SELECT key, day FROM (%(heads)s) f UNION ALL"
                " SELECT key || ':void', taken_back FROM (%(heads)s) f) e"
                " WHERE e.day <= %(last)s AND NOT EXISTS (SELECT 1"
                "  FROM bmasia_journal_exported x WHERE x.company_id = %(company)s"
                "  AND x.key = e.key)",
                heads=SQL(" UNION ALL ").join(self._heads(company)),
                last=last,
                company=company.id,
            )
        )
        first = min((row["day"] for row in rows), default=last)
        return [row["key"] for row in rows], first

    def _heads(self, company):
        """What there are entries of, one query per table: ``key``, ``day``,
        ``taken_back``, of each that ``_entry_lines`` has lines of.
        """
        mine = SQL("company_id = %s", company.id)
        return [
            SQL(
                "SELECT 'invoice:' || id AS key, issue_date AS day, %s AS taken_back"
                " FROM bmasia_invoice i WHERE %s"
                " AND kind <> 'proforma' AND state <> 'draft'",
                *(TAKEN_BACK, mine),
            ),
            SQL(
                "SELECT 'payment:' || id, date, void_date FROM bmasia_payment"
                " WHERE %s AND state IN ('booked', 'voided')",
                mine,
            ),
            SQL(
                "SELECT 'use:' || id, date, voided_date FROM bmasia_payment_allocation"
                " WHERE %s AND state IN ('valid', 'voided') AND refund_id IS NULL",
                mine,
            ),
            SQL(
                "SELECT 'write_off:' || id, date, voided_date FROM bmasia_write_off"
                " WHERE %s",
                mine,
            ),
            SQL(
                "SELECT 'rate:' || i.id || ':' || r.date, r.date, NULL::date"
                " FROM bmasia_invoice i, %s WHERE i.company_id = %s",
                *(RATE_CHANGES, company.id),
            ),
        ]

    def _invoice_lines(self, company):
        head = SQL(
            "'invoice:' || i.id, i.issue_date, %s, i.kind,"
            " 'bmasia.invoice', i.id, i.name, i.customer_id, i.currency_id",
            TAKEN_BACK,
        )
        sign = SQL("CASE i.kind WHEN 'invoice' THEN 1 ELSE -1 END")
        counts = SQL(
            "i.company_id = %s AND i.kind <> 'proforma' AND i.state <> 'draft'"
            " AND i.issue_date IS NOT NULL",
            company.id,
        )
        return [
            SQL(
                "SELECT %s, 'receivable', NULL::varchar, %s * i.amount_total"
                " FROM bmasia_invoice i WHERE %s AND i.advance_id IS NULL",
                head,
                sign,
                counts,
            ),
            SQL(
                "SELECT %s, 'income', t.income_account, -%s * SUM(l.amount_untaxed)"
                " FROM bmasia_invoice i"
                " JOIN bmasia_invoice_line l ON l.invoice_id = i.id"
                " LEFT JOIN product_product p ON p.id = l.product_id"
                " LEFT JOIN product_template t ON t.id = p.product_tmpl_id"
                " WHERE %s AND i.advance_id IS NULL GROUP BY i.id, t.income_account",
                head,
                sign,
                counts,
            ),
            *(
                SQL(
                    "SELECT %(head)s, %(account)s, NULL, -%(sign)s * %(tax)s"
                    " FROM bmasia_invoice i WHERE %(counts)s AND %(tax)s <> 0",
                    head=head,
                    account=account,
                    sign=sign,
                    tax=tax,
                    counts=counts,
                )
                for account, tax in self._taxes()
            ),
        ]

    def _taxes(self):
        """The tax of an invoice that is due with it, and that which is due only with
        its payment; what advances have declared was moved then, and is moved back when
        one is given back."""
        declared = SQL(
            "CASE WHEN i.kind = 'credit_note' THEN i.amount_tax"
            " WHEN NOT COALESCE(i.is_tax_invoice, FALSE) THEN 0"
            " ELSE COALESCE((SELECT SUM((e ->> 'tax')::numeric)"
            "  FROM jsonb_array_elements(i.tax_declared) e), i.amount_tax) END"
        )
        return (
            ("vat", SQL("(%s)", declared)),
            (
                "vat_undue",
                SQL(
                    "(CASE WHEN i.advance_id IS NULL THEN i.amount_tax ELSE 0 END"
                    " - (%s))",
                    declared,
                ),
            ),
        )

    def _payment_lines(self, company):
        head = SQL(
            "'payment:' || p.id, p.date, p.void_date,"
            " CASE p.direction WHEN 'out' THEN 'refund' ELSE 'payment' END,"
            " 'bmasia.payment', p.id, p.reference, p.customer_id, p.currency_id"
        )
        sign = SQL("CASE p.direction WHEN 'out' THEN -1 ELSE 1 END")
        return [
            SQL(
                "SELECT %s, %s, NULL, %s * p.amount FROM bmasia_payment p"
                " WHERE p.company_id = %s AND p.state IN ('booked', 'voided')"
                " AND p.amount <> 0",
                head,
                account,
                SQL("%s * %s", way, sign),
                company.id,
            )
            for account, way in (("bank", SQL("1")), ("advance", SQL("-1")))
        ]

    def _use_lines(self, company):
        head = SQL(
            "'use:' || a.id, a.date, a.voided_date, 'use', CASE WHEN a.receipt_id IS"
            " NULL THEN 'bmasia.payment' ELSE 'bmasia.receipt' END,"
            " COALESCE(a.receipt_id, a.payment_id, v.payment_id),"
            " COALESCE(r.name, i.name), a.customer_id, a.currency_id"
        )
        tables = SQL(
            "FROM bmasia_payment_allocation a"
            " LEFT JOIN bmasia_payment p ON p.id = a.payment_id"
            " LEFT JOIN bmasia_payment_allocation v ON v.id = a.advance_id"
            " LEFT JOIN bmasia_invoice i ON i.id = a.invoice_id"
            " LEFT JOIN bmasia_receipt r ON r.id = a.receipt_id"
            " LEFT JOIN bmasia_invoice n ON n.id = a.credit_note_id"
            " WHERE a.company_id = %s AND a.state IN ('valid', 'voided')"
            " AND a.refund_id IS NULL",
            company.id,
        )
        return [
            SQL(
                "SELECT %(head)s, %(account)s, NULL, %(amount)s %(tables)s"
                " AND %(amount)s <> 0",
                head=head,
                account=account,
                amount=amount,
                tables=tables,
            )
            for account, amount in self._use_parts()
        ]

    def _use_parts(self):
        """Which account has how much of an allocation, which is ``a``."""
        way = SQL("CASE p.direction WHEN 'out' THEN -1 ELSE 1 END")
        # of a credit note for an advance, the money is still the customer's
        is_set_off = SQL("(n.id IS NOT NULL AND n.advance_id IS NULL)")
        is_advance = SQL(
            "(i.id IS NULL OR i.kind = 'proforma' OR i.advance_id IS NOT NULL)"
        )
        taxed = SQL("CASE WHEN r.is_tax_invoice THEN a.amount_tax ELSE 0 END")
        return (
            (
                SQL("CASE WHEN %s THEN 'receivable' ELSE 'advance' END", is_set_off),
                SQL("%s * a.amount", way),
            ),
            (SQL("'withholding'"), SQL("%s * COALESCE(a.withholding_amount, 0)", way)),
            (SQL("'charge'"), SQL("%s * COALESCE(a.bank_charge, 0)", way)),
            (SQL("'rounding'"), SQL("%s * COALESCE(a.rounding, 0)", way)),
            (
                SQL("CASE WHEN %s THEN 'advance' ELSE 'receivable' END", is_advance),
                SQL("-%s * a.settled", way),
            ),
            (SQL("'vat_undue'"), taxed),
            (SQL("'vat'"), SQL("-%s", taxed)),
        )

    def _write_off_lines(self, company):
        head = SQL(
            "'write_off:' || w.id, w.date, w.voided_date,"
            " CASE WHEN w.amount > 0 THEN 'write_off' ELSE 'recovery' END,"
            " 'bmasia.write.off', COALESCE(w.reverses_id, w.id), i.name, w.customer_id,"
            " w.currency_id"
        )
        tax = SQL("COALESCE(w.amount_tax, 0)")
        return [
            SQL(
                "SELECT %(head)s, %(account)s, NULL, %(amount)s FROM bmasia_write_off w"
                " JOIN bmasia_invoice i ON i.id = w.invoice_id"
                " WHERE w.company_id = %(company)s AND %(amount)s <> 0",
                head=head,
                account=account,
                amount=amount,
                company=company.id,
            )
            for account, amount in (
                ("receivable", SQL("-w.amount")),
                ("bad_debt", SQL("(w.amount - %s)", tax)),
                ("vat_undue", tax),
            )
        ]

    def _rate_lines(self, company):
        """An open invoice is taxed anew: more is asked for, and more VAT is undue."""
        return [
            SQL(
                "SELECT 'rate:' || i.id || ':' || r.date, r.date, NULL::date,"
                " 'rate_change', 'bmasia.invoice', i.id, i.name, i.customer_id,"
                " i.currency_id, %s, NULL, %s * r.amount"
                " FROM bmasia_invoice i, %s WHERE i.company_id = %s",
                account,
                way,
                RATE_CHANGES,
                company.id,
            )
            for account, way in (("receivable", SQL("1")), ("vat_undue", SQL("-1")))
        ]

    def _entries(self, company, condition):
        """The lines of the entries that fulfil a condition, in order, with their
        account's name, customer and currency.

        :param odoo.tools.SQL condition: on ``e``
        :rtype: list[dict]
        """
        rows = self._fetched(
            SQL(
                "SELECT e.key, e.day, e.what, e.model, e.res_id, e.number, e.account,"
                " e.own, ROUND(SUM(e.amount), k.decimal_places) AS amount,"
                " c.name AS customer, c.legal_name, c.id AS customer_id,"
                " k.name AS currency FROM (%s) e"
                " JOIN bmasia_company c ON c.id = e.customer_id"
                " JOIN res_currency k ON k.id = e.currency_id WHERE %s"
                " GROUP BY e.key, e.day, e.what, e.model, e.res_id, e.number,"
                " e.account, e.own, c.id, k.id HAVING SUM(e.amount) <> 0"
                " ORDER BY e.day, e.key, SUM(e.amount) < 0, e.account, e.own",
                self._entry_lines(company),
                condition,
            )
        )
        names, own = self._account_names(company), company.currency_id.name
        for row in rows:
            row["account_name"] = row["own"] or names[row["account"]]
            row["is_foreign"] = row["currency"] != own
            is_foreign = row["is_foreign"] and row["account"] in OF_CURRENCY
            if row["account"] == "receivable" or is_foreign:
                row["account_name"] += f" ({row['currency']})"
        return rows

    def _account_names(self, company):
        return {name: company[f"account_{name}"] or name for name in ACCOUNTS}

    def _what_words(self):
        _ = self.env._
        words = {
            "invoice": _("Invoice"),
            "credit_note": _("Credit note"),
            "adjustment": _("Adjustment"),
            "payment": _("Payment"),
            "refund": _("Paid back"),
            "use": _("Settlement"),
            "write_off": _("Write-off"),
            "recovery": _("Write-off taken back"),
            "rate_change": _("New tax rate"),
        }
        taken_back = {
            f"{what}_void": _("%s, taken back", word) for what, word in words.items()
        }
        return {**words, **taken_back}


class BmasiaReportJournal(models.AbstractModel):
    """The journal of a period: debit and credit of everything that happened in it."""

    _name = "bmasia.report.journal"
    _description = "Journal"
    _inherit = ["bmasia.report", "bmasia.report.entries.mixin"]

    _title = _lt("Journal")
    _help = _lt(
        "Invoices credit undue VAT, receipts move it to output VAT. Accounts are set "
        "in the configuration and on products. Export gives each entry once."
    )
    _asks = ("date_from", "date_to")
    _prints_landscape = True
    _buttons = {"export": (_lt("Export what is new"), "")}

    def _report_columns(self, chosen):
        _ = self.env._
        return [
            Column("day", _("Date"), "date"),
            Column("number", _("Document")),
            Column("event", _("What")),
            Column("customer", _("Company")),
            Column("account_name", _("Account")),
            Column("debit", _("Debit (Dr)"), "money"),
            Column("credit", _("Credit (Cr)"), "money"),
        ]

    def _report_rows(self, chosen):
        condition = SQL("e.day BETWEEN %s AND %s", chosen.first, chosen.last)
        return self._as_rows(self._entries(chosen.company, condition))

    def _as_rows(self, entries):
        words = self._what_words()
        for row in entries:
            amount = row["amount"]
            row["event"] = words.get(row["what"], row["what"])
            row["debit"] = amount if amount > 0 else None
            row["credit"] = -amount if amount < 0 else None
            row["_open"] = row["res_id"] and {
                "model": row["model"],
                "id": row["res_id"],
            }
        return entries

    def _do_export(self, chosen):
        return self.env["bmasia.journal.export"]._export(chosen.company, chosen.last)
