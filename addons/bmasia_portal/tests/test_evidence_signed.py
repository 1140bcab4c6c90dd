"""The signatures of a contract are in its evidence pack."""

import page

from odoo.tests import tagged

from .evidence import EvidenceMixin
from .signing import SigningCase

# see bmasia_crm/tests/test_document_standard.py
OF_PART_1 = {"PDFA3B-METADATA-FILTER-001"}


@tagged("post_install", "-at_install")
class TestEvidenceSigned(EvidenceMixin, SigningCase):
    def test_each_signature_is_told_and_the_signed_file_attached(self):
        self.thailand.with_user(self.norbert).action_make_own_seal()
        self.print_for_real()
        self.document = self.sent_contract()
        self.ask_signatures()
        keys = {self.key_of(f"{name}@example.com") for name in ("somchai", "anong")}
        self.sign_all()
        request = self.signing()
        self.assertTrue(request.signed_file_id)
        kept = self.kept(self.document)
        pack = self.pack(self.document)
        self.assertIn(request.signed_sha256, pack.digests())
        self.assertIn(request.sha256, pack.digests())
        text = pack.solid()
        self.assertEqual(len(request.signature_ids), 3)
        for signature in request.signature_ids:
            for said in (signature.sentence, signature.local_moment, signature.sha256):
                self.assertIn("".join(said.split()), text)
            self.assertIn(signature.event_digest, text)
            self.assertIn(f"Signedby{signature.name}".replace(" ", ""), text)
        for key in keys:
            self.assertNotIn(key, text + str(pack.told()))
            self.assertNotIn(self.link(key).sudo().digest, text + str(pack.told()))
        report = page.validate_pdf_bytes(kept.raw, profile="3b")
        self.assertLessEqual({fault.rule_id for fault in report.failures}, OF_PART_1)

    def test_a_request_that_ended_is_told(self):
        self.ask_signatures()
        self.sign("somchai@example.com")
        self.document.with_user(self.norbert).action_cancel("Not needed")
        text = self.pack(self.document).text()
        self.assertIn("Signatures asked for: Void", text)
        self.assertIn("Signed by Somchai", text)
