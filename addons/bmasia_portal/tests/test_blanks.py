"""No sentence that a customer reads has a blank before its comma or full stop, or two
blanks in a row: on each page, and in each mail, in English and in Thai.
"""

import re
from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.pages import PageMixin

from .signing import SigningCase

SOMCHAI, ANONG, BOB = "somchai@example.com", "anong@example.com", "bob@example.com"
ACCOUNT = "/my/documents"
LANGUAGES = ("en_US", "th_TH")
ODD = re.compile(r"\s[,.;!?](?:\s|$)|\s\s")
BREAK = "¶"  # where a new line begins on the screen
BLOCKS = "//p | //li | //dt | //dd | //div | //td | //th | //tr | //h1 | //h2 | //h3"
# What a reader gets of an element besides its text.
READ_ALOUD = "//@aria-label | //@alt | //@title | //@placeholder"


def odd_blanks(content):
    """What is odd in the texts of a page or a mail.

    :param str content: HTML
    """
    tree = html.fromstring(content or "<p/>")
    for node in tree.xpath("//script | //style"):
        node.drop_tree()
    for node in tree.xpath(f"{BLOCKS} | //br"):
        node.tail = BREAK + (node.tail or "")
        if node.tag != "br":
            node.text = BREAK + (node.text or "")
    # a browser shows one blank for many, but for those that do not break
    shown = re.sub(r"[ \t\r\n\f\v]+", " ", tree.text_content())
    texts = [text.strip(" ") for text in shown.split(BREAK)]
    return [text for text in [*texts, *tree.xpath(READ_ALOUD)] if ODD.search(text)]


