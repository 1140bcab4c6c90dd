"""What is said of a file: by the archive first, then by the seals in it."""

import hashlib
from dataclasses import asdict
from unittest.mock import patch

from odoo.tests import tagged

from ..models.document_verification import CHANGED, UNCHANGED, UNKNOWN
from ..models.res_company import INTERNAL
from ..tools.seal import seal_pdf
from .common import HOST, PDF, SealCase, TimestampServer, flipped, own_seal

SECRET = "Hilton Pattaya"
OTHER_PDF = PDF.replace(b"595 842", b"842 595")


@tagged("post_install", "-at_install")
class TestVerification(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # contacts stand for a kind of document: this addon brings none
        cls.enterClassContext(
            patch.object(
                cls.registry["res.partner"],
                "_kind_label",
                lambda _s: "quote",
                create=True,
            )
        )
        cls.document = cls.env["res.partner"].create(
            {"name": "TH-QT26001", "company_id": cls.thai.id, "comment": SECRET}
        )

    def archive(self, content, name=f"TH-QT26001 {SECRET}.pdf", **values):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "res_model": "res.partner",
                "res_id": self.document.id,
                "document_sha256": hashlib.sha256(content).hexdigest(),
                **values,
            }
        )

    def verdict(self, content, name="some.pdf"):
        """What a visitor is told, who may read nothing."""
        return (
            self.env["document.verification"]
            .with_user(self.visitor)
            ._verdict_of(content, name)
        )

    def said(self, verdict):
        return " ".join(self.env["document.verification"]._sentences(verdict))

    def test_a_file_of_the_archive_is_ours_with_what_anybody_may_know(self):
        self.archive(PDF)
        verdict = self.verdict(PDF)
        self.assertEqual(verdict.state, UNCHANGED)
        self.assertEqual(
            asdict(verdict.document),
            {
                "kind": "Quote",
                "number": "TH-QT26001",
                "day": self.thai._today(),
                "entity": "Thai Sample Co., Ltd.",
                "signatures": 0,
                "signed_day": None,
            },
        )
        self.assertEqual(verdict.seals, ())
        said = self.said(verdict)
        self.assertIn("nothing in it was changed", said)
        self.assertIn("Quote TH-QT26001 of Thai Sample Co., Ltd., made on", said)
        self.assertNotIn(SECRET, said + str(verdict))

    def test_earlier_versions_are_ours_as_well(self):
        self.archive(PDF)
        self.archive(OTHER_PDF)
        for content in (PDF, OTHER_PDF):
            self.assertEqual(self.verdict(content).state, UNCHANGED)

    def test_other_attachments_are_not_ours(self):
        self.archive(PDF, document_sha256=False)
        self.assertEqual(self.verdict(PDF).state, UNKNOWN)

    def test_a_file_whose_document_is_gone_is_ours_still(self):
        for number, values in enumerate(
            (
                {"res_model": "res.partner", "res_id": 2**31 - 1},
                {"res_model": "no.such.model", "res_id": 1},
                {"res_model": "res.country", "res_id": 1},
                {"res_model": False, "res_id": False},
            )
        ):
            content = PDF + b"%%%d" % number
            self.archive(content, **values)
            with self.subTest(values):
                verdict = self.verdict(content)
                self.assertEqual((verdict.state, verdict.document), (UNCHANGED, None))
                self.assertTrue(self.said(verdict))

    def test_a_sealed_file_of_the_archive_says_who_sealed_it(self):
        sealed = self.sealed()
        self.archive(sealed)
        verdict = self.verdict(sealed)
        self.assertEqual(verdict.state, UNCHANGED)
        [seen] = verdict.seals
        self.assertEqual((seen.entity, seen.level), ("Thai Sample Co., Ltd.", "B-B"))
        said = self.said(verdict)
        self.assertIn("Sealed by Thai Sample Co., Ltd. on", said)
        self.assertIn("without a time stamp (level B-B)", said)
        self.assertRegex(said, r"\d\d:\d\d \(UTC[+-]\d\d:\d\d\)")

    def test_a_time_stamp_is_named_with_its_service(self):
        self.env["ir.config_parameter"].set_param(INTERNAL, HOST)
        with TimestampServer() as server:
            self.thai.timestamp_url = server.url
            sealed = self.sealed()
        self.archive(sealed)
        said = self.said(self.verdict(sealed))
        self.assertIn("time stamp of Test TSA", said)
        self.assertIn("(level B-T)", said)

    def test_a_sealed_file_outside_the_archive_is_not_vouched_for(self):
        sealed = self.sealed()
        verdict = self.verdict(sealed)
        self.assertEqual((verdict.state, verdict.document), (CHANGED, None))
        self.assertIn("not the file that we keep", self.said(verdict))

    def test_one_flipped_byte_anywhere_is_found(self):
        """Each byte of a sealed file of the archive, header, body, seal and all."""
        sealed = self.sealed()
        self.archive(sealed)
        states = {
            position: self.verdict(flipped(sealed, position)).state
            for position in range(0, len(sealed), 7)
        }
        self.assertEqual(set(states.values()), {CHANGED})
        for content in (sealed + b"\n", b"\n" + sealed, sealed[:-1], sealed * 2):
            self.assertEqual(self.verdict(content).state, CHANGED)
        self.assertEqual(self.verdict(sealed).state, UNCHANGED)

    def test_a_broken_seal_is_said_to_be_broken(self):
        sealed = self.sealed()
        broken = flipped(sealed, sealed.index(b"/MediaBox") + 12)
        verdict = self.verdict(broken)
        self.assertEqual([seen.level for seen in verdict.seals], [""])
        said = self.said(verdict)
        self.assertIn("The seal of Thai Sample Co., Ltd. in it is broken", said)
        self.assertIn("Do not rely on it", said)

    def test_what_was_added_after_a_seal_is_said(self):
        said = self.said(self.verdict(self.sealed() + b"\n"))
        self.assertIn("After the seal of Thai Sample Co., Ltd., something was", said)

    def test_a_whole_seal_outside_the_archive_is_only_named(self):
        """Else a reader takes the time and the level for a confirmation."""
        said = self.said(self.verdict(self.sealed()))
        self.assertIn("A seal of Thai Sample Co., Ltd. is in it.", said)
        self.assertNotIn("B-B", said)

    def test_one_flipped_byte_of_a_file_without_a_seal_makes_it_unknown(self):
        self.archive(PDF)
        for position in range(len(PDF)):
            self.assertEqual(self.verdict(flipped(PDF, position)).state, UNKNOWN)

    def test_the_seal_of_somebody_else_says_nothing(self):
        self.sealed()
        theirs = seal_pdf(PDF, own_seal("Thai Sample Co., Ltd.")).content
        verdict = self.verdict(theirs)
        self.assertEqual((verdict.state, verdict.seals), (UNKNOWN, ()))

    def test_a_seal_of_ours_in_the_archive_of_an_other_entity_is_named(self):
        """What stands in the seal counts, not whose document it is."""
        sealed = self.sealed(self.other)
        self.archive(sealed)
        self.assertEqual(self.verdict(sealed).seals[0].entity, "Other Ltd.")

    def test_no_file_breaks_it(self):
        self.sealed()
        for content in (b"", b"\0", b"/ByteRange [0 1 2 3]" * 50, b"<30" * 1000):
            verdict = self.verdict(content)
            self.assertEqual(verdict.state, UNKNOWN)
            self.assertIn("We do not know this file", self.said(verdict))

    def test_nothing_is_stored(self):
        count = self.env["ir.attachment"].search_count
        before = count([])
        self.verdict(PDF)
        self.assertEqual(count([]), before)

    def test_the_archive_is_found_without_reading_it_all(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'ir_attachment'"
        )
        indexes = [row[0] for row in self.env.cr.fetchall()]
        self.assertTrue([text for text in indexes if "(document_sha256)" in text])
