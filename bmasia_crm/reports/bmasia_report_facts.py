"""What happened to an invoice's amount, each on its own day, as SQL."""

from odoo import models
from odoo.tools import SQL


class BmasiaReportFacts(models.AbstractModel):
    """The dated facts that reports of any day are computed from.

    An invoice counts from its day until it is cancelled; a credit note takes away from
    its day; a payment settles from the day on which it was used until it is voided.
    Amounts that are stored for today are not asked.
    """

    _name = "bmasia.report.facts.mixin"
    _description = "Facts for Reports"

    def _open_items(self, company, last, customer=None):
        """What is open of each invoice at the end of a day.

        Columns: ``invoice_id``, ``open``, positive where the customer owes, negative
        where too much was paid or credited.

        :param int company: id of the billing entity
        :param datetime.date last: the day
        :param customer: ``bmasia.company``, or none for all
        :rtype: odoo.tools.SQL
        """
        return SQL(
            "SELECT invoice_id, SUM(amount) AS open FROM (%s) moved "
            "WHERE day <= %s GROUP BY invoice_id HAVING SUM(amount) <> 0",
            self._moves(company, customer),
            last,
        )

    def _moves(self, company, customer=None):
        """Everything that changed what is open, each on its day.

        Columns: ``invoice_id``, ``day``, ``amount`` (signed, as the customer owes),
        ``what`` (invoice, cancelled, credit_note, payment, voided), ``model``,
        ``res_id``, ``name``.

        :rtype: odoo.tools.SQL
        """
        mine = SQL("i.company_id = %s", company)
        if customer:
            mine = SQL("%s AND i.customer_id = %s", mine, customer.id)
        invoices = SQL(
            "SELECT i.id AS invoice_id, i.issue_date AS day, i.amount_total AS amount,"
            " 'invoice' AS what, 'bmasia.invoice' AS model, i.id AS res_id, i.name"
            " FROM bmasia_invoice i WHERE %s AND i.kind = 'invoice'"
            " AND i.state <> 'draft' AND i.issue_date IS NOT NULL",
            mine,
        )
        cancelled = SQL(
            "SELECT i.id, i.cancelled_date, -i.amount_total, 'cancelled',"
            " 'bmasia.invoice', i.id, i.name"
            " FROM bmasia_invoice i WHERE %s AND i.kind = 'invoice'"
            " AND i.state = 'cancelled' AND i.issue_date IS NOT NULL",
            mine,
        )
        credited = SQL(
            "SELECT i.id, n.issue_date, -n.amount_total, 'credit_note',"
            " 'bmasia.invoice', n.id, n.name"
            " FROM bmasia_invoice n JOIN bmasia_invoice i ON i.id = n.reversed_id"
            " WHERE %s AND n.state IN ('issued', 'paid', 'credited')",
            mine,
        )
        return SQL(" UNION ALL ").join(
            [invoices, cancelled, credited, *self._settlements(mine)]
        )

    def _settlements(self, mine):
        """Payments, as :meth:`_moves` wants them.

        :param odoo.tools.SQL mine: which invoices, as ``i``
        :rtype: list[odoo.tools.SQL]
        """
        return [
            SQL(
                "SELECT i.id, p.date, -(p.amount + COALESCE(p.withholding_amount, 0)),"
                " 'payment', 'bmasia.payment', p.id, p.name"
                " FROM bmasia_payment p JOIN bmasia_invoice i ON i.id = p.invoice_id"
                " WHERE %s",
                mine,
            )
        ]
