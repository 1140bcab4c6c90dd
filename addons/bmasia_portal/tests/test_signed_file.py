"""The file that all have signed: what is in it, its seal, and where it is found."""

import base64
import hashlib
import io
from unittest.mock import patch

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.document_sign.tools.seal import UNREADABLE, CannotSeal
from odoo.addons.encrypted_field.tests.common import new_key, use_keys

from .signing import SigningCase, drawn

SOMCHAI, ANONG = "somchai@example.com", "anong@example.com"
ENGINE = "odoo.addons.document_sign.models.res_company.seal.seal_pdf"


@tagged("post_install", "-at_install")
class TestSignedFile(SigningCase):
    def setUp(self):
        super().setUp()
        self.enterContext(use_keys(new_key()))
        self.print_for_real()
        self.document = self.sent_contract()

    def make_seal(self):
        self.thailand.with_user(self.norbert).action_make_own_seal()

    def signed(self, only=("Somchai",), **form):
        """Sign, and give the signed file."""
        self.ask_signatures(only=only)
        for name in only:
            self.sign(f"{name.lower()}@example.com", **form)
        return self.signing().signed_file_id

    def words(self, content):
        pages = PdfReader(io.BytesIO(content)).pages
        text = "\n".join(page.extract_text() for page in pages)
        return text, "".join(text.split())

    def test_it_has_the_document_and_the_page_of_signatures(self):
        original = self.document._kept_pdf()
        content = self.signed(("Somchai", "Anong")).raw
        text, packed = self.words(content)
        self.assertIn("Electronic signatures", text)
        self.assertIn(original.document_sha256, packed)
        for signature in self.signing().signature_ids:
            self.assertIn(signature.name, text)
            self.assertIn(signature.address, text)
            self.assertIn(f"{signature.moment:%H:%M:%S} UTC", text)
            self.assertIn("".join(signature.local_moment.split()), packed)
            self.assertIn(signature.event_digest, packed)
        done = self.document.sudo().event_ids.filtered(
            lambda event: event.kind == "signing_done"
        )
        self.assertIn(done.digest, packed)
        first = PdfReader(io.BytesIO(original.raw)).pages[0].extract_text()
        self.assertIn(first.splitlines()[0], text)

    def test_it_is_pdf_a_with_the_very_file_that_was_signed(self):
        original = self.document._kept_pdf()
        reader = PdfReader(io.BytesIO(self.signed().raw))
        [(name, [content])] = reader.attachments.items()
        self.assertEqual(name, f"{self.document.name} original.pdf")
        self.assertEqual(content, original.raw)
        self.assertEqual(
            hashlib.sha256(content).hexdigest(), self.signing().signature_ids.sha256
        )
        root = reader.trailer["/Root"]
        metadata = root["/Metadata"].get_object().get_data().decode()
        self.assertIn('part="3"', metadata.replace("<pdfaid:part>3<", 'part="3"<'))
        self.assertEqual(root["/AF"][0].get_object()["/AFRelationship"], "/Source")

    def test_a_drawing_is_printed(self):
        plain = len(PdfReader(io.BytesIO(self.signed().raw)).pages[-1].images)
        self.document = self.sent_contract()
        content = self.signed(drawing=drawn()).raw
        images = PdfReader(io.BytesIO(content)).pages[-1].images
        self.assertEqual(len(images), plain + 1)

    def test_a_second_validator_finds_the_seal_whole(self):
        self.make_seal()
        content = self.signed().raw
        self.assertEqual(self.signing().seal_level, "B-B")
        seals = self.thailand.sudo().seal_id
        reader = PdfFileReader(io.BytesIO(content))
        [embedded] = reader.embedded_signatures
        certificate = base64.b64decode(seals.certificate)
        trusted = ValidationContext(trust_roots=[_certificate(certificate)])
        status = validate_pdf_signature(embedded, trusted)
        self.assertTrue(status.valid and status.intact and status.bottom_line)
        last = self.document.sudo().event_ids[:1]
        self.assertEqual((last.kind, last.facts["level"]), ("signed_file", "B-B"))
        self.assertEqual(last.facts["sha256"], hashlib.sha256(content).hexdigest())

    def test_one_flipped_byte_is_found(self):
        self.make_seal()
        content = self.signed().raw
        verification = self.env["document.verification"].with_user(self.visitor)
        self.assertEqual(verification._verdict_of(content).state, "unchanged")
        for place in (100, len(content) // 2, len(content) - 30):
            changed = bytearray(content)
            changed[place] ^= 1
            verdict = verification._verdict_of(bytes(changed))
            self.assertNotEqual(verdict.state, "unchanged", place)

    def test_the_public_page_says_how_many_signed_and_names_nobody(self):
        self.make_seal()
        content = self.signed(("Somchai", "Anong")).raw
        verification = self.env["document.verification"].with_user(self.visitor)
        verdict = verification._verdict_of(content)
        said = " ".join(verification._sentences(verdict))
        self.assertIn("Signed by 2 people", said)
        self.assertIn("level B-B", said)
        for name in ("Somchai", "Anong", "Hilton", "example.com"):
            self.assertNotIn(name, said)
        self.env.flush_all()
        page = self.url_open("/verify")
        token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        page = self.url_open(
            "/verify",
            data={"csrf_token": token},
            files={"document": ("a.pdf", content)},
        )
        self.assertIn("Signed by 2 people", page.text)
        self.assertNotIn("Somchai", page.text)

    def test_without_a_seal_it_is_signed_and_archived_all_the_same(self):
        file = self.signed()
        self.assertFalse(self.signing().seal_level)
        self.assertEqual(self.document.state, "active")
        self.assertEqual(self.document._kept_pdf(), file)
        verdict = self.env["document.verification"]._verdict_of(file.raw)
        self.assertEqual((verdict.state, verdict.seals), ("unchanged", ()))
        self.assertFalse(self.document.lacks_signed_file)
        # once there is one, a button seals
        self.make_seal()
        self.document.invalidate_recordset()
        self.assertTrue(self.document.lacks_signed_file)
        self.document.action_make_signed_file()
        self.assertEqual(self.signing().seal_level, "B-B")
        self.assertFalse(self.document.lacks_signed_file)

    def test_what_was_corrected_since_is_not_printed_above_the_signatures(self):
        """What was printed then is sealed."""
        file = self.signed()
        self.make_seal()
        self.document.with_user(self.norbert).start_date = "2031-05-01"
        self.document.with_user(self.norbert).action_make_signed_file()
        sealed = self.signing().signed_file_id
        self.assertNotEqual(sealed, file)
        self.assertTrue(sealed.raw.startswith(file.raw))
        self.assertEqual(self.signing().seal_level, "B-B")

    def unprinted(self):
        """All have signed, and the printer was broken."""
        model = type(self.env["document.signing"])
        with patch.object(model, "_archive_signed", side_effect=RuntimeError("x")):
            self.signed()
        return self.document.with_user(self.norbert)

    def test_nor_where_nothing_was_printed(self):
        document = self.unprinted()
        document.start_date = "2031-05-01"
        with self.assertRaisesRegex(UserError, "has changed since it was signed"):
            document.action_make_signed_file()
        self.assertFalse(self.signing().signed_file_id)

    def test_nor_without_the_lines_that_were_signed(self):
        document = self.unprinted()
        rows = [
            Command.create({"side": row.side, "name": row.name, "title": row.title})
            for row in document.signatory_ids
        ]
        document.signatory_ids = [Command.clear(), *rows]
        with self.assertRaisesRegex(UserError, "has changed since it was signed"):
            document.action_make_signed_file()

    def test_a_seal_that_fails_takes_no_signature_away(self):
        self.make_seal()
        with patch(ENGINE, side_effect=CannotSeal(UNREADABLE)):
            file = self.signed()
        self.assertEqual(self.document.state, "active")
        self.assertTrue(file)
        self.assertIn("cannot be sealed", self.signing().seal_problem)
        self.assertIn("no seal", self.document.activity_ids.note)
        self.document.action_make_signed_file()
        self.assertEqual(self.signing().seal_level, "B-B")
        self.assertFalse(self.signing().seal_problem)

    def test_a_print_that_fails_takes_no_signature_away(self):
        self.ask_signatures(only=["Somchai"])
        model = type(self.env["document.signing"])
        with patch.object(model, "_archive_signed", side_effect=RuntimeError("x")):
            self.sign(SOMCHAI)
        self.assertEqual(self.document.state, "active")
        self.assertTrue(self.signing().signature_ids)
        self.assertFalse(self.signing().signed_file_id)
        self.document.action_make_signed_file()
        self.assertEqual(self.document._kept_pdf(), self.signing().signed_file_id)

    def test_a_context_prints_no_page_of_signatures(self):
        self.signed()
        request = self.signing()
        reports = self.env["ir.actions.report"].with_user(self.nikki)
        reports = reports.with_context(document_signing=request.id)
        html = reports._render_qweb_html(
            "bmasia_crm.report_contract", self.document.ids
        )[0]
        self.assertNotIn(b"Electronic signatures", html)


def _certificate(content):
    return x509.Certificate.load(content)
