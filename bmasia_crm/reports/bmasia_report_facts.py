"""What happened to an invoice's amount and to money, each on its own day, as SQL."""

from odoo import models
from odoo.tools import SQL

COUNTED = SQL("('issued', 'paid', 'credited')")
# From when on an invoice, which is ``i``, counts no more. One that was issued anew
# never did: the new document has its day and amounts.
TAKEN_BACK = SQL(
    "CASE WHEN i.replaced_by_id IS NULL THEN i.cancelled_date ELSE i.issue_date END"
)
# What a new tax rate makes of an invoice, which is ``i``, by day.
RATE_CHANGES = SQL(
    "jsonb_to_recordset(CASE jsonb_typeof(i.rate_changes) WHEN 'array'"
    " THEN i.rate_changes ELSE '[]' END) AS r (date date, amount numeric)"
)


class BmasiaReportFacts(models.AbstractModel):
    """The dated facts that reports of any day are computed from.

    Gives queries for what is open of invoices (``_open_items``), what the customer's
    account says (``_account``), and which money is not used (``_credits``).

    The model is a report. An invoice counts from its day until it is cancelled; a
    credit note takes away from its day; money settles from the day on which it is used
    until that is voided. Amounts that are stored for today are not asked.
    """

    _name = "bmasia.report.facts.mixin"
    _description = "Facts for Reports"

    def _of(self, alias, company, customer=None):
        """Which rows are the entity's and, where one is chosen, the customer's."""
        table = SQL.identifier(alias)
        mine = SQL("%s.company_id = %s", table, company)
        if customer:
            mine = SQL("%s AND %s.customer_id = %s", mine, table, customer.id)
        return mine

    # ------------------------------------------------------------
    # INVOICES
    # ------------------------------------------------------------

    def _open_items(self, company, last, customer=None):
        """What is open of each invoice at the end of a day.

        Columns: ``invoice_id``, ``open``, positive where the customer owes, negative
        where too much was paid or credited and is not paid back.

        :param int company: id of the billing entity
        :param datetime.date last: the day
        :param customer: ``bmasia.company``, or none for all
        :rtype: odoo.tools.SQL
        """
        return SQL(
            "SELECT invoice_id, SUM(amount) AS open FROM (%s) moved"
            " WHERE day <= %s GROUP BY invoice_id HAVING SUM(amount) <> 0",
            self._moves(self._of("i", company, customer)),
            last,
        )

    def _moves(self, mine):
        """What changed what is open: ``invoice_id``, ``day``, ``amount``."""
        charged = SQL(
            "SELECT i.id AS invoice_id, i.issue_date AS day, i.amount_total AS amount"
            " FROM bmasia_invoice i WHERE %s AND i.kind = 'invoice'"
            " AND i.state <> 'draft' AND i.issue_date IS NOT NULL",
            mine,
        )
        cancelled = SQL(
            "SELECT i.id, %s, -i.amount_total FROM bmasia_invoice i"
            " WHERE %s AND i.kind = 'invoice' AND i.state = 'cancelled'"
            " AND i.issue_date IS NOT NULL",
            TAKEN_BACK,
            mine,
        )
        credited = SQL(
            "SELECT i.id, n.issue_date, -n.amount_total FROM bmasia_invoice n"
            " JOIN bmasia_invoice i ON i.id = n.reversed_id"
            " WHERE %s AND n.state IN %s",
            mine,
            COUNTED,
        )
        changed = SQL(
            "SELECT i.id, r.date, r.amount FROM bmasia_invoice i, %s WHERE %s",
            RATE_CHANGES,
            mine,
        )
        return SQL(
            "%(charged)s UNION ALL %(cancelled)s UNION ALL %(credited)s UNION ALL"
            " %(changed)s UNION ALL"
            " (WITH used (invoice_id, day, amount, voided) AS (%(uses)s)"
            "  SELECT invoice_id, day, amount FROM used UNION ALL"
            "  SELECT invoice_id, voided, -amount FROM used WHERE voided IS NOT NULL)",
            charged=charged,
            cancelled=cancelled,
            credited=credited,
            changed=changed,
            uses=self._uses(mine),
        )

    def _uses(self, mine):
        """Money that invoices had, that was given back, and what was written off: id,
        day, amount, voided."""
        paid = SQL(
            "SELECT i.id, a.date, -a.settled, a.voided_date"
            " FROM bmasia_payment_allocation a JOIN bmasia_invoice i"
            " ON i.id = a.invoice_id WHERE %s AND i.kind = 'invoice'"
            " AND a.state IN ('valid', 'voided')",
            mine,
        )
        paid_back = SQL(
            "SELECT i.id, a.date, a.settled, a.voided_date"
            " FROM bmasia_payment_allocation a"
            " JOIN bmasia_invoice n ON n.id = %s AND n.kind <> 'invoice'"
            " JOIN bmasia_invoice i ON i.id = n.reversed_id"
            " WHERE %s AND a.state IN ('valid', 'voided')",
            SQL("COALESCE(a.credit_note_id, a.invoice_id)"),
            mine,
        )
        given_up = SQL(
            "SELECT i.id, w.date, -w.amount, w.voided_date FROM bmasia_write_off w"
            " JOIN bmasia_invoice i ON i.id = w.invoice_id WHERE %s",
            mine,
        )
        return SQL(" UNION ALL ").join([paid, paid_back, given_up])

    # ------------------------------------------------------------
    # THE CUSTOMER'S ACCOUNT
    # ------------------------------------------------------------

    def _account(self, company, customer):
        """All between us and a customer: what was charged, credited, paid.

        Columns: ``currency_id``, ``day``, ``amount`` (signed, as the customer owes),
        ``what``, ``model``, ``res_id``, ``name``. What only moves from one document of
        the customer to another, a set-off or an advance, is not there; nor is the
        credit note of an advance, whose money is there until it is paid back.

        :rtype: odoo.tools.SQL
        """
        return SQL(
            "WITH fact AS (%s) SELECT currency_id, day, amount, what, model, res_id,"
            " name FROM fact UNION ALL SELECT currency_id, taken_back, -amount,"
            " CASE model WHEN 'bmasia.invoice' THEN 'cancelled'"
            "  WHEN 'bmasia.write.off' THEN what ELSE 'voided' END,"
            " model, res_id, name FROM fact WHERE taken_back IS NOT NULL",
            SQL(" UNION ALL ").join(
                [
                    self._charged(company, customer),
                    self._moved(company, customer),
                    self._withheld(company, customer),
                    self._given_up(company, customer),
                    self._taxed_anew(company, customer),
                ]
            ),
        )

    def _charged(self, company, customer):
        """Invoices and what credits them, as facts of the account."""
        return SQL(
            "SELECT i.currency_id, i.issue_date AS day,"
            " CASE i.kind WHEN 'invoice' THEN i.amount_total ELSE -i.amount_total END"
            "  AS amount, i.kind AS what, 'bmasia.invoice' AS model, i.id AS res_id,"
            " i.name, %s AS taken_back FROM bmasia_invoice i"
            " WHERE %s AND i.kind <> 'proforma' AND i.state <> 'draft'"
            " AND i.issue_date IS NOT NULL AND i.advance_id IS NULL",
            TAKEN_BACK,
            self._of("i", company, customer),
        )

    def _moved(self, company, customer):
        """Money, as facts of the account."""
        return SQL(
            "SELECT p.currency_id, p.date,"
            " CASE p.direction WHEN 'out' THEN p.amount ELSE -p.amount END,"
            " CASE p.direction WHEN 'out' THEN 'refund' ELSE 'payment' END,"
            " 'bmasia.payment', p.id, COALESCE((SELECT string_agg(r.name, ', '"
            "  ORDER BY r.id) FROM bmasia_receipt r WHERE r.payment_id = p.id"
            "  AND r.state = 'issued'), p.reference), p.void_date"
            " FROM bmasia_payment p WHERE %s AND p.state IN ('booked', 'voided')"
            " AND p.amount <> 0",
            self._of("p", company, customer),
        )

    def _withheld(self, company, customer):
        """What settled invoices and was no money, as facts of the account."""
        return SQL(
            "SELECT a.currency_id, a.date, CASE p.direction WHEN 'out' THEN 1 ELSE -1"
            "  END * (a.settled - a.amount), 'withheld',"
            " 'bmasia.payment', a.payment_id, r.name, a.voided_date"
            " FROM bmasia_payment_allocation a"
            " JOIN bmasia_payment p ON p.id = a.payment_id"
            " LEFT JOIN bmasia_receipt r ON r.id = a.receipt_id"
            " WHERE %s AND a.settled <> a.amount"
            " AND a.state IN ('valid', 'voided')",
            self._of("a", company, customer),
        )

    def _given_up(self, company, customer):
        """What was written off, as facts of the account."""
        return SQL(
            "SELECT w.currency_id, w.date, -w.amount, 'write_off', 'bmasia.write.off',"
            " COALESCE(w.reverses_id, w.id), i.name, w.voided_date"
            " FROM bmasia_write_off w JOIN bmasia_invoice i ON i.id = w.invoice_id"
            " WHERE %s",
            self._of("w", company, customer),
        )

    def _taxed_anew(self, company, customer):
        """What new tax rates make of open invoices, as facts of the account."""
        return SQL(
            "SELECT i.currency_id, r.date, r.amount, 'rate_change', 'bmasia.invoice',"
            " i.id, i.name, NULL::date FROM bmasia_invoice i, %s WHERE %s",
            RATE_CHANGES,
            self._of("i", company, customer),
        )

    # ------------------------------------------------------------
    # MONEY THAT IS NOT USED
    # ------------------------------------------------------------

    def _valid_on(self, alias, day):
        """Whether a use of money counted at the end of a day."""
        return SQL(
            "%(a)s.state IN ('valid', 'voided') AND %(a)s.date <= %(day)s AND"
            " (%(a)s.voided_date IS NULL OR %(a)s.voided_date > %(day)s)",
            a=SQL.identifier(alias),
            day=day,
        )

    def _credits(self, company, day):
        """Money of customers that no invoice has used at the end of a day.

        Columns: ``what`` (credit, advance), ``payment_id``, ``customer_id``,
        ``currency_id``, ``day``, ``amount``.

        :rtype: odoo.tools.SQL
        """
        unused = SQL(
            "SELECT 'credit' AS what, p.id AS payment_id, p.customer_id, p.currency_id,"
            " p.date AS day, CASE p.direction WHEN 'out' THEN -1 ELSE 1 END"
            "  * (p.amount - COALESCE(u.amount, 0)) AS amount FROM bmasia_payment p"
            " LEFT JOIN (SELECT e.id, SUM(a.amount) AS amount"
            "  FROM bmasia_payment_allocation a"
            "  CROSS JOIN LATERAL (VALUES (a.payment_id), (a.refund_id)) e (id)"
            "  WHERE e.id IS NOT NULL AND a.company_id = %(company)s AND %(valid)s"
            "  GROUP BY e.id) u ON u.id = p.id"
            " WHERE %(mine)s AND p.state IN ('booked', 'voided') AND p.date <= %(day)s"
            " AND (p.void_date IS NULL OR p.void_date > %(day)s)",
            company=company,
            valid=self._valid_on("a", day),
            mine=self._of("p", company),
            day=day,
        )
        return SQL(
            # sums of many rows are not asked for before it is known which ones count
            "SELECT * FROM (%s OFFSET 0) c WHERE c.amount <> 0",
            SQL(" UNION ALL ").join([unused, self._unused_advances(company, day)]),
        )

    def _unused_advances(self, company, day):
        """Advances as rows of :meth:`_credits`."""
        return SQL(
            "SELECT 'advance', a.payment_id, a.customer_id, a.currency_id, a.date,"
            " a.settled - COALESCE((SELECT SUM(u.settled)"
            "  FROM bmasia_payment_allocation u"
            "  WHERE u.advance_id = a.id AND %(used)s), 0)"
            " - COALESCE((SELECT SUM(n.amount_total) FROM bmasia_invoice n"
            "  WHERE n.advance_id = a.id AND n.state IN %(counted)s"
            "  AND n.issue_date <= %(day)s), 0)"
            " FROM bmasia_payment_allocation a"
            " LEFT JOIN bmasia_invoice i ON i.id = a.invoice_id"
            "  AND i.company_id = a.company_id AND i.issue_date IS NOT NULL"
            " WHERE %(mine)s AND %(valid)s AND a.advance_id IS NULL"
            " AND (a.contract_id IS NOT NULL OR a.quote_id IS NOT NULL"
            "  OR i.kind = 'proforma')",
            used=self._valid_on("u", day),
            valid=self._valid_on("a", day),
            mine=self._of("a", company),
            counted=COUNTED,
            day=day,
        )
