"""Messages on disk: one ``.eml`` and one ``.json`` (what the session knew) each."""

import json
import secrets
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import getaddresses
from pathlib import Path
from typing import Any, cast

KEPT = 2000  # messages; older ones go, it is a demo's inbox
SNIPPET = 120  # characters of the text shown in the list


class AsItCame(EmailPolicy):
    """A header that Python cannot read is shown as it came: whoever looks into the
    inbox wants to see what is wrong with a mail.
    """

    def header_fetch_parse(self, name: str, value: str) -> str:
        """
        :rtype: str
        """
        try:
            return super().header_fetch_parse(name, value)
        except Exception:
            # The parser of malformed headers fails in many ways: ValueError,
            # IndexError, AttributeError, HeaderParseError.
            text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            return " ".join(text.split())


AS_IT_CAME = AsItCame()


class Store:
    """The messages of one inbox, newest first.

    :param pathlib.Path folder: where they are; made if it is missing
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.Lock()
        self._ids = sorted((p.stem for p in self.folder.glob("*.json")), reverse=True)

    def add(
        self, content: bytes, login: str, sender: str, recipients: list[str]
    ) -> str:
        """Keep one accepted message.

        :param bytes content: as it came
        :param str login: which AUTH login sent it
        :param str sender: of the envelope (MAIL FROM)
        :param list[str] recipients: of the envelope (RCPT TO)
        :returns: the message's id
        :rtype: str
        """
        # sortable by time, and no other file can be named with it
        message_id = f"{time.time_ns():020d}{secrets.token_hex(4)}"
        session = {
            "Username": login,
            "Envelope": {"From": sender, "To": list(recipients)},
            "Created": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        with self._lock:
            (self.folder / f"{message_id}.eml").write_bytes(content)
            # the index comes last: half a message is never listed
            temporary = self.folder / f"{message_id}.tmp"
            temporary.write_text(json.dumps(session))
            temporary.rename(self.folder / f"{message_id}.json")
            self._ids.insert(0, message_id)
            for old in self._ids[KEPT:]:
                self._remove(old)
            del self._ids[KEPT:]
        return message_id

    def ids(self) -> list[str]:
        """All ids, newest first."""
        with self._lock:
            return list(self._ids)

    def delete(self, ids: Iterable[str] | None = None) -> None:
        """Delete some messages, or (None) all.

        :param ids: iterable of ids, unknown ones are ignored
        """
        with self._lock:
            gone = set(self._ids if ids is None else ids) & set(self._ids)
            for message_id in gone:
                self._remove(message_id)
            self._ids = [i for i in self._ids if i not in gone]

    def _remove(self, message_id: str) -> None:
        for suffix in (".json", ".eml"):
            (self.folder / f"{message_id}{suffix}").unlink(missing_ok=True)

    def raw(self, message_id: str) -> bytes:
        """The message as it came.

        :raises KeyError: no such message
        """
        if message_id not in self.ids():
            raise KeyError(message_id)
        return (self.folder / f"{message_id}.eml").read_bytes()

    def summary(self, message_id: str) -> dict[str, Any]:
        """A row of the list, in Mailpit's words.

        :rtype: dict
        """
        message, session, raw = self._parsed(message_id)
        text, _html = _bodies(message)
        return {
            **_headers(message_id, message, session, raw),
            "Attachments": len(_parts(message)),
            "Snippet": " ".join(text.split())[:SNIPPET],
        }

    def detail(self, message_id: str) -> dict[str, Any]:
        """A whole message, in Mailpit's words.

        :rtype: dict
        """
        message, session, raw = self._parsed(message_id)
        text, html = _bodies(message)
        return {
            **_headers(message_id, message, session, raw),
            "ReturnPath": session["Envelope"]["From"],
            "Date": str(message.get("Date", "")),
            "Text": text,
            "HTML": html,
            "Inline": [],
            "Attachments": [
                {
                    "PartID": str(number),
                    "FileName": _file_name(part),
                    "ContentType": part.get_content_type(),
                    "Size": len(_payload(part)),
                }
                for number, part in _parts(message)
            ],
        }

    def headers(self, message_id: str) -> dict[str, list[str]]:
        """Every header with its values.

        :rtype: dict
        """
        message, _session, _raw = self._parsed(message_id)
        result: dict[str, list[str]] = {}
        for name, value in message.items():
            result.setdefault(name, []).append(str(value))
        return result

    def part(self, message_id: str, number: str) -> tuple[str, str, bytes]:
        """A part of a message.

        :param str number: its PartID
        :returns: file name, content type and bytes
        :raises KeyError: no such message or part
        """
        message, _session, _raw = self._parsed(message_id)
        parts = {str(index): part for index, part in enumerate(message.walk())}
        part = parts[number]
        if part.is_multipart():
            raise KeyError(number)
        return _file_name(part), part.get_content_type(), _payload(part)

    def _parsed(self, message_id: str) -> tuple[EmailMessage, dict[str, Any], bytes]:
        raw = self.raw(message_id)
        session = json.loads((self.folder / f"{message_id}.json").read_text())
        message = BytesParser(policy=AS_IT_CAME).parsebytes(raw)
        return cast(EmailMessage, message), session, raw


def _headers(
    message_id: str, message: EmailMessage, session: dict[str, Any], raw: bytes
) -> dict[str, Any]:
    return {
        "ID": message_id,
        "MessageID": str(message.get("Message-ID", "")).strip("<> "),
        "From": (_addresses(message, "From") or [{"Name": "", "Address": ""}])[0],
        "To": _addresses(message, "To"),
        "Cc": _addresses(message, "Cc"),
        "Bcc": _addresses(message, "Bcc"),
        "ReplyTo": _addresses(message, "Reply-To"),
        "Subject": str(message.get("Subject", "")),
        "Size": len(raw),
        **session,
    }


def _addresses(message: EmailMessage, header: str) -> list[dict[str, str]]:
    found = []
    for value in map(str, message.get_all(header, [])):
        pairs = [(name, address) for name, address in getaddresses([value]) if address]
        found += pairs or [("", value)] * bool(value.strip())
    return [{"Name": name, "Address": address} for name, address in found]


def _bodies(message: EmailMessage) -> list[str]:
    found = []
    for kind in ("plain", "html"):
        part = _body(message, kind)
        try:
            found.append(part.get_content() if part else "")
        except (LookupError, ValueError, AttributeError):
            # an unknown charset or a broken encoding is the sender's fault
            found.append(_payload(part).decode("utf-8", "replace"))
    return found


def _body(message: EmailMessage, kind: str) -> MIMEPart | None:
    try:
        return message.get_body((kind,))
    except (LookupError, ValueError, AttributeError):
        return message if kind == "plain" and not message.is_multipart() else None


def _parts(message: EmailMessage) -> list[tuple[int, EmailMessage]]:
    return [
        (number, part)
        for number, part in enumerate(message.walk())
        if not part.is_multipart()
        and (_file_name(part) or part.get_content_disposition() == "attachment")
    ]


def _payload(part: MIMEPart | None) -> bytes:
    payload = part.get_payload(decode=True) if part is not None else None
    return payload if isinstance(payload, bytes) else b""


def _file_name(part: MIMEPart) -> str:
    try:
        return part.get_filename() or ""
    except (LookupError, ValueError, AttributeError, TypeError):
        return ""
