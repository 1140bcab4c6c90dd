"""What was sent before the demo existed: its PDFs, its mails, who received them.

``tools/demo/documents.py`` enters documents as an importer does, with numbers, states
and days of their own. Here each that was sent gets what sending it would have left
behind: the archived PDF with its digest, the message in the chatter, a row of
``mail.delivery`` for each recipient. It goes through the methods that send today's
mails; only the mail server is never asked.

Each document is a transaction of its own, so that this can be stopped at any point, and
goes on later with what is missing.
"""

import logging
import threading
import time
from collections import namedtuple
from dataclasses import replace
from datetime import timedelta
from typing import Any

import odoo
from odoo import api
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

ROUNDS = 5  # somebody may be at work on a document: it has another turn
PAUSE = 2  # seconds between two rounds
TELL_EVERY = 10  # documents, in the log
# Of the last weeks' mails, one in nine had a copy to an address that does not exist:
# there is something to correct and to resend.
MISTYPED, ONE_IN, LATELY = "ofice", 9, timedelta(days=30)
ACCEPTED = {
    "state": "sent",
    "smtp_code": 250,
    "smtp_enhanced_code": "2.0.0",
    "smtp_reply": "2.0.0 OK",
}
REFUSED = {
    "state": "refused",
    "reason": "no_such_user",
    "smtp_code": 550,
    "smtp_enhanced_code": "5.1.1",
    "error": "5.1.1 User unknown",
    "smtp_reply": "5.1.1 User unknown",
    "settled": False,
}

_logger = logging.getLogger(__name__)
Sender = namedtuple("Sender", ["from_header", "reply_to"])


def list_missing(registry: Any, each: int | None = None) -> list[tuple[str, int]]:
    """The documents that lack their history: sent before they were entered, and without
    the message that says so.

    :param registry: of the database
    :param int each: the oldest of each kind, at most so many; default: all
    :returns: models and ids, in the order in which the documents were sent
    :rtype: list[tuple]
    """
    with registry.cursor() as cursor:
        return _missing(_environment(cursor), each)


def _missing(env: Any, each: int | None) -> list[tuple[str, int]]:
    found = []
    for kind, documents in env["bmasia.quote"]._kinds().items():
        sent = documents.search([("sent_date", "!=", False)], order="sent_date, id")
        entered = sent.filtered(lambda one: one.sent_date <= one.create_date)
        known = _known(env, documents._name)
        lacking = entered.filtered(lambda one, known=known: header(one) not in known)
        found += [(one.sent_date, kind, one.id, one._name) for one in lacking[:each]]
    return [(model, record_id) for _day, _kind, record_id, model in sorted(found)]


def header(document: Any) -> str:
    """The Message-ID of the mail that carried a document: always the same, so that it
    tells whether the document has its history.

    :rtype: str
    """
    return f"<{document._plural}-{document.id}@history.example.com>"


def _known(env: Any, model: str) -> set[str]:
    messages = env["mail.message"].search_fetch(
        [("model", "=", model), ("message_id", "like", "@history.example.com>")],
        ["message_id"],
    )
    return set(messages.mapped("message_id"))


def complete(
    registry: Any, each: int | None = None, stopped: threading.Event | None = None
) -> int:
    """Give the documents what they lack, oldest first.

    :param registry: of the database
    :param int each: of each kind, at most so many; default: all
    :param threading.Event stopped: once set, the document at hand is the last
    :returns: how many of these still lack it
    :rtype: int
    """
    stopped = stopped or threading.Event()
    start, done, left = time.monotonic(), 0, list_missing(registry, each)
    if left:
        _logger.info("demo: %s documents were sent and lack their PDF", len(left))
    for number in range(ROUNDS):
        if number and left:
            stopped.wait(PAUSE)
        again = []
        for model, record_id in left:
            if stopped.is_set() or not _enter(registry, model, record_id):
                again.append((model, record_id))
                continue
            done += 1
            if done % TELL_EVERY == 0:
                _logger.info("demo: %s documents are complete", done)
        left = again
    if done or left:
        seconds = time.monotonic() - start
        _logger.info("demo: %s completed in %.0f s, %s left", done, seconds, len(left))
    return len(left)


def _environment(cursor: Any) -> Any:
    quiet = {"tracking_disable": True}
    return api.Environment(cursor, odoo.SUPERUSER_ID, quiet)


def _enter(registry: Any, model: str, record_id: int) -> bool:
    """One document, unless somebody works on it just now.

    :returns: whether it needs no other turn
    """
    try:
        with registry.cursor() as cursor:
            document = _environment(cursor)[model].browse(record_id)
            if not document.exists():
                return True
            if not document.try_lock_for_update(allow_referencing=True):
                return False
            _Past(document).enter()
            return True
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        return False
    except UserError as error:
        _logger.warning("demo: %s %s: %s", model, record_id, error)
        return False


class _Past:
    """One document and its mail of long ago.

    :param document: as superuser
    """

    def __init__(self, document: Any) -> None:
        self.document = document
        self.moment = document.sent_date
        self.user = document.user_id or document.create_uid
        self.own = document.with_user(self.user).sudo()
        is_late = self.moment > document.create_date - LATELY
        self.has_bad_copy = is_late and document.id % ONE_IN == 0

    def enter(self) -> None:
        """Archive the PDF, post the message, and note who received it."""
        purpose = self.own._mail_purpose(False, None)
        mail = self.own._write_mail(
            self._letter(), self._sender(), self._archived(), purpose
        )
        mail.mail_message_id.write(
            {"date": self.moment, "message_id": header(self.document)}
        )
        rows = mail.delivery_ids
        rows.write(self._common())
        refused = rows.filtered(lambda row: row.recipient.startswith(MISTYPED))
        (rows - refused).write({**ACCEPTED, "sent_at": self.moment})
        refused.write(REFUSED)
        # one that was sent again today has a newer mail
        if not self.document.send_header:
            self.document.send_header = header(self.document)
        self.document.invalidate_recordset(["delivery_ids"])
        self.own._update_send_state()
        mail._follow_deliveries(rows)
        refused._settle()

    def _sender(self) -> Sender:
        return Sender(self.user.email_formatted, self.user.email_formatted)

    def _letter(self) -> Any:
        letter = self.own._prepare_letter(None, None, None, None)
        if not self.has_bad_copy:
            return letter
        domain = letter.to[0].rpartition("@")[2].rstrip(">")
        return replace(letter, cc=(f"{MISTYPED}@{domain}",))

    def _archived(self) -> Any:
        """The file that went out first, with the day on which it did."""
        if kept := self.document.archive_ids.sorted("id")[:1]:
            return kept
        archived = self.own._issue_document()
        # no model lets anybody say when a record was made
        self.document.env.cr.execute(
            SQL(
                "UPDATE ir_attachment SET create_date = %s WHERE id = %s",
                self.moment,
                archived.id,
            )
        )
        archived.invalidate_recordset(["create_date"])
        return archived

    def _common(self) -> dict[str, Any]:
        """What all rows have, whatever became of them."""
        return {
            "message_id_header": header(self.document),
            "mail_server_id": self.user._smtp_server().id,
            "attempts": 1,
            "queued_at": self.moment,
            "claimed_at": self.moment,
            "handed_at": self.moment,
            "settled": True,
        }
