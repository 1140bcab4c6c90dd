"""One message to one recipient over an open SMTP session. No ORM."""

import io
import re
import smtplib
from dataclasses import dataclass
from email.generator import BytesGenerator

from .failures import ConnectionLost, decode
from .replies import BODY, DATA, MAIL, RCPT, Reply

COMMAND_TIMEOUT = 30  # seconds; a healthy server answers a command within one
FINAL_TIMEOUT = 60  # seconds; content filters work between the dot and the 250
SESSION_CLOSED = 421
LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)
FORBIDDEN = re.compile(r"[\r\n\x00]")


@dataclass(frozen=True)
class Letter:
    """What goes over the wire: the same bytes for each of its recipients."""

    sender: str
    content: bytes


def as_bytes(message):
    """The message as it goes over the wire.

    :param email.message.EmailMessage message: without Bcc; ours never has one
    """
    buffer = io.BytesIO()
    BytesGenerator(buffer).flatten(message, linesep="\r\n")
    return buffer.getvalue()


def has_line_break(*texts):
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


def transmit(session, letter, recipient, patience=COMMAND_TIMEOUT):
    """Offer one letter to one recipient in an SMTP transaction of its own.

    :param smtplib.SMTP session: connected, secured and logged in
    :param str recipient: a bare ASCII address
    :param float patience: seconds to wait for each answer before the hand-over
    :returns: the decisive answer, a :class:`Reply` with its stage
    :raises ConnectionLost: the conversation broke off, before or after hand-over
    """
    patience = max(min(patience, COMMAND_TIMEOUT), 1)
    steps = (
        (MAIL, lambda: session.mail(letter.sender, _mail_options(session, letter))),
        (RCPT, lambda: session.rcpt(recipient)),
        (DATA, lambda: session.docmd("data")),
    )
    for stage, command in steps:
        reply = _ask(session, stage, command, patience)
        if not _goes_on(reply):
            _reset(session, reply)
            return reply
    reply = _ask(session, BODY, lambda: _hand_over(session, letter), FINAL_TIMEOUT)
    if reply.code == SESSION_CLOSED:
        session.close()
    return reply


def _ask(session, stage, command, patience):
    try:
        if session.sock is not None:
            session.sock.settimeout(patience)
        code, text = command()
    except (OSError, smtplib.SMTPException) as error:
        # SMTPException is an OSError too; named for the reader
        session.close()
        raise ConnectionLost(stage, error, handed_over=stage == BODY) from error
    return Reply(code, decode(text), stage)


def _goes_on(reply):
    if reply.stage == DATA:
        return reply.code == 354
    return 200 <= reply.code < 300


def _hand_over(session, letter):
    content = LINE_START_DOT.sub(b"..", letter.content)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    session.send(content + b".\r\n")
    return session.getreply()


def _mail_options(session, letter):
    options = []
    if session.has_extn("size"):
        options.append(f"size={len(letter.content)}")
    if session.has_extn("8bitmime") and not letter.content.isascii():
        options.append("body=8bitmime")
    return options


def _reset(session, reply):
    """Make the session ready for the next recipient, or close it."""
    if reply.code == SESSION_CLOSED or reply.code < 0:
        session.close()
        return
    try:
        session.rset()
    except (OSError, smtplib.SMTPException):
        session.close()
