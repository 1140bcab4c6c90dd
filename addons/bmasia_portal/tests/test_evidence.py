"""One click makes a pack of all that is kept of a sale."""

import hashlib
import re

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.document_sign.models import document_evidence
from odoo.addons.document_sign.tools import chain
from odoo.addons.document_sign.tools.verification import UNCHANGED
from odoo.addons.report_weasyprint.tests.archive_copy import faults_of

from .evidence import REPLY, EvidenceCase

HOSTILE = "<script>alert(1)</script>\u202e\x08 &amp; {{7*7}} %s" + "x" * 900


@tagged("post_install", "-at_install")
class TestEvidence(EvidenceCase):
    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    def test_it_has_every_file_byte_for_byte(self):
        documents = (self.document, *self.sold())
        pack = self.pack(documents[1])
        sent = [each.sudo().archive_ids for each in documents]
        self.assertTrue(all(sent))
        archived = [file.document_sha256 for files in sent for file in files]
        self.assertEqual(pack.digests(), archived)
        for digest in archived:
            self.assertIn(digest, pack.solid())
        self.assertEqual([f["sha256"] for f in pack.told()["files"]], archived)

    def test_each_file_says_what_it_is_to_the_pack(self):
        contract, *_rest = self.sold()
        found = self.pack(contract).relationships()
        self.assertEqual(found.pop("evidence.json"), "/Data")
        self.assertEqual(set(found.values()), {"/Source"})
        self.assertEqual(sorted(name[:4] for name in found), list(found_numbers(4)))

    def test_the_same_sale_from_each_of_its_documents(self):
        documents = (self.document, *self.sold())
        packs = [self.pack(each).digests() for each in documents]
        self.assertEqual(len(packs[0]), 4)
        self.assertEqual(packs, [packs[0]] * 4)

    def test_revisions_amendments_and_credit_notes_belong_to_it(self):
        revision = self.document.browse(self.document.action_revise()["res_id"])
        revision.action_mark_sent()
        contract = self.active_contract(quote_id=revision.id)
        amendment = self.amendment_of(contract)
        amendment.action_mark_sent()
        contract.with_user(self.pom).action_create_invoices()
        invoice = contract.invoice_ids[:1].with_user(self.pom)
        invoice.action_issue()
        invoice.action_credit("Wrong price")
        note = invoice.credit_note_ids
        if note.state == "draft":
            note.action_issue()
        text = self.pack(contract).text()
        for each in (self.document, revision, contract, amendment, invoice, note):
            self.assertIn(each.name, text)

    def test_a_draft_is_not_in_it(self):
        contract, *_rest = self.sold()
        draft = self.invoice(contract_id=contract.id)
        pack = self.pack(contract)
        self.assertEqual(len(pack.sent()), 4)
        with self.assertRaisesRegex(UserError, "draft"):
            draft.with_user(self.norbert).action_evidence_pack()

    def test_a_file_that_is_not_as_it_was_sent_is_told(self):
        file = self.document.sudo().archive_ids
        self.env.cr.execute(
            "UPDATE ir_attachment SET document_sha256 = %s WHERE id = %s",
            ("0" * 64, file.id),
        )
        self.env.invalidate_all()
        self.assertIn("is NOT as it was sent", self.pack(self.document).text())

    def test_what_is_too_large_is_refused_in_a_sentence(self):
        self.patch(document_evidence, "LARGEST", 10)
        with self.assertRaisesRegex(UserError, "MB together; an evidence pack holds"):
            self.kept(self.document)

    def test_too_much_to_print_is_refused_in_a_sentence(self):
        for _n in range(40):
            self.env["document.event"]._append(
                self.document, "asked", note="many words " * 1000
            )
        with self.assertRaisesRegex(UserError, "too much to tell of this sale"):
            self.kept(self.document)

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def test_it_tells_what_happened(self):
        contract, *_rest = self.sold()
        self.mailed(self.document)
        text = self.pack(contract).text()
        solid = text.replace(" ", "")
        for said in (
            "Evidence pack",
            "Hilton Pattaya",
            self.norbert.name,
            "Nikki <nikki@example.com>",
            REPLY,
            "mail-1@bmasia.example.com",
            "Is it loud?",
            "proved by a code",
            self.acceptances().sentence,
            self.acceptances().sha256,
            self.acceptances().local_moment,
            "127.0.0.1",
            "python-requests",
            "The chain of digests holds",
            "carries no seal",
        ):
            self.assertIn(said.replace(" ", ""), solid)
        events = self.document.sudo().event_ids.filtered(lambda e: e.kind != "evidence")
        pages = self.pack(self.document).solid()
        for event in events:
            self.assertIn(event.digest, pages)

    def test_programs_can_reckon_the_chain_again(self):
        self.sold()
        documents = self.pack(self.document).told()["documents"]
        [told] = [each for each in documents if each["events"]]
        self.assertGreater(len(told["events"]), 3)
        self.assertIsNone(chain.verify(told["events"]))
        told["events"][1]["content"]["who"] = "Eve"
        self.assertEqual(chain.verify(told["events"]), 1)

    def test_a_broken_chain_is_told(self):
        self.sold()
        first = self.document.sudo().event_ids.sorted("id")[0]
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE document_event DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE document_event SET who = 'Eve' WHERE id = %s", first.ids
        )
        self.env.cr.execute("ALTER TABLE document_event ENABLE TRIGGER USER")
        self.env.invalidate_all()
        text = self.pack(self.document).text()
        self.assertIn(f"events of Quote {self.document.name} are NOT as they", text)
        self.assertIn("The chain of digests is BROKEN", text)
        self.assertNotIn("The chain of digests holds", text)

    def test_nothing_opens_a_page_and_nothing_internal_is_in_it(self):
        self.ask()
        code = self.mailed_code()
        contract, *_rest = self.sold()
        contract.internal_note = "SECRETNOTE"
        note = contract.sudo().message_post(
            body="SECRETNOTE", subject="SECRETNOTE", subtype_xmlid="mail.mt_note"
        )
        self.delivery_of(note, contract, recipient="pom@example.com")
        ours = contract.sudo().message_post(
            subject="SECRETNOTE", subtype_xmlid="mail.mt_comment"
        )
        self.delivery_of(
            ours, contract, recipient="x@example.com", partner_id=self.pom.partner_id.id
        )
        pack = self.pack(contract)
        told = pack.files()["evidence.json"].decode()
        digest = self.link().sudo().digest
        for secret in (self.key, digest, "SECRETNOTE", "/d/"):
            self.assertNotIn(secret, pack.solid() + told)
            self.assertNotIn(secret.encode(), pack.content)
        for each in {code, self.mailed_code()}:
            found = re.search(rf"(?<![0-9a-f]){each}(?![0-9a-f])", pack.text() + told)
            self.assertFalse(found)

    def test_hostile_texts_are_only_texts(self):
        self.post("/ask", name=HOSTILE[:70], question=HOSTILE)
        message = self.document.sudo().message_post(subtype_xmlid="mail.mt_comment")
        self.delivery_of(
            message,
            self.document,
            subject=HOSTILE,
            recipient="a@example.com",
            smtp_reply=HOSTILE,
        )
        self.env["document.event"]._append(
            self.document, "asked", HOSTILE, facts_of={"x": HOSTILE}, many=[HOSTILE] * 3
        )
        pack = self.pack(self.document)
        self.assertIn("<script>alert(1)</script>", pack.text())
        self.assertIn("{{7*7}}", pack.text())
        self.assertEqual(faults_of(pack.content), {})
        self.assertEqual(set(pack.relationships().values()), {"/Source", "/Data"})

    # ------------------------------------------------------------
    # SEAL AND STANDARD
    # ------------------------------------------------------------

    def test_with_a_seal_it_is_pdf_a_3b_and_ours(self):
        contract, *_rest = self.sold()
        self.thailand.with_user(self.norbert).action_make_own_seal()
        pack = self.kept(contract)
        self.assertEqual(faults_of(pack.raw), {})
        verdict = self.env["document.verification"]._verdict_of(pack.raw)
        self.assertEqual(verdict.state, UNCHANGED)
        self.assertEqual(verdict.document.kind, "Evidence pack, contract")
        self.assertEqual(verdict.document.number, contract.name)
        [seal] = verdict.seals
        self.assertTrue(seal.is_whole)
        self.assertEqual(seal.level, "B-B")
        changed = pack.raw[:-300] + b"x" + pack.raw[-299:]
        verdict = self.env["document.verification"]._verdict_of(changed)
        self.assertNotEqual(verdict.state, UNCHANGED)

    def test_without_a_seal_it_says_so_and_is_known(self):
        pack = self.kept(self.document)
        self.assertEqual(faults_of(pack.raw), {})
        verdict = self.env["document.verification"]._verdict_of(pack.raw)
        self.assertEqual((verdict.state, verdict.seals), (UNCHANGED, ()))

    def test_it_is_tagged_and_named(self):
        pack = self.pack(self.document)
        self.assertTrue(pack.reader.root_object["/MarkInfo"]["/Marked"])
        self.assertIn(self.document.name, pack.reader.metadata.title)
        self.assertIn("Evidence pack of Quote", pack.reader.metadata.title)

    # ------------------------------------------------------------
    # KEPT
    # ------------------------------------------------------------

    def test_it_is_kept_but_is_none_of_the_files_that_were_sent(self):
        before = self.document.sudo().archive_ids
        first, second = self.kept(self.document), self.kept(self.document)
        self.assertNotEqual(first, second)
        self.assertEqual(self.document.sudo().archive_ids, before)
        for pack in (first, second):
            digest = hashlib.sha256(pack.raw).hexdigest()
            self.assertEqual(pack.document_sha256, digest)
            self.assertTrue(pack.is_evidence_pack)
            self.assertEqual((pack.res_model, pack.res_id), at(self.document))
            with self.assertRaisesRegex(UserError, "is kept as it is"):
                pack.unlink()
            with self.assertRaisesRegex(UserError, "is kept as it is"):
                pack.write({"raw": b"x"})

    def test_it_is_noted_in_the_chain_and_in_the_chatter(self):
        pack = self.kept(self.document)
        event = self.document.sudo().event_ids.sorted("id")[-1]
        self.assertEqual(event.kind, "evidence")
        self.assertEqual(event.who, self.norbert.name)
        self.assertEqual(event.facts["sha256"], pack.document_sha256)
        self.assertFalse(self.env["document.event"]._broken(self.document))
        line = self.document.sudo().message_ids.sorted("id")[-1]
        self.assertIn(pack.document_sha256, line.body)
        self.assertIn("Evidence pack made", self.pack(self.document).text())

    def test_the_customer_does_not_see_it(self):
        pack = self.kept(self.document)
        link = self.link()
        self.assertNotIn(pack, self.document.sudo()._page_files(link))
        self.assertNotIn("Evidence", self.open().text)
        self.assertEqual(self.document.sudo()._kept_pdf(), self.document.archive_ids)

    def test_state_changes_are_told_with_their_day(self):
        self.env.flush_all()
        self.flush_tracking()
        self.document.action_accept()
        self.flush_tracking()
        text = self.pack(self.document).text()
        self.assertRegex(text, "Sent → Accepted, by Nikki")
        self.assertIn(f"{fields.Date.today()}", text)

    def test_it_speaks_the_language_of_its_document(self):
        self.env["res.lang"]._activate_lang("th_TH")
        names = "mail_delivery document_flow document_sign bmasia_crm bmasia_portal"
        modules = self.env["ir.module.module"]
        modules = modules.search([("name", "in", names.split())])
        modules._update_translations(["th_TH"])
        self.document = self.sent_quote(lang="th_TH")
        self.key = self.new_key(self.document, recipients="somchai@example.com")
        contract, *_rest = self.sold(lang="th_TH")
        self.mailed(self.document)
        pack = self.pack(contract)
        text = pack.solid()
        for said in (
            "ชุดหลักฐาน",
            "ไฟล์แนบ",
            "พิสูจน์ด้วยรหัส",
            "ค่าตรวจสอบต่อกันครบถ้วน",
            "ใบเสนอราคา",
            "หน้า",
        ):
            self.assertIn(said, text)
        for said in ("Evidence", "Status", "E-mails", "Events", "Quote", "Sent", "To:"):
            self.assertNotIn(said, text)
        self.assertEqual(faults_of(pack.content), {})

    def flush_tracking(self):
        self.env.cr.precommit.run()


def found_numbers(count):
    return (f"{number:03d} " for number in range(1, count + 1))


def at(record):
    return record._name, record.id
