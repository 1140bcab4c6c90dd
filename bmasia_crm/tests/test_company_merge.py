"""Two companies become one: everything that names the one names the other."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmCase
from .entities import EntityWorld


@tagged("post_install", "-at_install")
class TestCompanyMerge(CrmCase):
    def test_a_merge_moves_the_documents_and_keeps_the_numbers(self):
        twin = self.make_company("Hilton Pataya")
        quote = self.quote(customer_id=twin.id)
        quote.action_mark_sent()
        with self.assertRaises(AccessError):
            twin.with_user(self.nikki).action_merge_into(self.hilton.id)
        twin.with_user(self.norbert).action_merge_into(self.hilton.id)
        self.assertEqual(quote.customer_id, self.hilton)
        self.assertEqual(quote.state, "sent")
        self.assertEqual(quote._customer()["trade_name"], "Hilton Pataya")
        self.assertFalse(twin.active)

    def test_a_merge_takes_archived_contacts_along_and_counts_anew(self):
        twin = self.make_company("Hilton Pataya", country="base.hk")
        old = self.env["res.partner"].create(
            {"name": "Gone", "parent_id": twin.partner_id.id, "active": False}
        )
        self.env["bmasia.zone"].create({"name": "Lobby", "customer_id": twin.id})
        quote = self.quote(customer_id=twin.id)
        self.assertEqual(quote.country_id.code, "HK")
        twin.with_user(self.norbert).action_merge_into(self.hilton.id)
        self.assertEqual(old.parent_id, self.hilton.partner_id)
        self.assertEqual(quote.country_id.code, "TH")
        self.assertEqual(self.hilton.zone_count, 1)

    def test_a_group_is_not_merged_into_its_own_member(self):
        child = self.make_company("Hilton Hua Hin", parent_id=self.hilton.id)
        grandchild = self.make_company("Hilton Spa", parent_id=child.id)
        with self.assertRaisesRegex(UserError, "belongs to what is merged"):
            self.hilton.with_user(self.norbert).action_merge_into(grandchild.id)

    def test_nothing_is_merged_into_an_archived_company(self):
        """Both would be gone from every list, with all their documents."""
        twin = self.make_company("Hilton Pataya")
        twin.active = False
        with self.assertRaisesRegex(UserError, "Hilton Pataya is archived"):
            self.hilton.with_user(self.norbert).action_merge_into(twin.id)
        self.assertTrue(self.hilton.active)
        twin.with_user(self.norbert).action_merge_into(self.hilton.id)

    def test_the_dialog_proposes_none_that_is_archived(self):
        old = self.make_company("Old One")
        old.active = False
        new = self.make_company("New One")
        wizard = self.env["bmasia.merge.wizard"].with_user(self.norbert)
        chosen = wizard.create({"company_ids": [Command.set((old | new).ids)]})
        self.assertEqual(chosen.target_id, new)

    def test_another_tax_id_or_branch_is_asked_for(self):
        """Tax documents name another buyer from then on."""
        self.hilton.write({"vat": "0-1055-36000-31-5", "branch": "Head Office"})
        same, different = "0105536000315", "0994000158378"
        for number, (vat, branch, asked) in enumerate(
            (
                (different, "Head Office", True),
                (same, "00001", True),
                (False, "00001", True),
                (same, "สำนักงานใหญ่", False),
                (same, False, False),
                (False, False, False),
            )
        ):
            twin = self.make_company(f"Twin {number}", vat=vat, branch=branch)
            with self.subTest(vat=vat, branch=branch):
                mine = twin.with_user(self.norbert)
                if asked:
                    with self.assertRaisesRegex(UserError, "0-1055-36000-31-5") as told:
                        mine.action_merge_into(self.hilton.id)
                    self.assertIn("confirm=True", str(told.exception))
                    self.assertTrue(twin.active)
                    with self.assertRaises(AccessError):
                        twin.with_user(self.nikki).action_merge_into(
                            self.hilton.id, confirm=True
                        )
                mine.action_merge_into(self.hilton.id, confirm=asked)
                self.assertFalse(twin.active)
                self.assertEqual(self.hilton.vat, "0-1055-36000-31-5")
                said = self.hilton.message_ids[0].body
                self.assertIn(f"Twin {number}", said)
                self.assertIn(vat or "Twin", said)

    def test_a_tax_id_that_only_the_other_one_has_is_not_lost_unasked(self):
        twin = self.make_company("Hilton Pataya", vat="0105536000315")
        with self.assertRaisesRegex(UserError, "no tax ID"):
            twin.with_user(self.norbert).action_merge_into(self.hilton.id)

    def merge_dialog(self, companies, **values):
        dialog = self.env["bmasia.merge.wizard"].with_user(self.norbert)
        dialog = dialog.with_context(
            active_model="bmasia.company", active_ids=companies.ids
        )
        return dialog.create(values)

    def test_the_dialog_proposes_and_asks(self):
        twin = self.make_company("Hilton Pattaya", vat="0105536000315")
        for chosen in (self.hilton | twin, twin):
            dialog = self.merge_dialog(chosen)
            self.assertEqual(dialog.target_id, self.hilton)
            self.assertIn("0105536000315", dialog.question)
            with self.assertRaisesRegex(UserError, "Merge Them All the Same"):
                dialog.action_confirm()
        dialog.is_confirmed = True
        opened = dialog.action_confirm()
        self.assertEqual(opened["res_id"], self.hilton.id)
        self.assertFalse(twin.active)

    def test_the_dialog_asks_nothing_of_the_same_buyer(self):
        twin = self.make_company("Hilton Pataya")
        dialog = self.merge_dialog(self.hilton | twin, target_id=twin.id)
        self.assertFalse(dialog.question)
        dialog.action_confirm()
        self.assertFalse(self.hilton.active)

    def links(self):
        """Each stored field that names a company, as Odoo has written them down."""
        stored = self.env["ir.model.fields"].search(
            [
                *(("relation", "=", "bmasia.company"), ("ttype", "=", "many2one")),
                ("store", "=", True),
            ]
        )
        models = {field: self.env[field.model].sudo() for field in stored}
        return [
            (model.with_context(active_test=False), field.name)
            for field, model in models.items()
            if not model._abstract
        ]

    def test_money_that_another_entity_has_is_not_handed_over(self):
        """A customer may have no document there, and credit on account all the same."""
        twin = self.make_company("Hilton Pataya")
        payments = self.env["bmasia.payment"].with_user(self.pom)
        payments.register(twin.id, self.hongkong.id, 500)
        self.norbert.company_ids = self.thailand
        with self.assertRaisesRegex(AccessError, "Another billing entity"):
            twin.with_user(self.norbert).action_merge_into(self.hilton.id)
        self.norbert.company_ids |= self.hongkong
        twin.with_user(self.norbert).action_merge_into(self.hilton.id)
        self.assertFalse(payments.search([("customer_id", "=", twin.id)]))

    def test_nothing_names_a_company_that_was_merged(self):
        twin = self.make_company("Hilton Pataya")
        self.records_of(twin)
        links = self.links()
        self.assertGreater(len(links), 4)
        for model, name in links:
            with self.subTest("Give records_of() one.", model=model._name, field=name):
                self.assertTrue(model.search([(name, "=", twin.id)]))
        twin.with_user(self.norbert).action_merge_into(self.hilton.id)
        for model, name in links:
            with self.subTest(model=model._name, field=name):
                self.assertFalse(model.search([(name, "=", twin.id)]))
                self.assertTrue(model.search([(name, "=", self.hilton.id)]))

    def test_all_documents_are_addressed_to_the_company_that_stays(self):
        twin = self.make_company("Hilton Pataya")
        self.records_of(twin)
        twin.with_user(self.norbert).action_merge_into(self.hilton.id)
        for kind in self.hilton._document_kinds():
            with self.subTest(kind._name):
                documents = kind.search([("customer_id", "=", self.hilton.id)])
                self.assertTrue(documents)
                self.assertEqual(documents.partner_id, self.hilton.partner_id)
        gone = [("partner_id", "=", twin.partner_id.id)]
        for model in ("document.reminder", "document.send.batch.line"):
            self.assertFalse(self.env[model].sudo().search(gone), model)

    def records_of(self, company):
        """One record of each model that names a company."""
        quote = self.quote(customer_id=company.id)
        quote.action_mark_sent()
        deal = self.active_contract(customer_id=company.id, payer_id=company.id)
        self.amendment_of(deal)
        invoice = self.issued_invoice(customer_id=company.id)
        invoice.action_register_payment(1.0, withholding_amount=0.5)
        invoice.with_user(self.norbert).action_write_off("Closed for good", 1)
        notes = self.env["bmasia.billing.note"].with_user(self.pom)
        notes.create({"customer_id": company.id}).action_mark_sent()
        statements = self.env["bmasia.statement"].with_user(self.norbert)
        statements.create(
            {"customer_id": company.id, "company_id": self.thailand.id}
        ).action_mark_sent()
        EntityWorld.make_bank_statement.__func__(self, invoice, "Mark 1")
        lines = self.env["bmasia.bank.statement.line"].sudo().search([])
        lines.customer_id = company
        self.env["bmasia.payment.wizard"].with_user(self.pom).create(
            {"customer_id": company.id}
        )
        self.env["bmasia.merge.wizard"].with_user(self.norbert).create(
            {"company_ids": self.hilton.ids, "target_id": company.id}
        )
        about = {"res_model": quote._name, "res_id": quote.id}
        about["partner_id"] = company.partner_id.id
        self.env["bmasia.zone"].create({"name": "Pool", "customer_id": company.id})
        self.make_company("Hilton Spa", parent_id=company.id)
        self.env["document.reminder"].sudo().create(
            {**about, "kind": "quote_3", "cycle": date(2026, 1, 1)}
        )
        batch = self.env["document.send.batch"].sudo()
        batch = batch.create({"name": "1", "user_id": self.nikki.id})
        self.env["document.send.batch.line"].sudo().create(
            {**about, "batch_id": batch.id}
        )
