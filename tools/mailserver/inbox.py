"""The inbox: a page for people and a subset of Mailpit's API, on 127.0.0.1 only."""

import json
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tools.mailserver.store import Store

STATIC = Path(__file__).parent / "static"
PAGES = {
    "/": ("inbox.html", "text/html; charset=utf-8"),
    "/inbox.css": ("inbox.css", "text/css; charset=utf-8"),
    "/inbox.js": ("inbox.js", "text/javascript; charset=utf-8"),
    "/favicon.svg": ("favicon.svg", "image/svg+xml"),
}
ROWS = 50  # messages in a list, unless the caller asks for more
# no script or picture from elsewhere; the mail itself is in a sandboxed frame
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
# a mail may style itself, show embedded pictures and open its links in a tab, no more
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
LINKS_IN_A_TAB = '<base target="_blank">'
MESSAGE = re.compile(
    r"^/api/v1/message/(?P<id>\w+)(?:/(?P<what>raw|headers|html|part/(?P<part>\d+)))?$"
)


class InboxHandler(BaseHTTPRequestHandler):
    """One request. ``server.store`` is the store."""

    server: "InboxServer"

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a page, a list, a message or a part of one."""
        if not self._is_for_us():
            return
        url = urlsplit(self.path)
        if url.path in PAGES:
            name, content_type = PAGES[url.path]
            self._answer((STATIC / name).read_bytes(), content_type)
        elif url.path in ("/livez", "/readyz"):
            self._answer(b"ok", "text/plain; charset=utf-8")
        elif url.path == "/api/v1/messages":
            self._list(parse_qs(url.query))
        elif match := MESSAGE.match(url.path):
            try:
                self._message(match)
            except KeyError:
                self._error(HTTPStatus.NOT_FOUND, "no such message")
        else:
            self._error(HTTPStatus.NOT_FOUND, "no such page")

    def do_DELETE(self) -> None:
        """Delete all messages, or those named in ``{"IDs": [...]}``."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self._is_for_us():
            return
        # a page elsewhere cannot send this type without the browser asking us first
        if self.headers.get_content_type() != "application/json":
            self._error(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send application/json")
        elif urlsplit(self.path).path != "/api/v1/messages":
            self._error(HTTPStatus.NOT_FOUND, "no such page")
        else:
            try:
                ids = json.loads(body or b"{}").get("IDs")
                ids = [str(one) for one in ids or ()]
            except (ValueError, AttributeError, TypeError):
                self._error(HTTPStatus.BAD_REQUEST, "the body is no JSON object")
                return
            self.server.store.delete(ids or None)
            self._answer(b"ok", "text/plain; charset=utf-8")

    def _is_for_us(self) -> bool:
        """Refuse names that an attacker's DNS points at 127.0.0.1."""
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if host in ("127.0.0.1", "localhost"):
            return True
        self._error(HTTPStatus.MISDIRECTED_REQUEST, "ask for 127.0.0.1")
        return False

    def _list(self, query: dict[str, list[str]]) -> None:
        ids = self.server.store.ids()
        try:
            start = int(query.get("start", ["0"])[0])
            limit = int(query.get("limit", [str(ROWS)])[0])
        except ValueError:
            self._error(HTTPStatus.BAD_REQUEST, "start and limit are numbers")
            return
        rows = []
        for message_id in ids[max(start, 0) : max(start, 0) + max(limit, 0)]:
            try:
                rows.append(self.server.store.summary(message_id))
            except (KeyError, FileNotFoundError):  # deleted meanwhile
                continue
        self._json(
            {
                "total": len(ids),
                "count": len(rows),
                "messages_count": len(ids),
                "start": start,
                "messages": rows,
            }
        )

    def _message(self, match: re.Match[str]) -> None:
        store, message_id, what = self.server.store, match["id"], match["what"]
        if what is None:
            self._json(store.detail(message_id))
        elif what == "raw":
            self._answer(store.raw(message_id), "text/plain; charset=utf-8")
        elif what == "headers":
            self._json(store.headers(message_id))
        elif what == "html":
            html = LINKS_IN_A_TAB + store.detail(message_id)["HTML"]
            self._answer(html.encode(), "text/html; charset=utf-8", MAIL_POLICY)
        else:
            name, content_type, data = store.part(message_id, match["part"])
            disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
            self._answer(data, content_type, disposition=disposition)

    def _json(self, value: Any) -> None:
        self._answer(json.dumps(value).encode(), "application/json")

    def _error(self, status: HTTPStatus, text: str) -> None:
        self._answer(
            json.dumps({"Error": text}).encode(), "application/json", status=status
        )

    def _answer(
        self,
        body: bytes,
        content_type: str,
        policy: str = PAGE_POLICY,
        status: int = 200,
        **extra: str,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        if "disposition" in extra:
            self.send_header("Content-Disposition", extra["disposition"])
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing: the page polls every two seconds."""


class InboxServer(ThreadingHTTPServer):
    """The HTTP server of one store.

    :param tuple address: host and port
    :param Store store: what it shows
    """

    daemon_threads = True

    def __init__(self, address: tuple[str, int], store: Store) -> None:
        super().__init__(address, InboxHandler)
        self.store = store
