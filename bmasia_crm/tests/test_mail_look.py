"""What a mail looks like where it is read: Gmail, Outlook's Word engine, phones, dark
screens, and programs that show text. Every template of documents is sent through a mail
server, in both languages.
"""

import re
from email.message import EmailMessage

from lxml import html as lxml_html

from odoo.tests import tagged

from .letters import LetterCase

LANGUAGES = ("en_US", "th_TH")
GREETING = {"en_US": "Dear Somchai,", "th_TH": "เรียน Somchai"}
CLOSING = {"en_US": "Kind regards,", "th_TH": "ขอแสดงความนับถือ"}
SIGNATURE = "Nikki Hansen\nSales Director\n+66 2 153 3520\nBMAsia (Thailand) Co., Ltd."
ONLINE = {"en_US": "Open ", "th_TH": "เปิด"}  # how the link to the page begins
# What Word's engine, or Gmail, does not know.
UNKNOWN = re.compile(
    r"(?<![\w-])(?:display\s*:\s*(?:flex|grid)|position|float|var\(|rem\b|vw\b)", re.I
)
COLOUR = re.compile(r"(?:^|;)\s*(?:color|background(?:-color)?)\s*:", re.I)
FIXED = re.compile(r"(?<![\w-])(?:min-)?width\s*:\s*(\d+)px")
NARROW = 320  # pixels
TEXTS = ("p", "td", "th", "li", "div")
PROSE = {"en_US": re.compile(r"[.?,:]$"), "th_TH": re.compile(r".$")}


def faults_of_html(html):
    """What of a mail's HTML some program shows badly, in words.

    :param str html: a whole mail
    :rtype: list[str]
    """
    tree = lxml_html.document_fromstring(html)
    head, elements = tree.find("head"), list(tree.find("body").iter())
    styles = [element.get("style") or "" for element in elements]
    metas = {meta.get("name"): meta.get("content") for meta in head.iter("meta")}
    checks = {
        "no doctype": not html.startswith("<!DOCTYPE html>"),
        "no language": not tree.get("lang"),
        "no title": not (head.findtext("title") or "").strip(),
        "no viewport": "width=device-width" not in (metas.get("viewport") or ""),
        "stylesheet": bool(
            tree.xpath("//style | //link[@rel='stylesheet'] | //script")
        ),
        "class": any(element.get("class") for element in elements),
        "unknown style": any(map(UNKNOWN.search, styles)),
        "half a dark screen": metas.get("color-scheme") == "light dark"
        and any(
            COLOUR.search(style) for style in styles if "display: none" not in style
        ),
        "too wide": any(
            int(pixels) > NARROW for style in styles for pixels in FIXED.findall(style)
        ),
        "picture without words": bool(tree.xpath("//img[not(@alt)]")),
        "no table around": not tree.xpath("//body/table[@role='presentation']"),
        "font of the program": any(
            "font-family:Arial" not in style
            for element, style in zip(elements, styles, strict=True)
            if element.tag in TEXTS
        ),
    }
    return [fault for fault, found in checks.items() if found]


def faults_of_text(text, lang):
    """What of a mail's text part does not read as a letter, in words.

    :param str text: of the part, decoded
    :param str lang: of the mail
    :rtype: list[str]
    """
    text, _line_end, link = text.rstrip().partition("\n\n" + ONLINE[lang])
    lines = text.split("\n")
    closing = lines.index(CLOSING[lang]) if CLOSING[lang] in lines else 0
    prose = [line for line in lines[:closing] if line and " | " not in line]
    checks = {
        "no greeting": not text.startswith(f"{GREETING[lang]}\n\n"),
        "no blank line before the closing": not closing or lines[closing - 1],
        "no signature": not text.endswith(f"\n\n{SIGNATURE}"),
        "no link to the page": "/d/" not in link,
        "a sentence is broken": not all(map(PROSE[lang].search, prose)),
        "marks": bool(re.search(r"\*|(?<!\S)/\w+/|_{2}|\[\d+\]", text)),
        "several blank lines": "\n\n\n" in text,
        "several blanks": bool(re.search(r"\S {2,}\S| [,.;:]", text)),
        "markup": bool(re.search(r"</?\w+>|&\w+;|\{\{|⟦", text)),
    }
    return [fault for fault, found in checks.items() if found]


