"""A certificate is owed for each payment of which tax was withheld so far.

By receipt, as new payments make them. Whether one is here already was noted nowhere:
Finance marks those as received.
"""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        WITH uses AS (
            SELECT a.receipt_id, a.customer_id, a.company_id, a.currency_id,
                   min(a.date) AS paid_on,
                   sum(a.withholding_amount) AS amount,
                   sum(coalesce(nullif(a.amount_untaxed, 0), a.settled)) AS base,
                   min(p.vat) AS vat
              FROM bmasia_payment_allocation a
              JOIN bmasia_company c ON c.id = a.customer_id
              LEFT JOIN res_partner p ON p.id = c.partner_id
             WHERE a.state = 'valid' AND a.withholding_amount > 0
               AND a.certificate_id IS NULL AND a.receipt_id IS NOT NULL
             GROUP BY a.receipt_id, a.customer_id, a.company_id, a.currency_id
        ), made AS (
            INSERT INTO bmasia_withholding_certificate
                   (customer_id, company_id, currency_id, state, paid_on, base, amount,
                    rate, income_type, payer_vat, amount_withheld, difference,
                    base_thb, amount_thb, file_name,
                    create_uid, write_uid, create_date, write_date)
            SELECT u.customer_id, u.company_id, u.currency_id, 'owed', u.paid_on,
                   u.base, u.amount,
                   round(100 * u.amount / nullif(u.base, 0), 2),
                   CASE WHEN round(100 * u.amount / nullif(u.base, 0), 2) = 5
                        THEN '40_5' ELSE '40_8' END,
                   u.vat, u.amount, 0,
                   CASE WHEN m.name = 'THB' THEN u.base ELSE 0 END,
                   CASE WHEN m.name = 'THB' THEN u.amount ELSE 0 END,
                   'receipt:' || u.receipt_id,
                   1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM uses u JOIN res_currency m ON m.id = u.currency_id
            RETURNING id, file_name, customer_id
        )
        SELECT id, split_part(file_name, ':', 2)::int, customer_id FROM made
        """
    )
    for certificate, receipt, customer in cr.fetchall():
        cr.execute(
            "UPDATE bmasia_payment_allocation SET certificate_id = %s "
            "WHERE receipt_id = %s AND customer_id = %s AND state = 'valid' "
            "AND withholding_amount > 0",
            (certificate, receipt, customer),
        )
    cr.execute(
        "UPDATE bmasia_withholding_certificate SET file_name = NULL "
        "WHERE file_name LIKE 'receipt:%'"
    )
