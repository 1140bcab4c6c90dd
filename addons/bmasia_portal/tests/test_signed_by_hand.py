"""A contract that is signed by hand: its scan, and where signatures stand in lists."""

import base64
import io

from lxml import etree
from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import slips
from .signing import SigningCase

PDF = b"%PDF-1.7\nsigned by hand\n%%EOF"


def picture():
    content = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(content, "JPEG")
    return content.getvalue()


@tagged("post_install", "-at_install")
class TestSignedByHand(SigningCase):
    def mark(self, scan=None, document=None, user=None):
        """*Mark as signed*, with a scan."""
        document = (document or self.document).with_user(user or self.nikki)
        action = document.action_ask("activate")
        wizards = self.env[action["res_model"]].with_user(user or self.nikki)
        wizard = wizards.with_context(**action["context"]).create(
            {"scan": scan and base64.b64encode(scan), "scan_name": "x.exe"}
        )
        wizard.action_confirm()
        return wizard

    def scans(self):
        return self.env["ir.attachment"].search(
            [("res_id", "=", self.document.id), ("is_signed_scan", "=", True)]
        )

    def test_the_scan_is_kept_with_the_contract(self):
        served = self.document.sudo()._kept_pdf()
        for content, ending in ((PDF, ".pdf"), (picture(), ".jpg")):
            self.document = self.sent_contract()
            served = self.document.sudo()._kept_pdf()
            self.mark(content)
            self.assertEqual(self.document.state, "active")
            [scan] = self.scans()
            self.assertEqual(scan.raw, content)
            self.assertEqual(scan.name, f"{self.document.name} signed by hand{ending}")
            self.assertIn(scan, self.document.message_ids.attachment_ids)
            self.assertIn(scan, self.document.sudo()._evidence_files())
            # the customer's page serves what was sent
            self.assertEqual(self.document.sudo()._kept_pdf(), served)

    def test_it_stays_as_it_is(self):
        self.mark(PDF)
        scan = self.scans()
        for act in (
            scan.unlink,
            scan.with_user(self.norbert).unlink,
            lambda: scan.write({"raw": b"another"}),
            lambda: scan.write({"scan_sha256": "0" * 64}),
            lambda: scan.sudo().write({"is_signed_scan": False}),
        ):
            with self.assertRaises(UserError):  # an AccessError is one, too
                act()
        own = self.env["ir.attachment"].with_user(self.nikki)
        made = own.create({"name": "x", "raw": PDF, "is_signed_scan": True})
        made.write({"is_signed_scan": True, "scan_sha256": "0" * 64})
        self.assertFalse(made.sudo().is_signed_scan)
        self.assertFalse(made.sudo().scan_sha256)

    def test_what_is_no_scan_is_refused_and_nothing_happens(self):
        bomb = io.BytesIO()
        Image.new("1", (9_000, 9_000)).save(bomb, "PNG")
        for content, words in (
            (b"<html><script>alert(1)</script></html>", "a PDF or a picture"),
            (b"MZ\x90\x00 program", "a PDF or a picture"),
            (PDF + b"x" * slips.LARGEST, "larger than 10 MB"),
            (bomb.getvalue(), "too large"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.mark(content)
        self.assertEqual(self.document.state, "sent")
        self.assertFalse(self.scans())

    def test_it_is_marked_without_one(self):
        wizard = self.mark()
        self.assertTrue(wizard.takes_scan)
        self.assertEqual(self.document.state, "active")
        self.assertFalse(self.scans())

    def test_other_dialogs_take_none(self):
        quote = self.sent_quote()
        action = quote.with_user(self.nikki).action_ask("reject")
        wizard = self.env[action["res_model"]].with_user(self.nikki)
        wizard = wizard.with_context(**action["context"])
        self.assertFalse(wizard.create({"reason": "no"}).takes_scan)

    def test_lists_say_where_signatures_stand(self):
        contract = self.document
        self.assertEqual(contract.signatures_said, "")
        self.ask_signatures()
        self.assertEqual(contract.signatures_said, "0 of 3")
        self.sign("somchai@example.com")
        self.assertEqual(contract.signatures_said, "1 of 3")
        contract.with_user(self.nikki).action_void_signing()
        contract.invalidate_recordset()
        states = dict(self.signing()._fields["state"].selection)
        self.assertEqual(contract.signatures_said, states["void"])
        self.mark()
        contract.invalidate_recordset()
        self.assertIn(str(contract.signed_date.year), contract.signatures_said)

    def test_contracts_and_amendments_have_the_column(self):
        for model in ("bmasia.contract", "bmasia.amendment"):
            arch = self.env[model].get_view(view_type="list")["arch"]
            [column] = etree.fromstring(arch).xpath("//field[@name='signatures_said']")
            self.assertEqual(column.get("optional"), "show")
