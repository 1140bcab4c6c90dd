"""What a database of before 19.0.1.5.0 has: an invoice names its period."""

from importlib.util import module_from_spec, spec_from_file_location

from odoo.tests import tagged
from odoo.tools.misc import file_path

from .common import CrmCase

FOLDER = "bmasia_crm/migrations/19.0.1.5.0"
# The tables as that version left them.
BEFORE = """
    ALTER TABLE bmasia_invoice ADD COLUMN IF NOT EXISTS schedule_id integer;
    UPDATE bmasia_invoice v SET schedule_id = s.id
      FROM bmasia_contract_schedule s WHERE s.invoice_id = v.id;
    DROP TABLE bmasia_invoice_contract_rel;
    ALTER TABLE bmasia_contract DROP COLUMN billed_id;
    ALTER TABLE bmasia_contract_schedule DROP COLUMN billed_id;
"""


@tagged("post_install", "-at_install")
class TestTogetherUpgrade(CrmCase):
    def migrate(self, name):
        spec = spec_from_file_location(name, file_path(f"{FOLDER}/{name}.py"))
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.4.0")

    def test_contracts_keep_their_invoices_and_periods(self):
        contract = self.active_contract(billing_frequency="monthly")
        contract.with_user(self.pom).action_create_invoices()
        invoice = contract.invoice_ids
        rows = contract.schedule_ids.filtered("invoice_id")
        by_hand = self.invoice(contract_id=contract.id)
        self.env.flush_all()
        self.env.cr.execute(BEFORE)
        self.migrate("pre-together")
        self.migrate("post-together")
        self.env.invalidate_all()
        self.assertEqual(contract.invoice_ids, invoice | by_hand)
        self.assertEqual(invoice.contract_ids, contract)
        self.assertEqual(invoice.schedule_ids, rows)
        self.assertEqual(contract.billed_id, self.hilton)
        self.assertEqual(rows.billed_id, self.hilton)
        self.env.cr.execute(
            "SELECT 1 FROM information_schema.columns"
            " WHERE table_name = 'bmasia_invoice' AND column_name = 'schedule_id'"
        )
        self.assertFalse(self.env.cr.fetchall())
