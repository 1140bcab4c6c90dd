"""Documents printed as PDF/A-3b, judged by a validator."""

from odoo.tests import tagged

from odoo.addons.report_weasyprint.tests.archive_copy import faults_of

from .documents import DocumentCase


@tagged("post_install", "-at_install")
class TestDocumentStandard(DocumentCase):
    def printed(self, document, variant="pdf/a-3b"):
        document._assign_number()
        document._get_report().pdf_variant = variant
        return document._render_pdf()

    def test_every_document_is_pdf_a_3b_to_a_validator(self):
        self.speak_thai()
        self.thai.write(self.entity_pictures())
        invoice = self.issued(self.hotel)
        for document in (
            self.quote(self.hotel, lang="th_TH"),
            self.contract(self.hotel, template_id=self.template("th_bb").id),
            invoice,
            self.receipt(invoice, 500),
            self.quote(self.bar, note="Công ty · 北京音乐 · 주식회사"),
            self.quote(self.bar, note="https://example.com/" + "a" * 60),
        ):
            with self.subTest(document=document._name):
                self.assertEqual(faults_of(self.printed(document)), {})

    def test_the_validator_sees_what_is_none(self):
        plain = self.printed(self.quote(self.hotel), variant=False)
        self.assertIn("PDFA3B-ID-SCHEMA-001", faults_of(plain))

    def test_a_draft_does_not_pass_for_an_archive_copy(self):
        """Its mark is drawn in a font that is not embedded."""
        quote = self.quote(self.hotel)
        quote._assign_number()
        quote._get_report().pdf_variant = "pdf/a-3b"
        draft = quote._render_pdf(preview=True)
        self.assertIn("PDFA3B-ID-SCHEMA-001", faults_of(draft))
