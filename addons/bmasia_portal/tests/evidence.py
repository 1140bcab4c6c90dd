"""The kit of the tests of evidence packs: a sale from quote to receipt, and what a
reader of a pack finds in it.
"""

import hashlib
import io
import json
import subprocess

from pypdf import PdfReader

from odoo import fields

from odoo.addons.encrypted_field.tests.common import new_key, use_keys

from .answering import AnswerCase

REPLY = "250 2.0.0 OK: queued as 4XyZ1"


class Pack:
    """An evidence pack as somebody outside sees it.

    :param content: the PDF
    """

    def __init__(self, content):
        self.content = content
        self.reader = PdfReader(io.BytesIO(content))

    def files(self):
        """The attached files: contents by name."""
        return {name: found[0] for name, found in self.reader.attachments.items()}

    def digests(self):
        return [hashlib.sha256(content).hexdigest() for content in self.sent().values()]

    def sent(self):
        """The attached files but for the one for programs."""
        return {n: c for n, c in self.files().items() if n != "evidence.json"}

    def told(self):
        """What it says to programs."""
        return json.loads(self.files()["evidence.json"])

    def relationships(self):
        """What each file is to the pack."""
        listed = self.reader.root_object["/AF"]
        files = [reference.get_object() for reference in listed]
        return {file["/UF"]: file["/AFRelationship"] for file in files}

    def text(self):
        """All of its pages, as one line."""
        found = subprocess.run(
            ["pdftotext", "-layout", "-", "-"],
            input=self.content,
            capture_output=True,
            check=True,
        )
        return " ".join(found.stdout.decode().split())

    def solid(self):
        """The same without any blank: what was broken into lines is whole."""
        found = subprocess.run(
            ["pdftotext", "-raw", "-", "-"],
            input=self.content,
            capture_output=True,
            check=True,
        )
        return "".join(found.stdout.decode().split())


class EvidenceMixin:
    """Makes packs; for cases with entities and people."""

    def setUp(self):
        self.enterContext(use_keys(new_key()))
        super().setUp()

    def pack(self, document, user=None):
        """Make a pack as somebody, and read it."""
        return Pack(self.kept(document, user).raw)

    def kept(self, document, user=None):
        """Make a pack as somebody.

        :returns: the attachment, as superuser
        """
        action = document.with_user(user or self.norbert).action_evidence_pack()
        number = int(action["url"].split("/")[-1].partition("?")[0])
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["ir.attachment"].sudo().browse(number)


class EvidenceCase(EvidenceMixin, AnswerCase):
    """The quote of ``AnswerCase``, and what follows from it."""

    def sold(self, **values):
        """The quote was accepted, and made a contract, an invoice and a receipt.

        :returns: contract, invoice, receipt
        """
        self.post("/seen")
        self.post("/ask", name="Somchai", question="Is it loud?")
        self.accept()
        contract = self.contract(quote_id=self.document.id, **values)
        contract.action_mark_sent()
        contract.action_activate(contract._today())
        contract.with_user(self.pom).action_create_invoices()
        invoice = contract.invoice_ids[:1].with_user(self.pom)
        invoice.action_issue()
        invoice.action_register_payment(invoice.amount_due)
        return contract, invoice, invoice.receipt_ids

    def mailed(self, document, to="somchai@example.com", **values):
        """As if a document had been sent by mail.

        :returns: the delivery
        """
        message = document.sudo().message_post(
            body="Here it is",
            subject=f"Your document {document.name}",
            author_id=self.nikki.partner_id.id,
            subtype_xmlid="mail.mt_comment",
            attachment_ids=document.archive_ids.ids,
            notify_skip_followers=True,
        )
        return self.delivery_of(message, document, recipient=to, **values)

    def delivery_of(self, message, document, **values):
        return (
            self.env["mail.delivery"]
            .sudo()
            .create(
                {
                    "mail_message_id": message.id,
                    "message_id_header": "<mail-1@bmasia.example.com>",
                    "subject": message.subject,
                    "user_id": self.nikki.id,
                    "author_id": self.nikki.partner_id.id,
                    "email_from": "Nikki <nikki@example.com>",
                    "model": document._name,
                    "res_id": document.id,
                    "state": "sent",
                    "sent_at": fields.Datetime.now(),
                    "smtp_code": 250,
                    "smtp_reply": REPLY,
                    **values,
                }
            )
        )
