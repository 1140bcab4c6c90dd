"""*Delete* is offered where it works, and who deletes anyway is told what to do."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CrmCase

NEVER = ("bmasia.payment", "bmasia.write.off", "bmasia.receipt")


@tagged("post_install", "-at_install")
class TestKept(CrmCase):
    def documents(self):
        """A draft of each kind that has drafts."""
        bill = self.issued_invoice()
        customer = {"customer_id": self.hilton.id}
        notes, statements = (
            self.env[f"bmasia.{name}"].with_user(self.pom)
            for name in ("billing.note", "statement")
        )
        note = notes.create(customer)
        note.action_fill()
        yield from (self.quote(), self.contract(), self.amendment_of())
        yield from (self.invoice(), note, statements.create(customer))
        bill.action_register_payment(10)

    def test_what_has_a_number_is_kept(self):
        for document in self.documents():
            with self.subTest(document._name):
                self.assertFalse(document.is_kept)
                document.copy().unlink()
                document._assign_number()
                self.assertTrue(document.is_kept)
                with self.assertRaisesRegex(UserError, "no number is missing"):
                    document.unlink()

    def test_the_form_says_what_ends_it_instead(self):
        quote, invoice = self.quote(), self.issued_invoice()
        quote.action_mark_sent()
        for document, instead in ((quote, "declined"), (invoice, "Cancel document")):
            with self.assertRaisesRegex(UserError, f"{instead}.* on its form instead"):
                document.with_user(self.norbert).unlink()

    def test_every_view_asks_whether_it_is_kept(self):
        names = self.env.registry.descendants(["document.kept.mixin"], "_inherit")
        asked = 0
        for model in map(self.env.__getitem__, sorted(names)):
            if model._abstract:
                continue
            for view in model._kept_views:
                with self.subTest(model=model._name, view=view):
                    arch = etree.fromstring(model.get_view(view_type=view)["arch"])
                    self.assertTrue(arch.xpath("/*/field[@name='is_kept']"))
                    asked += 1
        self.assertGreater(asked, 20)

    def test_what_is_never_deleted_has_no_delete(self):
        bill = self.issued_invoice()
        bill.action_register_payment(10)
        for name in NEVER:
            model = self.env[name].with_user(self.norbert)
            for view in ("form", "list", "kanban"):
                with self.subTest(model=name, view=view):
                    arch = etree.fromstring(model.get_view(view_type=view)["arch"])
                    offered = arch.get("delete", "True").lower() not in ("0", "false")
                    kept = name == "bmasia.receipt" and bill.receipt_ids.is_kept
                    self.assertFalse(offered and not kept)

    def test_a_company_with_documents_is_kept(self):
        company = self.make_company("New")
        self.assertFalse(company.is_kept)
        self.quote(customer_id=company.id)
        company.invalidate_recordset()
        self.assertTrue(company.is_kept)
