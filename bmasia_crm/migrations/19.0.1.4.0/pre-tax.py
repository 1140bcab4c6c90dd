"""How each line is taxed, told before there are fields for it.

What was issued keeps the amounts that it was issued with: columns that are filled here
are not computed when the tables change.
"""

from odoo.tools import SQL

# lines, their documents, and the column that names the document
LINES = (
    ("bmasia_quote_line", "bmasia_quote", "quote_id"),
    ("bmasia_contract_line", "bmasia_contract", "contract_id"),
    ("bmasia_invoice_line", "bmasia_invoice", "invoice_id"),
)


def migrate(cr, version):
    """Add category and choice of each line's tax."""
    for lines, documents, owner in LINES:
        names = {
            "lines": SQL.identifier(lines),
            "documents": SQL.identifier(documents),
            "owner": SQL.identifier(owner),
        }
        cr.execute(
            SQL(
                "ALTER TABLE %(lines)s ADD COLUMN IF NOT EXISTS tax_category VARCHAR,"
                " ADD COLUMN IF NOT EXISTS tax_chosen BOOLEAN",
                **names,
            )
        )
        # 0 % where tax is usual was typed by somebody: exports, as far as we know
        cr.execute(
            SQL(
                """
                UPDATE %(lines)s AS line
                   SET tax_category = CASE
                           WHEN COALESCE(line.tax_rate, 0) > 0 THEN 'standard'
                           WHEN COALESCE(company.tax_rate, 0) = 0 THEN 'outside'
                           ELSE 'zero'
                       END,
                       tax_chosen =
                           COALESCE(line.tax_rate, 0) != COALESCE(company.tax_rate, 0)
                  FROM %(documents)s AS document
                  JOIN res_company AS company ON company.id = document.company_id
                 WHERE document.id = line.%(owner)s AND line.display_type IS NULL
                """,
                **names,
            )
        )
        cr.execute(
            SQL(
                "UPDATE %(lines)s SET tax_chosen = FALSE WHERE tax_chosen IS NULL",
                **names,
            )
        )
