"""The signatures of a contract are in its evidence pack."""

import hashlib

from odoo.tests import tagged

from odoo.addons.report_weasyprint.tests.archive_copy import faults_of

from .evidence import EvidenceMixin
from .signing import SigningCase


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
        self.assertEqual(faults_of(kept.raw), {})

    def test_a_request_that_ended_is_told(self):
        self.ask_signatures()
        self.sign("somchai@example.com")
        self.document.with_user(self.norbert).action_cancel("Not needed")
        text = self.pack(self.document).text()
        self.assertIn("Signatures asked for: Void", text)
        self.assertIn("Signed by Somchai", text)

    def test_what_was_signed_by_hand_is_as_it_was_scanned(self):
        content = b"%PDF-1.7\nsigned by hand\n%%EOF"
        digest = hashlib.sha256(content).hexdigest()
        document = self.document.with_user(self.nikki)
        scan = document._keep_scan(content, "application/pdf", ".pdf")
        pack = self.pack(self.document)
        self.assertNotIn("NOT as", pack.text())
        self.assertIn(digest, pack.digests())
        told = {file["sha256"] for file in pack.told()["files"]}
        self.assertEqual(told, set(pack.digests()))
        # the public page does not vouch for it
        verdict = self.env["document.verification"]._verdict_of(content)
        self.assertEqual(verdict.state, "unknown")
        scan.flush_recordset()
        self.env.cr.execute(
            "UPDATE ir_attachment SET db_datas = %s, store_fname = NULL WHERE id = %s",
            (content.replace(b"hand", b"Hand"), scan.id),
        )
        self.env.invalidate_all()
        pack = self.pack(self.document)
        self.assertIn(f"{scan.name} is NOT as it was sent", pack.text())
        self.assertIn(digest, str(pack.told()))
