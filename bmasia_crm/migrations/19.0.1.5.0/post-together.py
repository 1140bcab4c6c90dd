"""A row of a billing schedule names its invoice, where the invoice named the row."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE bmasia_contract_schedule s SET invoice_id = NULL
          FROM bmasia_invoice v WHERE v.id = s.invoice_id AND v.state = 'cancelled';
        ALTER TABLE bmasia_invoice DROP COLUMN schedule_id;
        """
    )
