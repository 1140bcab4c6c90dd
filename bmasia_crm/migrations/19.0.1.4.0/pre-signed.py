"""Tax as lists add it up: less what credit notes take away.

Filled by SQL, for the columns it follows from do not change.
"""


def migrate(cr, version):
    """Add the column with its values."""
    cr.execute(
        "ALTER TABLE bmasia_invoice ADD COLUMN IF NOT EXISTS amount_tax_signed NUMERIC"
    )
    cr.execute(
        "UPDATE bmasia_invoice SET amount_tax_signed ="
        " CASE kind WHEN 'credit_note' THEN -amount_tax ELSE amount_tax END"
        " WHERE amount_tax_signed IS NULL"
    )
