"""An invoice may bill several contracts; a contract may be paid by another company."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        CREATE TABLE bmasia_invoice_contract_rel (
            contract_id integer NOT NULL REFERENCES bmasia_contract ON DELETE CASCADE,
            invoice_id integer NOT NULL REFERENCES bmasia_invoice ON DELETE CASCADE,
            PRIMARY KEY (contract_id, invoice_id)
        );
        CREATE INDEX ON bmasia_invoice_contract_rel (invoice_id, contract_id);
        INSERT INTO bmasia_invoice_contract_rel (invoice_id, contract_id)
             SELECT id, contract_id FROM bmasia_invoice WHERE contract_id IS NOT NULL;

        ALTER TABLE bmasia_contract ADD COLUMN billed_id integer;
        UPDATE bmasia_contract SET billed_id = customer_id;
        ALTER TABLE bmasia_contract_schedule ADD COLUMN billed_id integer;
        UPDATE bmasia_contract_schedule s SET billed_id = c.customer_id
          FROM bmasia_contract c WHERE c.id = s.contract_id;
        """
    )
