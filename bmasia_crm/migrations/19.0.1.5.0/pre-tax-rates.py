"""Nothing that was issued was taxed anew: open invoices are as they are printed."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        ALTER TABLE bmasia_invoice
            ADD COLUMN amount_rate_change numeric, ADD COLUMN rate_changes jsonb;
        UPDATE bmasia_invoice SET amount_rate_change = 0, rate_changes = '[]';
        """
    )
