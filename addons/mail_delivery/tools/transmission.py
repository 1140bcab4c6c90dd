"""One message to one recipient over an open SMTP session. No ORM."""

import re
import smtplib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import HeaderRegistry
from typing import Any

from .failures import ConnectionLost, decode
from .replies import BODY, DATA, MAIL, RCPT, Reply

CONNECT_TIMEOUT = 5  # seconds; per answer until the log-in: a dead server costs so much
CONNECT_LONGEST = 15  # seconds; a server that failed gets more time, up to this
COMMAND_TIMEOUT = 30  # seconds; a healthy server answers a command within one
FINAL_TIMEOUT = 60  # seconds; content filters work between the dot and the 250
SESSION_CLOSED = 421
LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)
FORBIDDEN = re.compile(r"[\r\n\x00]")


class KnownHeaders(HeaderRegistry):
    """Makes the class of a header once: Python makes it anew for each header of each
    message, which is a third of what putting a small one together takes.

    >>> known = KnownHeaders()
    >>> known["Subject"] is known["subject"], known["To"] is known["Subject"]
    (True, False)
    """

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        key = name.lower()
        if key not in self._classes:
            self._classes[key] = super().__getitem__(name)
        return self._classes[key]


@dataclass(frozen=True)
class Letter:
    """What goes over the wire: the same bytes for each of its recipients."""

    sender: str
    content: bytes


def has_line_break(*texts: object) -> bool:
    """Whether a text could smuggle a header in.

    >>> has_line_break("Quote", None, ["a@example.com"])
    False
    >>> has_line_break("Quote\\r\\nBcc: everybody@example.com")
    True
    """
    for text in texts:
        parts = text if isinstance(text, (list, tuple)) else [text]
        if any(isinstance(part, str) and FORBIDDEN.search(part) for part in parts):
            return True
    return False


def send_at_once(session: smtplib.SMTP | None) -> None:
    """Have the kernel send what it is given at once.

    TLS cuts a message into records. By default (Nagle) the kernel keeps the last one
    back until the others were acknowledged, which the server's kernel in turn delays,
    hoping for an answer to travel with: 40 ms for nothing, with each message.

    :param smtplib.SMTP session: connected
    """
    # the socket of a session with a client certificate hides the kernel's
    set_option = getattr(session and session.sock, "setsockopt", None)
    if set_option:
        set_option(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def patience(left: float) -> float:
    """Seconds to wait for an answer before the hand-over.

    :param float left: of the time that the caller has

    >>> patience(600), patience(20), patience(-1)
    (30, 20, 1)
    """
    return max(min(left, COMMAND_TIMEOUT), 1)


def connect_patience(left: float, failures: int = 0) -> float:
    """Seconds to wait for each answer while the line is opened.

    >>> connect_patience(600), connect_patience(600, failures=9), connect_patience(3)
    (5, 15, 3)
    """
    return patience(min(left, CONNECT_TIMEOUT * (1 + failures), CONNECT_LONGEST))


def transmit(
    session: smtplib.SMTP,
    letter: Letter,
    recipient: str,
    left: float = COMMAND_TIMEOUT,
) -> Reply:
    """Offer one letter to one recipient in an SMTP transaction of its own.

    :param smtplib.SMTP session: connected, secured and logged in
    :param str recipient: a bare ASCII address
    :param float left: seconds that the caller has for each answer before the hand-over
    :returns: the decisive answer, a :class:`Reply` with its stage
    :raises ConnectionLost: the conversation broke off, before or after hand-over
    """
    seconds = patience(left)
    steps = (
        (MAIL, lambda: session.mail(letter.sender, _mail_options(session, letter))),
        (RCPT, lambda: session.rcpt(recipient)),
        (DATA, lambda: session.docmd("data")),
    )
    for stage, command in steps:
        reply = _ask(session, stage, command, seconds)
        if not _goes_on(reply):
            _reset(session, reply)
            return reply
    reply = _ask(session, BODY, lambda: _hand_over(session, letter), FINAL_TIMEOUT)
    if not _is_plain_answer(reply):
        session.close()
    return reply


def _ask(
    session: smtplib.SMTP,
    stage: str,
    command: Callable[[], tuple[int, bytes]],
    seconds: float,
) -> Reply:
    if _is_ahead(session):
        session.close()
        cause = smtplib.SMTPServerDisconnected("the server sent an answer to nothing")
        raise ConnectionLost(stage, cause)
    try:
        if session.sock is not None:
            session.sock.settimeout(seconds)
        code, text = command()
    except (OSError, smtplib.SMTPException) as error:
        # SMTPException is an OSError too; named for the reader
        session.close()
        raise ConnectionLost(stage, error, handed_over=stage == BODY) from error
    return Reply(code, decode(text), stage)


def _is_ahead(session: Any) -> bool:
    """Whether the server has sent something that was not asked for.

    Its answers would be taken for those to other questions from here on, and one that
    came too early for an acceptance. Mostly it is the farewell of an idle session.
    """
    if session.sock is None or session.file is None:
        return False
    session.sock.settimeout(0)
    try:
        return bool(session.file.peek(1))
    except OSError:
        # nothing to read: so a plain and a TLS socket report it
        return False


def _goes_on(reply: Reply) -> bool:
    if reply.stage == DATA:
        return reply.code == 354
    return 200 <= reply.code < 300


def _hand_over(session: smtplib.SMTP, letter: Letter) -> tuple[int, bytes]:
    content = LINE_START_DOT.sub(b"..", letter.content)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    session.send(content + b".\r\n")
    return session.getreply()


def _mail_options(session: smtplib.SMTP, letter: Letter) -> list[str]:
    options = []
    if session.has_extn("size"):
        options.append(f"size={len(letter.content)}")
    return options


def _is_plain_answer(reply: Reply) -> bool:
    """Whether the session can go on after an answer: neither farewell nor nonsense."""
    if reply.code == SESSION_CLOSED:
        return False
    return 400 <= reply.code < 600 or (200 <= reply.code < 300 and reply.stage == BODY)


def _reset(session: smtplib.SMTP, reply: Reply) -> None:
    """Make the session ready for the next recipient, or close it."""
    if not _is_plain_answer(reply):
        session.close()
        return
    try:
        session.rset()
    except (OSError, smtplib.SMTPException):
        session.close()
