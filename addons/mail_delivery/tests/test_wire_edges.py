"""Where headers and bodies are encoded and folded, character by character."""

import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import compat32, default

from odoo.tests import BaseCase, tagged

from ..tools import wire


@tagged("post_install", "-at_install")
class TestWire(BaseCase):
    def test_words_fill_a_line_and_no_more(self):
        name = "Subject"
        first = 78 - len(f"{name}: ")
        for length, lines in ((first, 1), (first + 1, 2)):
            text = "a" * (length - 2) + " b"
            with self.subTest(length=length):
                folded = wire.text_header(name, text)
                self.assertEqual(len(folded.split("\r\n")), lines)
                self.assertEqual(folded.replace("\r\n", ""), f"{name}: {text}")
        # one word that fills a line, or is longer than one
        self.assertEqual(wire.text_header(name, "a" * first), f"{name}: {'a' * first}")
        self.assertIn("=?utf-8?", wire.text_header(name, "a" * (first + 1)))
        longest = "<" + "a" * (998 - len(f"{name}: ") - 2) + ">"
        self.assertEqual(wire.text_header(name, longest), f"{name}: {longest}")
        self.assertIn("=?utf-8?", wire.text_header(name, f"<a{longest[1:]}"))

    def test_what_would_not_arrive_is_encoded(self):
        for text in ("=?utf-8?q?x?=", "é", "a\u2028é", "ก"):
            self.assertIn("=?utf-8?", wire.text_header("Subject", text), text)
        self.assertEqual(wire.text_header("Subject", "a\r\nb"), "Subject: a b")

    def test_addresses_are_separated_by_commas(self):
        header = wire.address_header("To", "A <a@x.io>, B <b@x.io>, c@x.io, d@x.io")
        self.assertEqual(header, 'To: "A" <a@x.io>, "B" <b@x.io>, c@x.io, d@x.io')

    def test_a_name_is_quoted_up_to_a_line(self):
        for length, quoted in ((75, True), (76, False)):
            header = wire.address_header("To", f"{'n' * length} <a@x.io>")
            with self.subTest(length=length):
                self.assertEqual('"nnn' in header, quoted)
                self.assertEqual("=?utf-8?" in header, not quoted)

    def written(self, payload, kind="text/plain", encoding="8bit"):
        raw = (
            f"MIME-Version: 1.0\nContent-Type: {kind}; charset=utf-8\n"
            f"Content-Transfer-Encoding: {encoding}\n\n"
        )
        message = BytesParser(policy=compat32).parsebytes(raw.encode() + payload)
        return BytesParser(policy=default).parsebytes(wire.as_bytes(message))

    def test_eight_bits_are_put_into_seven(self):
        latin, thai = "éaaaaaaaaaa\n".encode(), "กขค\nกขค\n".encode()
        half = "é".encode() + b"a" * 10  # of 12 bytes 10 are ASCII: just mostly Latin
        for payload, kind, way, arrived in (
            (b"plain\n", "text/plain", "8bit", b"plain\r\n"),
            (latin, "text/plain", "quoted-printable", latin.replace(b"\n", b"\r\n")),
            (half, "text/plain", "quoted-printable", half),
            (half[:-1], "text/plain", "base64", half[:-1]),
            (thai, "text/plain", "base64", thai.replace(b"\n", b"\r\n")),
            (thai, "application/x-thai", "base64", thai),
        ):
            with self.subTest(payload=payload, kind=kind):
                message = self.written(payload, kind)
                self.assertEqual(message["Content-Transfer-Encoding"], way)
                raw = message.get_payload(decode=True)
                self.assertEqual(
                    raw.replace(b"\r\n", b"\n"), arrived.replace(b"\r\n", b"\n")
                )
                if way == "base64":
                    self.assertEqual(raw, arrived)

    def test_what_is_mostly_latin(self):
        for payload, way in (
            # of 12 bytes 10 are ASCII, the last one among them
            (b"\xc3\xa9" + b"a" * 9 + b"\x7f", "quoted-printable"),
            # 8, and two that come right after them
            (b"\xc3\x80\xc3\x80" + b"a" * 8, "base64"),
        ):
            with self.subTest(payload=payload):
                message = self.written(payload)
                self.assertEqual(message["Content-Transfer-Encoding"], way)
                self.assertEqual(message.get_payload(decode=True), payload)

    def test_every_part_is_put_into_seven_bits(self):
        parts = [b"plain", "é".encode(), b"plain", "ก".encode()]
        head = b"--x\nContent-Type: text/plain; charset=utf-8\n"
        head += b"Content-Transfer-Encoding: 8bit\n\n"
        raw = b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        raw += b"".join(head + part + b"\n" for part in parts) + b"--x--\n"
        sent = wire.as_bytes(BytesParser(policy=compat32).parsebytes(raw))
        self.assertTrue(sent.isascii())
        parsed = BytesParser(policy=default).parsebytes(sent)
        arrived = [part.get_payload(decode=True) for part in parsed.iter_parts()]
        self.assertEqual(arrived, parts)

    def test_encoded_words_fill_their_lines_and_no_more(self):
        """75 characters of a word, 76 of a line with one (RFC 2047, 2); two less where
        Python counts the colon of the header itself.
        """
        for name in ("To", "Subject", "X-A-Long-Name-Of-A-Header"):
            *full, last = wire.text_header(name, "é" + "a" * 200).split("\r\n")
            with self.subTest(name):
                self.assertEqual([len(line) for line in full], [74, 76, 76])
                self.assertLessEqual(len(last), 76)
        header = wire.address_header("To", "é" + "a" * 200 + " <a@x.io>")
        *full, _last, _address = re.findall(r"[^\s]+", header.removeprefix("To:"))
        self.assertEqual([len(word) for word in full], [73, 75, 75])

    def test_headers_of_an_attached_mail_stay_as_they_came(self):
        for typed, sent in (
            (
                b"Subject: =?utf-8?q?=C3=A9?=\n  x",
                b"Subject: =?utf-8?q?=C3=A9?=\r\n  x",
            ),
            (b"To: a@x.io, a@x.io", b"To: a@x.io, a@x.io"),
            # unless they are no ASCII
            ("Subject: é  x".encode(), b"Subject: =?utf-8?q?=C3=A9_x?="),
        ):
            message = BytesParser(policy=compat32).parsebytes(typed + b"\n\nx\n")
            with self.subTest(typed):
                head = wire.as_bytes(message).partition(b"\r\n\r\n")[0]
                self.assertEqual(head, sent)

    def test_headers_that_we_write_have_each_its_rule(self):
        message = EmailMessage()
        message["To"] = "é <a@x.io>, a@x.io"
        message["Subject"] = "é"
        message.set_content("x")
        lines = wire.as_bytes(message).split(b"\r\n")
        self.assertEqual(
            lines[:2], [b"To: =?utf-8?b?w6k=?= <a@x.io>", b"Subject: =?utf-8?b?w6k=?="]
        )

    def test_a_line_that_begins_with_from_stays_one(self):
        message = EmailMessage()
        message.set_content("Far\nFrom the sea\n")
        self.assertIn(b"\r\nFrom the sea\r\n", wire.as_bytes(message))

    def test_a_mail_with_parts_says_that_it_has_seven_bits(self):
        message = EmailMessage()
        message.set_content("é")
        message.add_alternative("<p>é</p>", subtype="html")
        message["Content-Transfer-Encoding"] = "8bit"
        raw = wire.as_bytes(message)
        self.assertTrue(raw.isascii())
        parsed = BytesParser(policy=default).parsebytes(raw)
        self.assertEqual(parsed["Content-Transfer-Encoding"], "7bit")
        texts = [part.get_content().strip() for part in parsed.iter_parts()]
        self.assertEqual(texts, ["é", "<p>é</p>"])
