"""What tests of answers share: a quote that was sent, its link, a visitor."""

import re
from urllib.parse import parse_qs, urlparse

from lxml import html

from odoo.tests import HttpCase

from odoo.addons.bmasia_crm.tests.common import CrmCase, SendingCase
from odoo.addons.document_flow.models.document_attempt import DocumentAttempt

CODE = re.compile(r">(\d{6})<")


class Page:
    """What a visitor sees.

    :param answer: of HTTP
    """

    def __init__(self, answer):
        self.answer = answer
        self.status = answer.status_code
        self.tree = html.fromstring(answer.content or b"<html/>")

    @property
    def text(self):
        return " ".join(self.tree.text_content().split())

    def alert(self):
        """What is said to be wrong."""
        found = self.tree.xpath("//*[@role='alert']")
        return " ".join(" ".join(node.text_content().split()) for node in found)

    def panel(self):
        """The text of the panel about the answer, or an empty one."""
        found = self.tree.xpath("//section[@id='answer']")
        return " ".join(found[0].text_content().split()) if found else ""

    def value(self, name):
        """What a field of the panel holds."""
        [field] = self.tree.xpath(f"//section[@id='answer']//*[@name='{name}']")
        if field.tag == "select":
            chosen = field.xpath("option[@selected]") or field.xpath("option")
            return chosen[0].get("value")
        return field.text if field.tag == "textarea" else field.get("value")

    def has(self, name):
        """Whether the panel has a field."""
        return bool(self.tree.xpath(f"//section[@id='answer']//*[@name='{name}']"))


class AnswerCase(CrmCase, HttpCase):
    """Somchai and Anong of Hilton Pattaya have a quote of Nikki's, and a link."""

    def setUp(self):
        super().setUp()
        self.anong.receives_quotes = True
        self.document = self.sent_quote()
        self.key = self.new_key(self.document, recipients="somchai@example.com")
        self.count_in_memory()
        self.authenticate(None, None)

    def count_in_memory(self):
        """A request's rollback undoes in tests what a cursor of its own has written, so
        tries are counted outside of the database.
        """
        self.tries = {}

        def allows(_self, what, who, most, _minutes):
            count = self.tries[what, str(who)] = self.tries.get((what, str(who)), 0) + 1
            return count <= most

        self.patch(DocumentAttempt, "_allows", allows)

    def sent_quote(self, **values):
        quote = self.quote(**values)
        quote.action_mark_sent()
        return quote

    def new_key(self, document, purpose="mail", **values):
        links = self.env["document.link"].with_user(self.nikki)
        _link, address = links._make(document, purpose, **values)
        return address.rpartition("/")[2]

    def link(self, key=None):
        return self.env["document.link"]._find(key or self.key)

    # ------------------------------------------------------------
    # WHAT A VISITOR DOES
    # ------------------------------------------------------------

    def open(self, path="", key=None, **options):
        self.env.flush_all()
        answer = self.url_open(f"/d/{key or self.key}{path}", **options)
        self.env.invalidate_all()
        return Page(answer)

    def post(self, path, key=None, **form):
        self.env.flush_all()
        answer = self.url_open(f"/d/{key or self.key}{path}", data=form or {"x": "1"})
        self.env.invalidate_all()
        return Page(answer)

    def ask(self, path="/code", key=None, **form):
        """Fill in the form that the page shows, and ask for a code."""
        page = self.open(key=key)
        given = {
            "sha256": page.value("sha256"),
            "address": page.value("address"),
            "full_name": "Somchai P.",
            **form,
        }
        return self.post(path, key=key, **given)

    def ticket(self, page):
        """The request that a page with the box for the code goes on with."""
        return parse_qs(urlparse(page.answer.url).query)["ticket"][0]

    def mailed_code(self, address="somchai@example.com"):
        """The code of the latest mail to an address."""
        return CODE.search(self.code_mail(address).body_html)[1]

    def code_mail(self, address="somchai@example.com"):
        mails = self.env["mail.mail"].search([("email_to", "ilike", address)])
        return mails.filtered(lambda m: CODE.search(m.body_html or "")).sorted("id")[-1]

    def confirm(self, page, code=None, **form):
        """Type the code of the mail, or another one."""
        given = {"ticket": self.ticket(page), "code": code or self.mailed_code()}
        return self.post("/answer", **{**given, **form})

    def accept(self):
        return self.confirm(self.ask())

    def decline(self, reason="Too dear"):
        return self.confirm(self.ask("/decline", reason=reason))

    # ------------------------------------------------------------
    # WHAT BECAME OF IT
    # ------------------------------------------------------------

    def acceptances(self, document=None):
        document = document or self.document
        return document.sudo().acceptance_ids

    def kinds(self, document=None):
        """The events of a document, the first one first."""
        document = document or self.document
        return document.sudo().event_ids.sorted("id").mapped("kind")

    def assert_untouched(self):
        """Nothing was accepted or declined."""
        self.assertEqual(self.document.state, "sent")
        self.assertFalse(self.acceptances())
        self.assertFalse({"accepted", "declined"} & {*self.kinds()})


class RelayCase(SendingCase):
    """Mail goes out, and the company has a relay. Mixed in before another case."""

    registry_test_mode = False  # ``SendingCase`` enters it

    def setUp(self):
        super().setUp()
        self.relay = self.start_server()
        self.relay_row = self.env["ir.mail_server"].create(
            {
                "name": "Relay",
                "smtp_host": self.relay.host,
                "smtp_port": self.relay.port,
                "smtp_encryption": "none",
            }
        )
