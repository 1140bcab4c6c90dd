"""The main job, once: Nikki sends a quote through her own account, and it arrives."""

import io
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from tools.errors import SetupError
from tools.settings import Settings

SENDER = "nikki.h@bmasiamusic.com"
ARRIVAL_LIMIT = 20  # seconds; the answer comes after the server's 250, so it is there
PATIENCE = 180  # seconds for an answer of Odoo, on a machine that does much else


@dataclass(frozen=True)
class Receipt:
    """What arrived, as the mail server saw it."""

    number: str
    login: str
    envelope_from: str
    envelope_to: str
    header_from: str
    reply_to: str
    subject: str
    attachment: str
    pages: int
    digest: str
    milliseconds: int
    link: str

    def lines(self) -> list[str]:
        """The receipt as lines of text."""
        return [
            f"{title:<12} {value}"
            for title, value in (
                ("Quote", self.number),
                ("AUTH login", self.login),
                ("Envelope", f"{self.envelope_from} → {self.envelope_to}"),
                ("From", self.header_from),
                ("Reply-To", self.reply_to),
                ("Subject", self.subject),
                ("Attachment", f"{self.attachment}, {self.pages} page(s)"),
                ("SHA-256", f"{self.digest} (as archived on the quote)"),
                ("Time", f"{self.milliseconds} ms from the call to the server's 250"),
                ("Inbox", self.link),
            )
        ]


class Client:
    """A caller of Odoo's JSON-2 interface.

    :param str url: of the server
    :param str key: an API key
    """

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key

    def call(
        self, model: str, method: str, ids: list[int] | None = None, **arguments: Any
    ) -> Any:
        """Call a public method.

        :returns: what the method returned
        :raises SetupError: with the server's words
        """
        if ids is not None:
            arguments["ids"] = ids
        request = urllib.request.Request(
            f"{self.url}/json/2/{model}/{method}",
            data=json.dumps(arguments).encode(),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            body = error.read()
            try:
                words = json.loads(body)["message"]
            except (ValueError, KeyError):
                words = body[:300].decode(errors="replace")
            raise SetupError(
                f"{model}.{method} answered {error.code}: {words}",
                "The log of the server says more.",
            ) from error


def fetch(url: str) -> Any:
    """GET a JSON document or bytes of the inbox."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        body = answer.read()
        is_json = answer.headers.get_content_type() == "application/json"
        return json.loads(body) if is_json else body


def expect(condition: object, what: str) -> None:
    """Stop the job where the mail is not as promised."""
    if not condition:
        raise SetupError(
            f"the main job failed: {what}", "This is a bug: please report it."
        )


def do_main_job(settings: Settings, api_keys_file: Path) -> Receipt:
    """Send one demo quote as Nikki and check what lies in the inbox.

    :param tools.settings.Settings settings: of the running system
    :param pathlib.Path api_keys_file: the demo's API keys
    :rtype: Receipt
    :raises SetupError: it did not leave, or arrived otherwise than promised
    """
    client = Client(settings.odoo_url, json.loads(api_keys_file.read_text())[SENDER])
    quotes = client.call(
        "bmasia.quote",
        "search_read",
        # not Hilton Pattaya's: that one is for the person who tries the system
        domain=[
            ("user_id.login", "=", SENDER),
            ("state", "in", ["draft", "sent"]),
            ("customer_id.name", "not ilike", "hilton"),
        ],
        fields=["name"],
        order="id",
        limit=1,
    )
    expect(quotes, f"no quote of {SENDER} that can be sent is in the demo")
    quote_id = quotes[0]["id"]
    start = time.monotonic()
    answer = client.call("bmasia.quote", "send_email", [quote_id], send_again=True)
    milliseconds = round((time.monotonic() - start) * 1000)
    expect(answer["status"] == "sent", f"send_email answered {answer}")

    message = find_message(settings.inbox_url, answer["number"])
    detail = fetch(f"{settings.inbox_url}/api/v1/message/{message['ID']}")
    pdfs = [a for a in detail["Attachments"] if a["ContentType"] == "application/pdf"]
    expect(len(pdfs) == 1, f"{len(pdfs)} PDFs are attached")
    pdf = fetch(
        f"{settings.inbox_url}/api/v1/message/{message['ID']}/part/{pdfs[0]['PartID']}"
    )
    digest = sha256(pdf).hexdigest()
    archive = client.call("bmasia.quote", "read", [quote_id], fields=["archive_ids"])
    archived = client.call(
        "ir.attachment", "read", archive[0]["archive_ids"], fields=["document_sha256"]
    )
    expect(
        digest in [document["document_sha256"] for document in archived],
        f"the quote's archive does not hold the PDF {digest} that arrived",
    )
    envelope = detail["Envelope"]
    receipt = Receipt(
        number=answer["number"],
        login=detail["Username"],
        envelope_from=envelope["From"],
        envelope_to=", ".join(envelope["To"]),
        header_from=address(detail["From"]),
        reply_to=", ".join(address(a) for a in detail["ReplyTo"]),
        subject=detail["Subject"],
        attachment=pdfs[0]["FileName"],
        pages=len(PdfReader(io.BytesIO(pdf)).pages),
        digest=digest,
        milliseconds=milliseconds,
        link=f"{settings.inbox_url}/#{message['ID']}",
    )
    for name in ("login", "envelope_from"):
        value = getattr(receipt, name)
        expect(value == SENDER, f"{name} is {value}, not {SENDER}")
    for name in ("header_from", "reply_to"):
        value = getattr(receipt, name)
        expect(f"<{SENDER}>" in value, f"{name} is {value}, not {SENDER}")
    return receipt


def address(value: dict[str, str]) -> str:
    """``{"Name", "Address"}`` as a header shows it."""
    return f"{value['Name']} <{value['Address']}>"


def find_message(inbox_url: str, number: str) -> dict[str, Any]:
    """The newest message about a document.

    :param str number: of the document, which its subject holds
    :raises SetupError: none within ``ARRIVAL_LIMIT`` seconds
    """
    deadline = time.monotonic() + ARRIVAL_LIMIT
    while time.monotonic() < deadline:
        for message in fetch(f"{inbox_url}/api/v1/messages")["messages"]:
            if number in message["Subject"]:
                return message
        time.sleep(0.2)
    raise SetupError(
        f"no message about {number} arrived within {ARRIVAL_LIMIT} s",
        "Read the log of the mail server.",
    )
