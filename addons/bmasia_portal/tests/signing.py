"""The kit of the tests of signatures: a contract that was sent, whom it names, and what
they do on its page.
"""

import base64
import io
import re
from datetime import timedelta

from PIL import Image, ImageDraw

from odoo import SUPERUSER_ID
from odoo.fields import Command

from odoo.addons.document_flow.models.document_archived_mixin import (
    DocumentArchivedMixin,
)

from .answering import AnswerCase

RENDER = DocumentArchivedMixin._render_pdf  # before any case puts another in its place

LINK = re.compile(r"/d/([A-Za-z0-9_-]+)")
PREFIX = "data:image/png;base64,"


def drawn(size=(600, 200), line=((20, 100), (300, 40), (560, 150))):
    """A drawing as a browser sends it."""
    picture = Image.new("RGBA", size)
    if line:
        ImageDraw.Draw(picture).line(line, fill="black", width=5)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return PREFIX + base64.b64encode(content.getvalue()).decode()


class SigningCase(AnswerCase):
    """Somchai and Anong of Hilton Pattaya and Norbert of ours sign a contract."""

    def setUp(self):
        super().setUp()
        self.thailand.smtp_policy = "relay"
        self.document = self.sent_contract()
        self.somchai.function = "General Manager"

    def print_for_real(self):
        """What is printed is looked at."""
        self.patch(DocumentArchivedMixin, "_render_pdf", RENDER)

    def sent_contract(self, **values):
        contract = self.contract(
            signatory_ids=[
                Command.create({"side": "seller", "name": "Norbert", "title": "CEO"}),
                Command.create({"name": "Somchai", "title": "General Manager"}),
                Command.create({"name": "Anong", "title": "Owner"}),
            ],
            user_id=self.nikki.id,
            **values,
        )
        contract.action_mark_sent()
        return contract

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    def wizard(self, document=None, user=None):
        document = (document or self.document).with_user(user or self.nikki)
        context = document.action_ask_signatures()["context"]
        dialogs = self.env["document.signing.wizard"].with_user(user or self.nikki)
        return dialogs.with_context(**context).create({})

    def ask_signatures(self, in_order=False, only=None, **values):
        """Ask, and return the request.

        :param only: names of those who sign; default all whom the dialog proposes
        """
        wizard = self.wizard()
        wizard.write({"in_order": in_order, **values})
        if only:
            wizard.signer_ids.filtered(lambda each: each.name not in only).unlink()
        wizard.action_confirm()
        return self.signing()

    def signing(self, document=None):
        document = document or self.document
        return document.with_user(SUPERUSER_ID).signing_ids[:1]

    def signer(self, name):
        signers = self.signing().signer_ids
        return signers.filtered(lambda each: each.name == name)[-1:]

    def mails_to(self, address):
        mails = self.env["mail.mail"].search([("email_to", "ilike", address)])
        return mails.sorted("id")

    def key_of(self, address):
        """The key of the last mail that asks somebody to sign."""
        mails = self.mails_to(address).filtered(
            lambda mail: "Read and sign" in (mail.body_html or "")
        )
        return LINK.search(mails[-1:].body_html)[1]

    def key_of_norbert(self):
        action = self.document.with_user(self.norbert).action_sign()
        return LINK.search(action["url"])[1]

    # ------------------------------------------------------------
    # ON THE PAGE
    # ------------------------------------------------------------

    def field(self, page, name):
        [field] = page.tree.xpath(f"//section[@id='sign']//*[@name='{name}']")
        return field.text if field.tag == "textarea" else field.get("value")

    def panel(self, page):
        found = page.tree.xpath("//section[@id='sign']")
        return " ".join(found[0].text_content().split()) if found else ""

    def offers(self, page):
        """Whether the page has the form to sign."""
        return bool(page.tree.xpath("//section[@id='sign']//*[@name='full_name']"))

    def want(self, key, path="/sign", **form):
        """Fill in the form and ask for a code."""
        page = self.open(key=key)
        given = {
            "sha256": self.field(page, "sha256"),
            "full_name": self.field(page, "full_name"),
            **form,
        }
        return self.post(path, key=key, **given)

    def prove(self, page, address, key, code=None):
        """Type the code of the mail, or another one."""
        given = {"ticket": self.ticket(page), "code": code or self.mailed_code(address)}
        return self.post("/sign/confirm", key=key, **given)

    def sign(self, address, key=None, **form):
        key = key or self.key_of(address)
        return self.prove(self.want(key, **form), address, key)

    def sign_for_us(self, **form):
        key = self.key_of_norbert()
        return self.prove(self.want(key, **form), self.norbert.login, key)

    def sign_all(self):
        self.sign("somchai@example.com")
        self.sign("anong@example.com")
        return self.sign_for_us()

    def later(self, days):
        return self.document._today() + timedelta(days=days)
