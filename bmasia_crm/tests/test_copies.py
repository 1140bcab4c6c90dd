"""Original and copy: a word on each page, over the bytes that were sent."""

import io
from base64 import b64decode

from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .documents import DocumentCase


@tagged("post_install", "-at_install")
class TestCopies(DocumentCase):
    def pages_of(self, document, which):
        action = getattr(document, f"action_print_{which}")()
        dialog = self.env["document.copies.wizard"].browse(
            int(action["url"].split("/")[4])
        )
        pdf = b64decode(dialog.file)
        self.assertTrue(dialog.name.endswith(".pdf"))
        texts = [p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages]
        return [" ".join(text.split()) for text in texts]

    def documents(self):
        invoice = self.invoice(self.hotel)
        invoice.action_issue()
        invoice.action_register_payment(invoice.amount_due)
        return [invoice, invoice.receipt_ids]

    def test_each_page_says_which_it_is(self):
        for document in self.documents():
            with self.subTest(document._name):
                for which, words in (
                    ("original", ["ORIGINAL"]),
                    ("copy", ["COPY"]),
                    ("copies", ["ORIGINAL", "COPY"]),
                ):
                    pages = self.pages_of(document, which)
                    self.assertEqual(len(pages), len(words))
                    for page, word in zip(pages, words, strict=True):
                        self.assertIn(word, page)
                        self.assertIn(document.name, page)

    def test_the_archive_stays_as_it_is(self):
        for document in self.documents():
            kept = document.archive_ids
            before = [(file.id, file.raw, file.document_sha256) for file in kept]
            self.pages_of(document, "copies")
            document.invalidate_recordset()
            after = document.archive_ids
            self.assertEqual(
                [(file.id, file.raw, file.document_sha256) for file in after], before
            )
            self.assertNotIn(b"ORIGINAL", kept.raw)

    def test_a_thai_document_says_it_in_thai(self):
        self.speak_thai()
        invoice = self.invoice(self.hotel, lang="th_TH")
        invoice.action_issue()
        first, second = self.pages_of(invoice, "copies")
        self.assertIn("ต้นฉบับ", first)
        self.assertIn("สำเนา", second.replace("\u0e4d\u0e32", "\u0e33"))

    def test_a_draft_has_neither(self):
        draft = self.invoice(self.hotel)
        for which in ("original", "copy", "copies"):
            with self.assertRaisesRegex(UserError, "neither original nor copy"):
                getattr(draft, f"action_print_{which}")()

    def test_a_void_one_is_marked_void_as_well(self):
        invoice, receipt = self.documents()
        self.assertNotIn("VOIDED", self.pages_of(receipt, "original")[0])
        receipt.payment_id.action_void("It bounced")
        self.assertIn("VOIDED", self.pages_of(receipt, "original")[0])

    def test_who_does_not_read_the_document_prints_no_copy(self):
        invoice = self.documents()[0]
        for login, group, entity in (
            ("hk@example.com", "bmasia_crm.group_finance", self.hong_kong),
            ("portal@example.com", "base.group_portal", self.thai),
            ("public@example.com", "base.group_public", self.thai),
        ):
            user = new_test_user(
                self.env,
                login,
                group,
                company_id=entity.id,
                company_ids=[(6, 0, entity.ids)],
            )
            with self.subTest(login), self.assertRaises(AccessError):
                invoice.with_user(user).action_print_copies()
        mine = new_test_user(
            self.env,
            "th@example.com",
            "bmasia_crm.group_user",
            company_id=self.thai.id,
            company_ids=[(6, 0, self.thai.ids)],
        )
        self.assertTrue(invoice.with_user(mine).action_print_copies())

    def test_only_customers_who_ask_have_the_button(self):
        for document in self.documents():
            self.assertFalse(document.wants_copies)
        self.hotel.wants_copies = True
        for document in self.documents():
            self.assertTrue(document.wants_copies)
