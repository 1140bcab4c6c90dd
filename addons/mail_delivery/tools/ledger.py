"""The short statements that keep the promise, on a cursor of their own.

Each of them is committed before the next thing happens outside the database:

1. ``claim``: these rows are mine. One atomic statement; nobody else can take them.
2. ``begin``: this row is about to be offered to a mail server.
3. ``record``: this is what the server answered.

A claim carries the key of an advisory lock that its connection holds. PostgreSQL frees
the lock when that connection ends, however it ends; so a row whose lock is free has
lost its worker. If the row had been begun, nobody knows what the server did with it:
``unknown``. If not, no byte of it was sent: back to the queue.

All times are the database's clock, so workers need not agree on theirs. What is
written is ``clock_timestamp()``; what a column is compared with is
``statement_timestamp()``, the moment of the statement: the former may change from row
to row, so that PostgreSQL looks for it in no index and reads every row.
"""

# pylint: disable=invalid-commit  # on cursors of its own; each commit is a promise kept
import logging
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2

from .account_ledger import AccountLedger
from .addresses import wire_form
from .backoff import seconds_to_wait
from .limits import MINUTE_LIMIT
from .log_lines import event
from .replies import Outcome, Verdict

_logger = logging.getLogger(__name__)

CLAIM_LOCKS = 0x6D61696C  # "mail": namespace of the locks that show a live claim
LONGEST_WAIT = 25 * 3600  # seconds; a rolling day, and some: then it is looked at again
# Due: its time has come, or the clock was put back since that time was chosen.
DUE = f"""
    d.state IN ('queued', 'deferred') AND m.state = 'outgoing'
    AND (m.scheduled_date IS NULL
         OR m.scheduled_date <= statement_timestamp() AT TIME ZONE 'UTC')
    AND (d.next_attempt IS NULL
         OR d.next_attempt <= statement_timestamp() AT TIME ZONE 'UTC'
         OR d.next_attempt > statement_timestamp() AT TIME ZONE 'UTC'
                             + INTERVAL '{LONGEST_WAIT} seconds')
"""

RECORD = """
    UPDATE mail_delivery
       SET state = %(state)s, reason = %(reason)s, smtp_code = %(code)s,
           smtp_enhanced_code = %(enhanced)s, claim = NULL, settled = FALSE,
           error = %(error)s, smtp_reply = %(reply)s,
           write_date = clock_timestamp() AT TIME ZONE 'UTC',
           next_attempt = clock_timestamp() AT TIME ZONE 'UTC'
                          + %(wait)s * INTERVAL '1 second',
           sent_at = CASE WHEN %(state)s = 'sent'
                     THEN clock_timestamp() AT TIME ZONE 'UTC' END
     WHERE id = %(id)s AND claim = %(claim)s
       AND state IN ('sending', 'unknown')
"""


@dataclass
class Claimed:
    """One recipient of one mail, ours until recorded or released."""

    id: int
    mail_id: int
    recipient: str
    kind: str
    partner_id: int
    attempts: int


