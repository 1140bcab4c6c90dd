"""The rate of an entity becomes its first row of tax rates, which has no first day."""

SOURCE = "Revenue Code, section 80: 10 %, lowered to 7 % by royal decrees"


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        INSERT INTO bmasia_tax_rate (
            company_id, rate, source, transition, create_uid, write_uid,
            create_date, write_date
        )
        SELECT c.id, c.tax_rate, CASE WHEN k.code = 'TH' THEN %s END, 'none', 1, 1,
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM res_company c
          JOIN res_partner p ON p.id = c.partner_id
          LEFT JOIN res_country k ON k.id = p.country_id
         WHERE c.tax_rate > 0
           AND NOT EXISTS (SELECT 1 FROM bmasia_tax_rate r WHERE r.company_id = c.id)
        """,
        [SOURCE],
    )
