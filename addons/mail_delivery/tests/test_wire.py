"""What arrives is what was written: on a real socket, and for texts of every script."""

import email
import email.policy
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase

from ..tools.addresses import Mailbox, read
from ..tools.wire import as_bytes

ENCODED_WORD = re.compile(r"=\?[^\s?]*\?[^\s?]*\?[^\s?]*\?=")
SIGNS = (
    'กขคงน้ำจำกัดเแ \t =?_"\\,;:<>()[]@.éÜ日本語한국мир🎵👨\u200d👩\u200d👧🏽'
    "हिन्दीمطعم–-abcABC123&%$"
)
TEXTS = st.text(
    st.one_of(
        st.sampled_from(SIGNS.replace("\t", "")),
        st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Zl", "Zp")),
    ),
    max_size=500,
)
NAMES = st.text(st.sampled_from(SIGNS.replace("\t", "")), min_size=1, max_size=120)
BODY = "<p>From here on<br/>From the sea</p><p>น้ำ .</p><p>.</p>"


class WireMixin:
    def read_strictly(self, raw):
        """Parse what arrived, after looking at its bytes."""
        self.assertTrue(raw.isascii())
        self.assertNotRegex(raw, rb"(?<!\r)\n")
        lines = raw.split(b"\r\n")
        self.assertLessEqual(max(map(len, lines)), 998)
        head = raw.partition(b"\r\n\r\n")[0].decode()
        for word in ENCODED_WORD.findall(head):
            self.assertLessEqual(len(word), 75)
            self.assertNotIn("?==?", word)
            self.assertNotRegex(word, r"\?\?=$", "an empty encoded word")
        for line in head.split("\r\n"):
            if not line.startswith(("Message-I", "In-Reply", "References", " <")):
                self.assertLessEqual(len(line), 78, line)
        message = email.message_from_bytes(raw, policy=email.policy.default)
        for name, value in message.items():
            self.assertFalse(value.defects, (name, value))
        return message


@tagged("post_install", "-at_install")
class TestTextsOfEveryScript(WireMixin, TransactionCase):
    def written(self, subject="Quote", people=("a@x.io",)):
        message = EmailMessage(policy=email.policy.SMTP)
        message["Subject"] = subject
        message["From"] = people[0]
        message["To"] = list(people)
        message.set_content("words")
        return as_bytes(message)

    def test_a_subject_arrives_to_the_letter(self):
        @settings(max_examples=300, deadline=None)
        @given(TEXTS)
        def check(subject):
            subject = subject.strip()
            message = self.read_strictly(self.written(subject))
            self.assertEqual(str(message["Subject"]), subject)

        check()

    def test_a_name_arrives_to_the_letter(self):
        @settings(max_examples=300, deadline=None)
        @given(NAMES)
        def check(name):
            if "=?" in name:
                return
            formatted = Mailbox(" ".join(name.split()), "a@münchen.example").formatted
            # without what is invisible around it
            name = read(formatted).good[0].name
            if name:
                people = [formatted]
                raw = self.written(people=people)
                self.read_strictly(raw)
                legacy = email.message_from_bytes(raw)
                for header in ("From", "To"):
                    unfolded = legacy[header].replace("\r\n", "")
                    ((said, address),) = getaddresses([unfolded])
                    self.assertEqual(address, "a@xn--mnchen-3ya.example")
                    self.assertEqual(str(make_header(decode_header(said))), name)

        check()