class Ledger(AccountLedger):
    """Claims of one worker. Open it around everything that it does with them.

    :param cr: a cursor that nothing else uses
    """

    def __init__(self, cr: Any) -> None:
        super().__init__(cr)
        self.claim_key: int | None = None
        self._noted: tuple[str, dict[str, Any]] | None = (
            None  # what record() wrote and nobody has committed
        )

    @contextmanager
    def open(self) -> "Iterator[Ledger]":
        """Hold the lock that shows this worker alive; give back the rest at the end."""
        self._acquire_lock()
        try:
            yield self
        finally:
            self._close()

    def _acquire_lock(self) -> None:
        while self.claim_key is None:
            key = random.randint(1, 2**31 - 1)
            self.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", (CLAIM_LOCKS, key))
            if self.cr.fetchone()[0]:
                self.claim_key = key
        self.cr.commit()

    def _close(self) -> None:
        try:
            self.cr.rollback()
            self.release()
        finally:
            self.cr.execute(
                "SELECT pg_advisory_unlock(%s, %s)", (CLAIM_LOCKS, self.claim_key)
            )
            self.cr.commit()

    def due_mail_ids(
        self, mail_ids: Iterable[int] | None = None, limit: int = 1000
    ) -> list[int]:
        """Mails that have a recipient to serve now: the oldest of each sender, then the
        second of each, so that a long batch does not delay the others.
        """
        self.cr.execute(
            f"""
            SELECT id FROM (
                SELECT m.id, row_number() OVER (
                       PARTITION BY min(d.email_from) ORDER BY m.id) AS place
                  FROM mail_delivery d
                  JOIN mail_mail m ON m.id = d.mail_id
                 WHERE {DUE} AND (%(all)s OR m.id = ANY(%(mail_ids)s))
              GROUP BY m.id) AS due
          ORDER BY place, id
             LIMIT %(limit)s
            """,
            {"all": mail_ids is None, "mail_ids": list(mail_ids or ()), "limit": limit},
        )
        found: list[int] = [row[0] for row in self.cr.fetchall()]
        self.cr.commit()
        return found

    def standing(self) -> tuple[int, int]:
        """The length and the age of the queue.

        :returns: how many recipients are due now, and for how many seconds the one that
            waits longest has waited; whom somebody scheduled for later does not count
        """
        self.cr.execute(
            f"""
            SELECT count(*) FILTER (WHERE {DUE}),
                   COALESCE(EXTRACT(EPOCH FROM clock_timestamp() AT TIME ZONE 'UTC'
                            - min(COALESCE(m.scheduled_date, d.queued_at))), 0)
              FROM mail_delivery d
              JOIN mail_mail m ON m.id = d.mail_id
             WHERE d.state = ANY(%(waiting)s) AND m.state = 'outgoing'
               AND (m.scheduled_date IS NULL
                    OR m.scheduled_date <= statement_timestamp() AT TIME ZONE 'UTC')
            """,
            {"waiting": ["queued", "deferred"]},
        )
        due, oldest = self.cr.fetchone()
        self.cr.commit()
        return due, max(round(oldest), 0)

    def claim(
        self, mail_ids: Iterable[int], limit: int, server_id: int | None = None
    ) -> list[Claimed]:
        """Claim up to ``limit`` due recipients of these mails.

        Rows that another transaction holds are skipped: another worker has them,
        or a user is changing the mail and it will be sent after their commit.

        :rtype: list[Claimed]
        """
        rows = self._retry_on_conflict(self._claim, mail_ids, limit, server_id)
        return sorted((Claimed(*row) for row in rows), key=lambda r: (r.mail_id, r.id))

    def _claim(
        self, mail_ids: Iterable[int], limit: int, server_id: int | None
    ) -> list[tuple[Any, ...]]:
        # In a WITH, which runs once: within IN (…) PostgreSQL may run the query again
        # for each row that it looks at, skip what it has locked, and take more than
        # the limit.
        self.cr.execute(
            f"""
            WITH mine AS MATERIALIZED (
                SELECT d.id
                  FROM mail_delivery d
                  JOIN mail_mail m ON m.id = d.mail_id
                 WHERE {DUE} AND m.id = ANY(%(mail_ids)s)
              ORDER BY d.mail_id, d.id
                 LIMIT %(limit)s
            FOR NO KEY UPDATE OF d, m SKIP LOCKED)
            UPDATE mail_delivery d
               SET state = 'sending', claim = %(claim)s, handed_at = NULL,
                   mail_server_id = %(server)s, attempts = attempts + 1,
                   claimed_at = clock_timestamp() AT TIME ZONE 'UTC'
              FROM mine
             WHERE d.id = mine.id
         RETURNING d.id, d.mail_id, d.recipient, d.kind, d.partner_id, d.attempts
            """,
            {
                "claim": self.claim_key,
                "server": server_id or None,
                "mail_ids": list(mail_ids),
                "limit": limit,
            },
        )
        rows: list[tuple[Any, ...]] = self.cr.fetchall()
        self.cr.commit()
        return rows

    def begin(self, row: Claimed, recipient: str | None = None) -> bool:
        """Note, for good, that this row is being offered to a server from now on.

        :param str recipient: the address as the server gets it; on the screen stays
            what was typed, as long as that is the same mailbox
        :returns: False when the row is no longer ours; then leave it alone
        """
        if not recipient or wire_form(row.recipient) == recipient:
            recipient = row.recipient
        try:
            ours = self._begin(row, recipient)
        except psycopg2.errors.OperationalError:
            # Somebody changed the row meanwhile. What was noted before stays noted.
            self.cr.rollback()
            if self._noted:
                self.cr.execute(*self._noted)
                self.commit()
            ours = self._begin(row, recipient)
        self.cr.commit()
        self._noted = None
        return ours

    def _begin(self, row: Claimed, recipient: str) -> bool:
        self.cr.execute(
            """
            UPDATE mail_delivery
               SET handed_at = clock_timestamp() AT TIME ZONE 'UTC', recipient = %s
             WHERE id = %s AND claim = %s AND state = 'sending'
            """,
            (recipient, row.id, self.claim_key),
        )
        return bool(self.cr.rowcount)

    def record(
        self, row: Claimed, verdict: Verdict, commit: bool = True
    ) -> tuple[str | None, float | None]:
        """Note the result of offering a row.

        Who goes on to the next row at once may leave the commit to its ``begin``: that
        one comes before a byte of the next message is sent, as each ``begin`` does, and
        until then nothing else happens. A crash in between finds this row begun, hence
        ``unknown``, as does one right before a commit of its own.

        Also when a reaper took this worker for dead meanwhile: who asked the server
        knows better than who guessed.

        :returns: the state that was noted, and the seconds until the next attempt; the
            state is None when the row is no longer ours
        """
        outcome, reason, wait = _next_step(row.attempts, verdict)
        values = {
            "state": outcome.value,
            "reason": reason or None,
            "code": verdict.code or 0,
            "enhanced": verdict.enhanced or None,
            "error": None if outcome is Outcome.SENT else verdict.text or None,
            "reply": verdict.text or None,
            "wait": wait,
            "id": row.id,
            "claim": self.claim_key,
        }
        self._noted = (RECORD, values)
        self.cr.execute(*self._noted)
        is_ours = bool(self.cr.rowcount)
        if commit:
            self.commit()
        return (outcome.value if is_ours else None), wait

    def commit(self) -> None:
        """Commit what :meth:`record` noted.

        A crash of the database that loses it leaves the row begun, hence unknown: safe,
        so there is no need to wait for the disk here, only in :meth:`begin`.
        """
        if self._noted:
            self.cr.execute("SET LOCAL synchronous_commit = off")
            self.cr.commit()
            self._noted = None

    def give_back(self, row: Claimed) -> None:
        """Undo ``claim`` and ``begin``: no byte of this row's message was sent, and it
        is no failure of the server. It is due at once.
        """
        self.cr.execute(
            """
            UPDATE mail_delivery
               SET state = 'queued', reason = NULL, claim = NULL, handed_at = NULL,
                   attempts = attempts - 1, next_attempt = NULL
             WHERE id = %s AND claim = %s AND state = 'sending'
            """,
            (row.id, self.claim_key),
        )
        self.cr.commit()

    def release(self) -> None:
        """Give back what was claimed and never begun; what was begun is unknown."""
        self._retry_on_conflict(self._free_claim, self.claim_key)

    def postpone(
        self,
        mail_ids: Iterable[int],
        seconds: float,
        limit: tuple[int, int] | None = None,
        reason: str = MINUTE_LIMIT,
        server_id: int | None = None,
    ) -> None:
        """Tell the due rows of these mails when they will be sent.

        :param float seconds: until the first may be sent
        :param tuple limit: how many recipients may be served in how many seconds
        :param int server_id: whom they wait for
        """
        allowed, window = limit or (1, 0)
        self._retry_on_conflict(
            self._postpone,
            {
                "mail_ids": list(mail_ids),
                "seconds": seconds,
                "allowed": allowed,
                "window": window,
                "reason": reason,
                "server": server_id or None,
            },
        )

    def _postpone(self, values: dict[str, Any]) -> None:
        self.cr.execute(
            f"""
            WITH waiting AS (
                SELECT d.id, row_number() OVER (ORDER BY d.mail_id, d.id) - 1 AS place
                  FROM mail_delivery d
                  JOIN mail_mail m ON m.id = d.mail_id
                 WHERE {DUE} AND m.id = ANY(%(mail_ids)s)
            )
            UPDATE mail_delivery
               SET reason = %(reason)s, settled = FALSE,
                   mail_server_id = COALESCE(%(server)s, mail_server_id),
                   write_date = clock_timestamp() AT TIME ZONE 'UTC',
                   next_attempt = clock_timestamp() AT TIME ZONE 'UTC'
                   + INTERVAL '1 second' * LEAST(
                     %(seconds)s + %(window)s * (waiting.place / %(allowed)s),
                     {LONGEST_WAIT})
              FROM waiting
             WHERE mail_delivery.id = waiting.id
            """,
            values,
        )
        self.cr.commit()

    def hold(self, mail_id: int, seconds: float, sentence: str) -> None:
        """Let the due rows of a mail wait for something other than a mail server; what
        was claimed of it and not begun goes back, and the attempt does not count.

        :param float seconds: until it is asked about again
        :param str sentence: the reason, for the sender
        """
        self._retry_on_conflict(self._hold, mail_id, seconds, sentence)

    def _hold(self, mail_id: int, seconds: float, sentence: str) -> None:
        self.cr.execute(
            """
            UPDATE mail_delivery
               SET attempts = attempts - CASE WHEN state = 'sending' THEN 1 ELSE 0 END,
                   state = CASE WHEN state = 'sending' THEN 'queued' ELSE state END,
                   claim = NULL, reason = 'held', error = %(sentence)s, settled = FALSE,
                   write_date = clock_timestamp() AT TIME ZONE 'UTC',
                   next_attempt = clock_timestamp() AT TIME ZONE 'UTC'
                                  + %(seconds)s * INTERVAL '1 second'
             WHERE mail_id = %(mail_id)s
               AND (state IN ('queued', 'deferred')
                    OR state = 'sending' AND handed_at IS NULL AND claim = %(claim)s)
            """,
            {
                "mail_id": mail_id,
                "seconds": seconds,
                "sentence": sentence,
                "claim": self.claim_key,
            },
        )
        self.cr.commit()

    def reap(self) -> int:
        """Look after the rows of workers that died.

        :returns: the number of rows that were freed
        """
        self.cr.execute(
            "SELECT DISTINCT claim FROM mail_delivery WHERE state = 'sending'"
        )
        keys = [row[0] for row in self.cr.fetchall()]
        self.cr.commit()
        return sum(self._reap(key) for key in keys if key != self.claim_key)

    def _reap(self, key: int | None) -> int:
        self.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", (CLAIM_LOCKS, key or 0))
        orphaned = self.cr.fetchone()[0]
        self.cr.commit()
        if not orphaned:
            return 0
        try:
            freed: int = self._retry_on_conflict(self._free_claim, key)
        finally:
            self.cr.execute(
                "SELECT pg_advisory_unlock(%s, %s)", (CLAIM_LOCKS, key or 0)
            )
            self.cr.commit()
        if freed:
            _logger.warning("mail delivery: freed %s rows of a dead worker", freed)
        return freed

    def _free_claim(self, key: int | None) -> int:
        """Begun: unknown, and the claim stays so that its worker may still report.

        Not begun: back to the queue, and the attempt does not count.
        """
        self.cr.execute(
            """
            UPDATE mail_delivery
               SET state = CASE WHEN handed_at IS NULL THEN 'queued' ELSE 'unknown' END,
                   reason = CASE WHEN handed_at IS NULL THEN NULL ELSE 'worker' END,
                   claim = CASE WHEN handed_at IS NULL THEN NULL ELSE claim END,
                   attempts = attempts - CASE WHEN handed_at IS NULL THEN 1 ELSE 0 END,
                   settled = (handed_at IS NULL), next_attempt = NULL,
                   write_date = clock_timestamp() AT TIME ZONE 'UTC'
             WHERE claim IS NOT DISTINCT FROM %s AND state = 'sending'
         RETURNING id, mail_id, mail_server_id, state
            """,
            (key,),
            log_exceptions=False,
        )
        freed: list[tuple[int, int, int, str]] = self.cr.fetchall()
        self.cr.commit()
        for row_id, mail_id, server_id, state in freed:
            if state == Outcome.UNKNOWN.value:
                _logger.warning(
                    event(
                        state,
                        delivery=row_id,
                        mail=mail_id,
                        account=server_id,
                        reason="worker",
                    )
                )
        return len(freed)

    @classmethod
    def release_waiting(cls, cr: Any, claim_key: int | None) -> None:
        """Give back, for a worker that still waits for a mail server, what it has
        claimed and not begun; :meth:`begin` will leave that alone.

        :param cr: a cursor other than that worker's
        """
        if claim_key:
            ledger = cls(cr)
            ledger._retry_on_conflict(ledger._free_waiting, claim_key)

    def _free_waiting(self, key: int) -> None:
        self.cr.execute(
            """
            UPDATE mail_delivery
               SET state = 'queued', reason = NULL, claim = NULL,
                   attempts = attempts - 1, next_attempt = NULL
             WHERE claim = %s AND state = 'sending' AND handed_at IS NULL
            """,
            (key,),
            log_exceptions=False,
        )
        self.cr.commit()


def _next_step(attempts: int, verdict: Verdict) -> tuple[Outcome, str, float | None]:
    """The outcome, its reason, and the seconds until the next attempt, if there is one:
    a deferral is final after enough attempts.

    >>> from .replies import Reply, classify
    >>> _next_step(14, classify(Reply(451, "later")))
    (<Outcome.REFUSED: 'refused'>, 'gave_up', None)
    >>> _next_step(2, classify(Reply(452, "4.3.4 too big", "MAIL")))
    (<Outcome.REFUSED: 'refused'>, 'too_big', None)
    """
    if verdict.outcome is not Outcome.DEFERRED:
        return verdict.outcome, verdict.reason, None
    if verdict.tries and attempts >= verdict.tries:
        return Outcome.REFUSED, verdict.reason, None
    wait = seconds_to_wait(attempts)
    if wait is None:
        return Outcome.REFUSED, "gave_up", None
    return Outcome.DEFERRED, verdict.reason, max(wait, verdict.pause)
