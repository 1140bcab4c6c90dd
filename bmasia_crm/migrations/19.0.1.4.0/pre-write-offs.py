"""Nothing was written off before. Filled by SQL: else every invoice would be reckoned
anew for the new column.
"""


def migrate(cr, version):
    """Add the column with its values."""
    cr.execute(
        "ALTER TABLE bmasia_invoice"
        " ADD COLUMN IF NOT EXISTS amount_written_off NUMERIC DEFAULT 0"
    )
    cr.execute("ALTER TABLE bmasia_invoice ALTER amount_written_off DROP DEFAULT")