@tagged("post_install", "-at_install")
class TestWhatArrives(WireMixin, DeliveryCase):
    def arrived(self, to="a@example.com", **values):
        rows = self.send(to=to, **values)
        self.assertEqual(set(rows.mapped("state")), {"sent"}, rows.mapped("error"))
        received = self.server.messages[-1]
        return received, self.read_strictly(received.content)

    def text_of(self, message):
        text = message.get_body(("plain",)).get_content()
        return text.replace("\r\n", "\n").strip()

    def test_names_with_every_sign(self):
        for name in (
            'สมชาย "ต้อม" ใจดี',
            "A\\B ไทย",
            'Bob "Bobby" Brown, Jr.; <Sales>',
            "บริษัท " + "ตัวอย่าง " * 20,
            "👨\u200d👩\u200d👧 family",
        ):
            with self.subTest(name):
                partner = self.env["res.partner"].create(
                    {"name": name, "email": "a@example.com"}
                )
                _received, message = self.arrived(
                    to=(), recipient_ids=[(4, partner.id)]
                )
                (person,) = message["To"].addresses
                self.assertEqual(person.addr_spec, "a@example.com")
                self.assertEqual(
                    person.display_name.replace(" ", ""),
                    name.strip().replace(" ", ""),
                )

    def test_an_international_domain_is_ascii_everywhere_and_typed_on_the_screen(self):
        typed = "info@münchen.example"
        received, message = self.arrived(to=f'"Max" <{typed}>')
        self.assertEqual(received.recipients, ["info@xn--mnchen-3ya.example"])
        self.assertIn(b'"Max" <info@xn--mnchen-3ya.example>', received.content)
        row = self.env["mail.delivery"].search([], limit=1)
        self.assertEqual(row.recipient, typed)
        self.assertEqual(message["To"].addresses[0].display_name, "Max")

    def test_every_script_reaches_its_mailbox(self):
        for typed, wire in (
            ("info@ร้านอาหาร.example", "info@xn--q3ctb5aj2acb5r.example"),
            ("info@ร้าน.ไทย", "info@xn--q3ct9b5e.xn--o3cw4h"),
            ("info@हिन्दी.example", "info@xn--j2bd4cyah0f.example"),
        ):
            received, _message = self.arrived(to=typed)
            self.assertEqual(received.recipients, [wire])

    def test_one_person_is_one_person_in_every_spelling(self):
        rows = self.send(
            to="Max <info@münchen.example>",
            email_cc="info@xn--mnchen-3ya.example, INFO@MÜNCHEN.example",
            same_message=True,
        )
        self.assertEqual(rows.mapped("recipient"), ["info@münchen.example"])
        self.assertEqual(self.server.copies(), {"info@xn--mnchen-3ya.example": 1})

    def test_a_local_part_that_no_server_takes_is_explained(self):
        row = self.send(to="อนงค์@example.com")
        self.assertEqual((row.state, row.reason), ("refused", "local_part"))
        self.assertIn("before the @", row.explanation)

    def test_500_signs_of_every_script_in_a_subject(self):
        for subject in ("ก้น้ำ " * 83, "bibijolie – 20  🎵 " * 26, "a  b " * 100):
            _received, message = self.arrived(subject=subject.strip())
            self.assertEqual(str(message["Subject"]), subject.strip())

    def test_a_line_that_begins_with_from_stays_as_it_is(self):
        received, message = self.arrived(body_html=BODY)
        self.assertNotIn(b"\n>From", received.content)
        text = self.text_of(message)
        self.assertIn("From here on\nFrom the sea\n\nน้ำ .\n\n.", text)

    def test_file_names_fit_every_disk_and_keep_their_ending(self):
        files = self.env["ir.attachment"].create(
            [
                {"name": "ใบเสนอราคา" * 30 + ".pdf", "raw": b"1"},
                {"name": "👨\u200d👩\u200d👧" * 30 + ".png", "raw": b"2"},
            ]
        )
        received, _message = self.arrived(attachment_ids=[(6, 0, files.ids)])
        for name in received.attachments:
            self.assertLessEqual(len(name.encode()), 255)
            self.assertRegex(name, r"(ใบเสนอราคา.*\.pdf|\N{FAMILY}?.*\.png)$")
            self.assertNotRegex(name, "\u200d\\.|[\u0e31\u0e34-\u0e3a]\\B\\.png")

    def test_an_attached_mail_with_accents_leaves_in_seven_bits(self):
        raw = (
            "From: Zoë <z@x.io>\nSubject: café\nMIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\n"
            "Content-Transfer-Encoding: 8bit\n\nFrom Zoë: un café\n"
        ).encode()
        attached = self.env["ir.attachment"].create(
            {"name": "offer.eml", "raw": raw, "mimetype": "message/rfc822"}
        )
        _received, message = self.arrived(attachment_ids=[(4, attached.id)])
        (part,) = message.iter_attachments()
        inner = part.get_content()
        self.assertEqual(inner.get_content().strip(), "From Zoë: un café")
        self.assertEqual(str(inner["Subject"]), "café")

    def test_the_text_reads_well_without_html(self):
        _received, message = self.arrived(
            body_html="<div><p>Dear Anna,</p>\n<p>It comes to <b>THB 1.00</b>\n"
            "    including VAT and holds until\n 28 December 2026.</p>"
            "<p>Kind regards<br/>Nikki</p></div>"
        )
        self.assertEqual(
            self.text_of(message),
            "Dear Anna,\n\nIt comes to THB 1.00 including VAT and holds until 28 "
            "December 2026.\n\nKind regards\nNikki",
        )
