"""Payments of before 19.0.1.4.0 get the certificates that they owe."""

from importlib.util import module_from_spec, spec_from_file_location

from odoo.tests import tagged
from odoo.tools.misc import file_path

from .common import CrmCase

FOLDER = "bmasia_crm/migrations/19.0.1.4.0"


@tagged("post_install", "-at_install")
class TestWithholdingUpgrade(CrmCase):
    def migrate(self, name):
        spec = spec_from_file_location(name, file_path(f"{FOLDER}/{name}.py"))
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def test_each_receipt_with_tax_withheld_owes_one_as_new_ones_do(self):
        invoices = self.issued_invoice(self.line(10000))
        invoices |= self.issued_invoice(self.line(10000))
        invoices[0].action_register_payment(10400, withholding_amount=300)
        invoices[1].action_register_payment(10700)
        uses = invoices[0].allocation_ids
        names = ("amount", "base", "rate", "income_type", "paid_on", "amount_thb")
        before = uses.certificate_id.read(names)[0]
        uses.sudo().certificate_id.unlink()
        self.assertFalse(uses.certificate_id)
        self.migrate("post-withholding")
        after = uses.certificate_id.read(names)[0]
        before.pop("id"), after.pop("id")
        self.assertEqual(after, before)
        self.assertEqual(uses.certificate_id.difference, 0)
        self.assertFalse(invoices[1].allocation_ids.certificate_id)
        self.migrate("post-withholding")
        count = self.env["bmasia.withholding.certificate"].search_count(
            [("allocation_ids", "in", uses.ids)]
        )
        self.assertEqual(count, 1, "twice is once")

    def test_thai_entities_propose_three_percent(self):
        entities = self.thailand | self.hongkong
        self.hongkong.country_id = self.env.ref("base.hk")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET withholding_rate = NULL WHERE id IN %s",
            (tuple(entities.ids),),
        )
        self.thailand.country_id = self.env.ref("base.th")
        self.migrate("pre-withholding")
        self.assertEqual(entities.mapped("withholding_rate"), [3, 0])