@tagged("post_install", "-at_install")
class TestMailLook(LetterCase):
    def setUp(self):
        super().setUp()
        for user in self.nikki | self.pom:
            user.signature = f"<p>{SIGNATURE}</p>".replace("\n", "<br/>")

    def speak(self, lang):
        self.env["res.lang"]._activate_lang(lang)
        names = [("name", "in", ("document_flow", "bmasia_crm"))]
        self.env["ir.module.module"].search(names)._update_translations([lang])
        (self.hilton.partner_id | self.somchai | self.anong).lang = lang

    def received(self, document, key):
        """A mail as it arrives, made of a template for a document."""
        owner = next(
            user
            for user in (self.nikki, self.pom)
            if document.with_user(user).has_access("write")
        )
        own = document.with_user(owner)
        own._issue_document()
        words = own._prepare_mail(template=key, to=["somchai@example.com"])
        letter = own._prepare_letter(["somchai@example.com"], None, **words)
        mail = own._write_mail(
            letter.numbered(own.name),
            own._check_sender(),
            own.env["ir.attachment"],
            {},
        )
        mail._deliver()
        return self.server.messages[-1]

    def check_every_template(self, lang):
        self.speak(lang)
        documents = self.one_of_each()
        templates = self.shipped_templates()
        self.assertGreaterEqual(len(templates), 12)
        for key in templates:
            with self.subTest(key, lang=lang):
                received = self.received(documents[self.env.ref(key).model], key)
                self.check_structure(received)
                html, text = self.parts(received.message)
                self.assertEqual(faults_of_html(html), [])
                self.assertEqual(faults_of_text(text, lang), [])
                self.assertIn(f'<html lang="{lang.replace("_", "-")}">', html)

    def check_structure(self, received):
        message = received.message
        (alternative,) = [
            part
            for part in message.walk()
            if part.get_content_type() == "multipart/alternative"
        ]
        kinds = [part.get_content_type() for part in alternative.iter_parts()]
        self.assertEqual(kinds, ["text/plain", "text/html"])
        for part in alternative.iter_parts():
            self.assertEqual(part.get_content_charset(), "utf-8")
        self.assertLessEqual(max(map(len, received.content.split(b"\r\n"))), 998)
        self.assertTrue(received.content.isascii())

    def parts(self, message: EmailMessage):
        """HTML and text of a mail, decoded."""
        html = message.get_body(("html",)).get_content()
        text = message.get_body(("plain",)).get_content()
        return html, text.replace("\r\n", "\n")

    def test_every_english_mail_reads_well_in_every_program(self):
        self.check_every_template("en_US")

    def test_every_thai_mail_reads_well_in_every_program(self):
        self.check_every_template("th_TH")

    def test_what_people_write_reads_as_their_letter(self):
        quote = self.quote()
        quote.action_mark_sent()
        self.server.messages.clear()
        mails = self.env["mail.mail"].search([])
        quote.with_user(self.nikki).message_post(
            body="Dear Somchai,",
            partner_ids=self.somchai.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        (self.env["mail.mail"].search([]) - mails).send()
        message = self.server.messages[-1].message
        self.assertEqual(message["Subject"], f"Quote {quote.name} for Hilton Pattaya")
        html, text = self.parts(message)
        classes = {"class"}  # Odoo marks the signature, for itself
        self.assertEqual(set(faults_of_html(html)) - classes, set())
        letter, link = text.strip().split("\n\nView Quote ")
        self.assertEqual(letter, f"Dear Somchai,\n\n-- \n{SIGNATURE}")
        self.assertRegex(link, rf"^<http\S+> {quote.name}$")

    def test_an_invitation_fits_a_phone(self):
        user = self.env["res.users"].with_context(no_reset_password=True)
        user = user.create({"name": "Malee", "login": "malee@example.com"})
        template = self.env.ref("auth_signup.set_password_email")
        mail = self.env["mail.mail"].browse(template.send_mail(user.id))
        (email,) = mail._prepare_outgoing_list()
        faults = faults_of_html(email["body"])
        own_design = {"no table around", "font of the program", "no language"}
        self.assertEqual(set(faults) - own_design, set())
        self.assertRegex(email["body_alternative"], r"Accept invitation <http\S+>")

    def test_the_checks_find_what_programs_show_badly(self):
        for fault, html in {
            "unknown style": '<p style="display: flex">x</p>',
            "too wide": '<p style="width:600px">x</p>',
            "stylesheet": "<style>p {}</style>",
            "font of the program": "<p>x</p>",
            "picture without words": "<img src='x'>",
        }.items():
            self.assertIn(
                fault, faults_of_html(f"<html><head></head><body>{html}</body></html>")
            )
        for fault, text in {
            "a sentence is broken": "It comes to\n\nKind regards,\n",
            "marks": "It comes to *THB 1*.",
            "no blank line before the closing": "Yes.\nKind regards,\n",
        }.items():
            self.assertIn(fault, faults_of_text(text, "en_US"))
