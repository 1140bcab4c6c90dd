"""Documents printed as PDF/A-3b, judged by a validator.

``page`` (PyPI: page-validation, for development only) knows 146 rules of ISO 19005-3;
its authors say that it passes the corpora of veraPDF and Isartor. veraPDF itself is in
none of the registries that this project uses; its wrappers on PyPI fetch it elsewhere.
"""

import page

from odoo.tests import tagged

from .documents import DocumentCase

# The validator's 0.11 takes this one over from PDF/A-1; part 3 lets metadata be
# compressed, and veraPDF's profile for 3b has no such rule.
OF_PART_1 = {"PDFA3B-METADATA-FILTER-001"}


@tagged("post_install", "-at_install")
class TestDocumentStandard(DocumentCase):
    def failures(self, pdf):
        report = page.validate_pdf_bytes(pdf, profile="3b")
        self.assertGreater(report.rules.total, 100)
        return {
            failure.rule_id: failure.message
            for failure in report.failures
            if failure.rule_id not in OF_PART_1
        }

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
                self.assertEqual(self.failures(self.printed(document)), {})

    def test_the_validator_sees_what_is_none(self):
        plain = self.printed(self.quote(self.hotel), variant=False)
        self.assertIn("PDFA3B-ID-SCHEMA-001", self.failures(plain))

    def test_a_draft_does_not_pass_for_an_archive_copy(self):
        """Its mark is drawn in a font that is not embedded."""
        quote = self.quote(self.hotel)
        quote._assign_number()
        quote._get_report().pdf_variant = "pdf/a-3b"
        draft = quote._render_pdf(preview=True)
        self.assertIn("PDFA3B-ID-SCHEMA-001", self.failures(draft))
