"""A delivery note is mailed from its person's own account, and kept as it went out."""

import hashlib
import io
from urllib.parse import urlsplit

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import GOODS, TO, SendingCase


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@tagged("post_install", "-at_install")
class TestSending(SendingCase, HttpCase):
    def send(self, note, **values):
        answer = note.send_email(**values)
        self.assertEqual(answer["status"], "sent", answer)
        return self.server.messages[-1]

    def test_the_pdf_shows_number_addressee_day_and_goods(self):
        note = self.sent_note()
        text = text_of(note._render_pdf())
        for words in ("Delivery note", note.name, "Ada", *GOODS.splitlines()):
            self.assertIn(words, text)
        self.assertIn(note._format_day(note.date, "d MMM"), text)
        self.assertIn("Page 1 of 1", text)
        self.assertNotIn("DRAFT", text)
        self.assertIn("DRAFT", text_of(self.note()._render_pdf(preview=True)))

    def test_it_leaves_from_the_senders_own_account(self):
        note = self.note()
        mail = self.send(note)
        self.assertEqual(mail.login, self.ann.login)
        self.assertIn(self.ann.login, mail.message["From"])
        self.assertEqual(mail.message["Subject"], f"Delivery note {note.name}")
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertEqual((note.state, note.send_state), ("sent", "sent"))
        self.assertEqual(note.delivery_ids.mapped("recipient"), [TO])

    def test_the_bytes_that_went_out_are_kept(self):
        note = self.note()
        (mailed,) = self.send(note).attachments.values()
        kept = note._kept_pdf()
        self.assertEqual(kept.raw, mailed)
        self.assertEqual(kept.document_sha256, hashlib.sha256(mailed).hexdigest())
        (again,) = self.send(note, send_again=True).attachments.values()
        self.assertEqual(again, mailed)
        self.assertEqual(len(note.archive_ids), 1)
        self.assertEqual(note.action_print()["type"], "ir.actions.act_url")

    def test_the_wizard_proposes_the_addressee_and_sends(self):
        note = self.note()
        action = note.action_send()
        wizard = self.env[action["res_model"]].with_user(self.ann)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.recipient_ids, self.ada)
        self.assertIn(self.ann.login, wizard.sender_line)
        wizard.action_send()
        self.assertEqual(self.server.copies(), {TO: 1})
        self.assertEqual(note.state, "sent")

    def test_only_whom_it_is_addressed_to_gets_it(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        bob = {"name": "Bob", "email": "bob@customer.example.com"}
        self.env["res.partner"].create({**bob, "parent_id": firm.id})
        self.ada.parent_id = firm
        self.send(self.note())
        self.assertEqual(self.server.copies(), {TO: 1})

    def test_what_was_sent_stands_in_its_history(self):
        note = self.note()
        self.send(note)
        subjects = note.message_ids.mapped("subject")
        self.assertIn(f"Delivery note {note.name}", subjects)

    def test_a_refused_address_leaves_a_draft_that_keeps_its_number(self):
        self.server.reply("RCPT", to=TO, with_=(550, "5.1.1 no such user"))
        note = self.note()
        answer = note.send_email()
        self.assertEqual(answer["status"], "refused")
        self.assertEqual((note.state, note.name), ("draft", answer["number"]))

    def test_the_link_opens_the_file_that_was_sent_and_nothing_else(self):
        note = self.note()
        (mailed,) = self.send(note).attachments.values()
        self.authenticate(None, None)
        path = urlsplit(note.get_portal_url()).path
        self.assertIn(note.name, self.url_open(path).text)
        self.assertEqual(self.url_open(f"{path}/pdf").content, mailed)
        other = self.sent_note()
        key = path.rpartition("/")[2]
        for address in (
            f"/my/delivery-notes/{other.id}?access_token={key}",
            f"/my/delivery-notes/{note.id}",
        ):
            answer = self.url_open(address)
            self.assertNotIn(other.name, answer.text)
            self.assertNotIn(note.name, answer.text)

    def test_a_template_names_only_what_documents_know(self):
        template = self.env.ref("delivery_note.template_send")
        with self.assertRaises(UserError):
            template.subject = "{{ object.company_id.name }}"
