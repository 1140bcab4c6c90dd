"""A message as bytes that every mail server and client reads the same way. No ORM.

Python's own folding loses blanks and quotes, makes encoded words longer than RFC 2047
allows, and puts them into addresses. Here each kind of header has its own rule, and no
byte above 127 is sent, so it does not matter what a server offers.
"""

import io
import re
from email import base64mime, quoprimime
from email.generator import BytesGenerator
from email.header import Header
from email.policy import EmailPolicy
from typing import Any

from .addresses import Mailbox, read

LINE = 78  # characters of a line, RFC 5322 2.1.1
LONGEST_LINE = 998  # characters that a server must take
ADDRESS_HEADERS = frozenset({"from", "sender", "reply-to", "to", "cc", "bcc"})
MIME_HEADERS = ("content-", "mime-version")
SEPARATING_BLANK = re.compile(r"(?<=\S) (?=\S)")
NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
SAFE_PHRASE = re.compile(r"[A-Za-z0-9 ]+")
TO_ESCAPE = re.compile(r'[\\"]')
LINE_END = re.compile(rb"\r?\n")
MOSTLY_LATIN = 5  # of six bytes; then quoted-printable is shorter, and readable


class WirePolicy(EmailPolicy):
    """How headers are written."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header with its line end.

        :rtype: bytes
        """
        lower = name.lower()
        if not hasattr(value, "name"):
            folded = _as_received(name, value)
        elif lower.startswith(MIME_HEADERS):
            return super().fold_binary(name, value)
        elif lower in ADDRESS_HEADERS:
            folded = address_header(name, str(value))
        else:
            folded = text_header(name, str(value))
        return folded.encode("ascii", "replace") + b"\r\n"


WIRE = WirePolicy(linesep="\r\n", cte_type="7bit", max_line_length=LINE)


def as_bytes(message: Any) -> bytes:
    """The message as it goes over the wire.

    :param email.message.EmailMessage message: without Bcc; ours never has one
    """
    _encode_eight_bit(message)
    buffer = io.BytesIO()
    # A line that begins with "From " stays one: this is no mailbox file.
    BytesGenerator(buffer, mangle_from_=False, policy=WIRE).flatten(message)
    return buffer.getvalue()


def text_header(name: str, text: str) -> str:
    r"""A header of free text, folded so that unfolding gives back the very same text.

    >>> text_header("Subject", "Two  blanks")
    'Subject: Two  blanks'
    >>> text_header("Subject", "ใบเสนอราคา Q-1")
    'Subject: =?utf-8?b?4LmD4Lia4LmA4Liq4LiZ4Lit4Lij4Liy4LiE4LiyIFEtMQ==?='
    """
    text = NO_TEXT.sub(" ", text)
    plain = _fold_at(name, SEPARATING_BLANK.split(text)) if _is_plain(text) else None
    if plain is not None and _fits(plain, LONGEST_LINE if "<" in text else LINE):
        return plain
    return f"{name}: {_encoded(text, len(name) + 2)}"


def address_header(name: str, text: str) -> str:
    r"""A header of addresses: names encoded where they must be, domains in ASCII, each
    mailbox once.

    >>> address_header("To", '"Doe, J" <j@MÜNCHEN.example>, j@xn--mnchen-3ya.example')
    'To: "Doe, J" <j@xn--mnchen-3ya.example>'
    """
    found = read(text)
    parts = [_mailbox(box) for box in found.good]
    # Core's forged To of a channel names nobody; it stays text.
    parts += [_phrase(part.typed) for part in found.bad]
    for part in parts[:-1]:
        part[-1] += ","
    return _fold_at(name, [word for part in parts for word in part])


def _mailbox(box: Mailbox) -> list[str]:
    return [*_phrase(box.name), f"<{box.wire}>"] if box.name else [box.wire]


def _phrase(name: str) -> list[str]:
    r"""A display name: RFC 2047 5(3) allows encoded words there, not within quotes.

    >>> print(*_phrase('Bob "Bobby" Brown'), *_phrase("ต้อม"))
    "Bob \"Bobby\" Brown" =?utf-8?b?4LiV4LmJ4Lit4Lih?=
    """
    name = NO_TEXT.sub(" ", name)
    quoted = '"' + TO_ESCAPE.sub(r"\\\g<0>", name) + '"'
    if _is_plain(name) and len(quoted) < LINE:
        return [quoted]
    return _encoded(name, 1).split("\r\n ")


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text and text == text.strip()


def _encoded(text: str, already: int) -> str:
    """Encoded words of at most 75 characters, none of which cuts a character."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    header = Header(text, "utf-8", maxlinelen=LINE - 2, header_name=" " * already)
    return header.encode(linesep="\r\n")


def _fold_at(name: str, words: list[str]) -> str:
    """Join words with blanks, and with line breaks where a line is full."""
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line])


def _fits(folded: str, longest: int) -> bool:
    return all(len(line) <= longest for line in folded.split("\r\n"))


def _as_received(name: str, value: str) -> str:
    """A header of an attached message stays as it came, where that is ASCII."""
    if value.isascii():
        return f"{name}: " + "\r\n".join(value.splitlines())
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text_header(name, " ".join(text.split()))


def _encode_eight_bit(message: Any) -> None:
    """Put text that is not ASCII into a transfer encoding, in attached mails too."""
    for part in message.walk():
        if part.is_multipart():
            if part["Content-Transfer-Encoding"]:
                part.replace_header("Content-Transfer-Encoding", "7bit")
            continue
        payload = part.get_payload()
        if not isinstance(payload, str) or payload.isascii():
            continue
        _encode(part, part.get_payload(decode=True) or b"")


def _encode(part: Any, data: bytes) -> None:
    ascii_bytes = sum(byte < 128 for byte in data)
    if ascii_bytes * 6 >= len(data) * MOSTLY_LATIN:
        way = "quoted-printable"
        text = quoprimime.body_encode(data.decode("latin-1"), eol="\n")
    else:
        if part.get_content_maintype() == "text":
            data = LINE_END.sub(b"\r\n", data)
        way, text = "base64", base64mime.body_encode(data)
    part.set_payload(text)
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = way
