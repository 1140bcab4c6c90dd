"""What was cancelled or credited is marked wherever somebody opens it."""

import hashlib
import io
import json

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .documents import DocumentCase
from .pages import PageMixin


@tagged("post_install", "-at_install")
class TestVoidDocuments(PageMixin, DocumentCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.thai.write(
            {"promptpay_id": "0812345678", "country_id": self.env.ref("base.th").id}
        )
        self.env["res.users"].create(
            {
                "name": "Void Reader",
                "login": "void-reader",
                "password": "void-reader",
                "group_ids": [(4, self.env.ref("bmasia_crm.group_manager").id)],
                "company_ids": [(6, 0, self.env["res.company"].search([]).ids)],
            }
        )
        self.authenticate("void-reader", "void-reader")

    def issued(self):
        invoice = self.invoice(self.hotel)
        invoice.action_issue()
        self.assertTrue(self.codes(invoice.archive_ids.raw), "a code to pay by")
        return invoice

    def codes(self, pdf):
        """How many rectangles the pages draw: a QR code has hundreds."""
        pages = PdfReader(io.BytesIO(pdf)).pages
        data = b"".join(page.get_contents().get_data() for page in pages)
        return data.count(b" re") > 200

    def words_of(self, pdf):
        pages = PdfReader(io.BytesIO(pdf)).pages
        return [page.extract_text() for page in pages]

    def opened(self, document):
        """The bytes that each way gives."""
        report = document._get_report().report_name
        context = json.dumps({"force_report_rendering": True})
        path = f"/report/pdf/{report}/{document.id}"
        data = json.dumps([path, "qweb-pdf"])
        yield "print", self.url_open(path, params={"context": context}, timeout=60)
        query = {"data": data, "context": context}
        yield "menu", self.url_open("/report/download", params=query, timeout=60)
        yield "link", self.get(f"{self.path_of(document)}/pdf")

    def check_marked(self, document, word):
        sent = document.archive_ids
        for way, answer in self.opened(document):
            with self.subTest(way=way, document=document.name):
                self.assertEqual(answer.headers["Content-Type"], "application/pdf")
                for text in self.words_of(answer.content):
                    self.assertIn(word, text)
                self.assertFalse(self.codes(answer.content), "a code to pay by is left")
        digest = hashlib.sha256(sent.raw).hexdigest()
        self.assertEqual(digest, sent.document_sha256, "the archive has changed")

    def test_a_cancelled_invoice_is_marked_and_asks_for_nothing(self):
        invoice = self.issued()
        invoice.action_cancel("Wrong customer")
        self.check_marked(invoice, "CANCELLED")
        self.assertEqual(invoice.action_print()["type"], "ir.actions.report")

    def test_a_credited_invoice_is_marked_and_asks_for_nothing(self):
        invoice = self.issued()
        invoice.action_credit("Not delivered")
        invoice.credit_note_ids.action_issue()
        self.assertEqual(invoice.state, "credited")
        self.check_marked(invoice, "CREDITED")

    def test_what_was_written_off_is_marked_and_asks_for_nothing(self):
        invoice = self.issued()
        row = invoice.action_write_off("Insolvent")["id"]
        self.check_marked(invoice, "WRITTEN OFF")
        self.env["bmasia.write.off"].browse(row).action_void("Typo")
        for way, answer in self.opened(invoice):
            with self.subTest(way=way):
                self.assertEqual(answer.content, invoice.archive_ids.raw)

    def test_a_void_document_is_not_sent(self):
        invoice = self.issued()
        invoice.action_cancel("Wrong customer")
        with self.assertRaisesRegex(UserError, "not sent any more"):
            invoice.action_send()

    def test_what_is_valid_is_served_as_it_was_sent(self):
        invoice = self.issued()
        for way, answer in self.opened(invoice):
            with self.subTest(way=way):
                self.assertEqual(answer.content, invoice.archive_ids.raw)

    def test_the_mark_of_a_thai_entity_says_it_in_thai(self):
        invoice = self.issued()
        invoice.action_cancel("Wrong customer")
        self.assertEqual(invoice._void_words(), ["CANCELLED", "ยกเลิก"])