@tagged("post_install", "-at_install")
class TestBlanks(PageMixin, SigningCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("th_TH")
        modules = self.env["ir.module.module"].search([("state", "=", "installed")])
        ours = modules.filtered(lambda m: m.name.startswith(("bmasia", "document")))
        ours._update_translations(["th_TH"])
        self.somchai.function = "General Manager"
        self.pages = set()

    def open(self, path="", key=None, **options):
        """Also in the other language; what is odd fails."""
        page = SigningCase.open(self, path, key, **options)
        self.look(page.answer)
        mark = "&" if "?" in path else "?"
        for lang in LANGUAGES:
            self.look(SigningCase.open(self, f"{path}{mark}lang={lang}", key).answer)
        return page

    def post(self, path, key=None, **form):
        page = SigningCase.post(self, path, key, **form)
        self.look(page.answer)
        for lang in LANGUAGES if page.status == 422 else ():
            again = SigningCase.post(self, f"{path}?lang={lang}", key, **form)
            self.look(again.answer)
        return page

    def look(self, answer):
        kind = answer.headers.get("Content-Type", "")
        if kind.startswith("text/html"):
            self.pages.add((answer.url, html.fromstring(answer.text).get("lang")))
            self.assertEqual(odd_blanks(answer.text), [], answer.url)

    def tearDown(self):
        """All mails that were written meanwhile."""
        mails = self.env["mail.mail"].search([])
        for mail in mails:
            self.assertEqual(odd_blanks(mail.body_html), [], mail.subject)
            self.assertFalse(ODD.search(mail.subject or ""), mail.subject)
        langs = {lang for _address, lang in self.pages}
        self.assertLessEqual({"en-US", "th-TH"}, langs)
        super().tearDown()

    def of_quote(self, lang, **values):
        self.document = self.sent_quote(lang=lang, **values)
        self.key = self.new_key(self.document, recipients=SOMCHAI)

    def test_a_rule_that_finds_what_is_odd(self):
        self.open()
        for text in (
            "<p>Norbert <span>, CEO</span></p>",
            "<p>Norbert\n  .</p>",
            "<p>a\u00a0 b</p>",
            "<p aria-label='a  b'/>",
        ):
            self.assertTrue(odd_blanks(text), text)
        for text in ("<p>a,\n  b.</p>", "<p>a</p><p>.b</p>", "<p>1 .5</p>", "<b>a</b>"):
            self.assertFalse(odd_blanks(text), text)

    def test_a_quote_is_answered(self):
        for lang in LANGUAGES:
            for answer in (self.accept, self.decline):
                optional = self.line(600.0, name="Tablet", is_optional=True)
                self.of_quote(lang, line_ids=[self.line(), optional])
                self.open()
                self.ask("/decline", full_name="", address="x")
                self.post("/ask", question="When?", name="Anong")
                question = self.document.sudo().question_ids
                question.with_user(self.nikki).give_answer("Soon.")
                asked = self.ask()
                self.open(f"/confirm?ticket={self.ticket(asked)}")
                self.confirm(asked, "12")
                answer()
                self.open(f"?done={self.document.answer_id.answer}")
                self.tries.clear()

    def test_a_quote_whose_time_is_over(self):
        for lang in LANGUAGES:
            self.of_quote(lang)
            with freeze_time(self.document.valid_until + timedelta(2)):
                self.open()
                self.post("/extend")
                self.open("?done=extension")

    def test_a_link_that_is_over(self):
        self.of_quote("en_US")
        link = self.link().sudo()
        link.fixed_end = self.document._today() - timedelta(1)
        self.open()
        self.post("/renew")
        link.called_back = self.document.create_date
        self.open()
        self.open(key="x" * 43)

    def test_a_contract_is_signed(self):
        for lang in LANGUAGES:
            self.document = self.sent_contract(lang=lang)
            self.ask_signatures()
            key = self.key_of_somchai()
            self.open(key=key)
            self.open(key=self.new_key(self.document))
            self.want(key, "/sign/decline", full_name="", reason="")
            form = {"to_name": "Bob B.", "to_address": BOB}
            self.want(key, "/sign/delegate", to_name="", to_address="x", full_name="")
            asked = self.want(key, "/sign/delegate", **form)
            self.open(f"/sign/code?ticket={self.ticket(asked)}", key=key)
            self.prove(asked, SOMCHAI, key)
            self.open("?done=signed", key=self.sign_by(BOB))
            self.sign_by(ANONG)
            ours = self.key_of_norbert()
            self.post("/ask", key=ours, question="x")
            self.prove(self.want(ours), self.norbert.login, ours)
            self.open("?done=signed", key=ours)
            self.tries.clear()

    def test_signing_ends_before(self):
        for lang in LANGUAGES:
            self.document = self.sent_contract(lang=lang)
            self.ask_signatures()
            key = self.key_of_somchai()
            self.signing().signer_ids[1]._remind()
            self.prove(self.want(key, "/sign/decline", reason="No"), SOMCHAI, key)
            self.open("?done=not_signed", key=key)
            self.ask_signatures()
            self.document.action_void_signing()
            self.open(key=self.new_key(self.document))
            self.tries.clear()

    def key_of_somchai(self):
        return self.key_by(SOMCHAI)

    def key_by(self, address):
        """The key of the last link that a signer has, in whichever language."""
        mails = self.mails_to(address).filtered(lambda m: "/d/" in (m.body_html or ""))
        signers = self.signing().signer_ids.link_ids
        for mail in reversed(mails):
            key = re.search(r"/d/([A-Za-z0-9_-]+)", mail.body_html)[1]
            if self.link(key) in signers:
                return key
        raise AssertionError(address)

    def sign_by(self, address):
        key = self.key_by(address)
        self.prove(self.want(key), address, key)
        return key

    def test_an_invoice_is_paid(self):
        for lang in LANGUAGES:
            self.document = self.issued_invoice(lang=lang)
            self.document.action_mark_sent()
            self.key = self.new_key(self.document, recipients=ANONG)
            self.open()
            self.post("/paid", amount="x", date="2999-01-01")
            today = str(self.document._today())
            self.post("/paid", amount="14,980.00", date=today)
            self.open("?done=claimed")
            for amount in (4980.0, 10000.0):
                self.document.with_user(self.pom).action_register_payment(amount)
                self.open()
            receipt = self.document.receipt_ids[0]
            receipt._archive_pdf()
            self.open(key=self.new_key(receipt))

    def test_the_list_of_a_login(self):
        self.customer.partner_id.parent_id = self.hilton.partner_id
        for kind in ("invoice", "proforma"):
            self.issued_invoice(kind=kind).action_mark_sent()
        self.sign_in(self.customer)
        for lang in LANGUAGES:
            for query in ({}, {"done": "received"}, {"done": "invited"}):
                self.look(self.get(ACCOUNT, lang=lang, **query))
            form = {"name": "?", "email": "x", "lang": lang}
            self.look(self.send_form(ACCOUNT, f"{ACCOUNT}/invite", **form))
        form = {"name": "Bob B.", "email": BOB}
        self.send_form(ACCOUNT, f"{ACCOUNT}/invite", **form)

    def send_form(self, page, path, **form):
        [token] = {
            *html.fromstring(self.get(page).text).xpath(
                "//*[@name='csrf_token']/@value"
            )
        }
        return PageMixin.post(self, path, csrf_token=token, **form)
