"""The short statements that keep the promise, on a cursor of their own.

Each of them is committed before the next thing happens outside the database:

1. ``claim``: these rows are mine. One atomic statement; nobody else can take them.
2. ``begin``: this row is about to be offered to a mail server.
3. ``record``: this is what the server answered.

A claim carries the key of an advisory lock that its connection holds. PostgreSQL frees
the lock when that connection ends, however it ends; so a row whose lock is free has
lost its worker. If the row had been begun, nobody knows what the server did with it:
``unknown``. If not, no byte of it ever left: back to the queue.

All times are the database's clock, so workers need not agree on theirs.
"""

# pylint: disable=invalid-commit  # on cursors of its own; each commit is a promise kept
import logging
import random
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2

from .addresses import wire_form
from .backoff import seconds_to_wait
from .failures import LINE_REASONS
from .replies import Outcome

_logger = logging.getLogger(__name__)

CLAIM_LOCKS = 0x6D61696C  # "mail": namespace of the locks that show a live claim
PACE_LOCKS = 0x70616365  # "pace": namespace of the locks that count an account
CLAIM_TRIES = 5  # another worker can change a row between snapshot and statement
LONGEST_WAIT = 25 * 3600  # seconds; a rolling day, and some: then it is looked at again
# Due: its time has come, or the clock was put back since that time was chosen.
DUE = f"""
    d.state IN ('queued', 'deferred') AND m.state = 'outgoing'
    AND (m.scheduled_date IS NULL
         OR m.scheduled_date <= clock_timestamp() AT TIME ZONE 'UTC')
    AND (d.next_attempt IS NULL
         OR d.next_attempt <= clock_timestamp() AT TIME ZONE 'UTC'
         OR d.next_attempt > clock_timestamp() AT TIME ZONE 'UTC'
                             + INTERVAL '{LONGEST_WAIT} seconds')
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


class Ledger:
    """Claims of one worker. Open it around everything that it does with them.

    :param cr: a cursor that nothing else uses
    """

    def __init__(self, cr):
        self.cr = cr
        self.claim_key = None
        self._noted = None  # what record() wrote and nobody has committed

    @contextmanager
    def open(self):
        """Hold the lock that shows this worker alive; give back what is left."""
        self._take_lock()
        try:
            yield self
        finally:
            self._leave()

    def _take_lock(self):
        while self.claim_key is None:
            key = random.randint(1, 2**31 - 1)
            self.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", (CLAIM_LOCKS, key))
            if self.cr.fetchone()[0]:
                self.claim_key = key
        self.cr.commit()

    def _leave(self):
        try:
            self.cr.rollback()
            self.release()
        finally:
            self.cr.execute(
                "SELECT pg_advisory_unlock(%s, %s)", (CLAIM_LOCKS, self.claim_key)
            )
            self.cr.commit()

    def due_mail_ids(self, mail_ids=None, limit=1000):
        """Mails that have a recipient to serve now: the oldest of each sender, then the
        second of each, so that a long batch leaves room for the others.
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
        found = [row[0] for row in self.cr.fetchall()]
        self.cr.commit()
        return found

    def standing(self):
        """How it stands with the queue.

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
                    OR m.scheduled_date <= clock_timestamp() AT TIME ZONE 'UTC')
            """,
            {"waiting": ["queued", "deferred"]},
        )
        due, oldest = self.cr.fetchone()
        self.cr.commit()
        return due, max(round(oldest), 0)

    def claim(self, mail_ids, limit, server_id=None):
        """Take up to ``limit`` due recipients of these mails.

        Rows that another transaction holds are passed over: another worker has them,
        or a user is changing the mail and it will be sent after their commit.

        :rtype: list[Claimed]
        """
        rows = self._retry_on_conflict(self._claim, mail_ids, limit, server_id)
        return sorted((Claimed(*row) for row in rows), key=lambda r: (r.mail_id, r.id))

    def _claim(self, mail_ids, limit, server_id):
        # In a WITH, which runs once: within IN (…) PostgreSQL may run the query again
        # for each row that it looks at, pass over what it has locked, and take more
        # than the limit.
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
        rows = self.cr.fetchall()
        self.cr.commit()
        return rows

    def begin(self, row, recipient=None):
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

    def _begin(self, row, recipient):
        self.cr.execute(
            """
            UPDATE mail_delivery
               SET handed_at = clock_timestamp() AT TIME ZONE 'UTC', recipient = %s
             WHERE id = %s AND claim = %s AND state = 'sending'
            """,
            (recipient, row.id, self.claim_key),
        )
        return bool(self.cr.rowcount)

    def record(self, row, verdict, commit=True):
        """Note what became of a row.

        Who goes on to the next row at once may leave the commit to its ``begin``: that
        one comes before a byte of the next message leaves, as each ``begin`` does, and
        until then nothing else happens. A crash in between leaves this row begun, hence
        ``unknown``, as does one right before a commit of its own.

        Also when a reaper took this worker for dead meanwhile: who asked the server
        knows better than who guessed.

        :returns: the state that was noted, and the seconds until the next attempt; the
            state is None when the row is no longer ours
        """
        wait = None
        outcome = verdict.outcome
        reason = verdict.reason
        if outcome is Outcome.DEFERRED:
            enough = verdict.tries and row.attempts >= verdict.tries
            wait = None if enough else seconds_to_wait(row.attempts)
            if wait is None:
                outcome = Outcome.REFUSED
                reason = reason if enough else "gave_up"
            else:
                wait = max(wait, verdict.pause)
        self._noted = (
            """
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
            """,
            {
                "state": outcome.value,
                "reason": reason or None,
                "code": verdict.code or 0,
                "enhanced": verdict.enhanced or None,
                "error": None if outcome is Outcome.SENT else verdict.text or None,
                "reply": verdict.text or None,
                "wait": wait,
                "id": row.id,
                "claim": self.claim_key,
            },
        )
        self.cr.execute(*self._noted)
        ours = self.cr.rowcount
        if commit:
            self.commit()
        return (outcome.value if ours else None), wait

    def commit(self):
        """Commit what :meth:`record` noted.

        A crash of the database that loses it leaves the row begun, hence unknown: safe,
        so there is no need to wait for the disk here, only in :meth:`begin`.
        """
        if self._noted:
            self.cr.execute("SET LOCAL synchronous_commit = off")
            self.cr.commit()
            self._noted = None

    def give_back(self, row):
        """Undo ``claim`` and ``begin``: no byte of this row's message left, and nobody
        is to blame. It is due at once.
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

    def release(self):
        """Give back what was claimed and never begun; what was begun is unknown."""
        self._retry_on_conflict(self._free_claim, self.claim_key)

    def postpone(self, mail_ids, seconds, pace=None, reason="pace", server_id=None):
        """Tell the due rows of these mails when they will leave.

        :param float seconds: until the first may
        :param tuple pace: how many recipients may leave in how many seconds
        :param int server_id: whom they wait for
        """
        self._retry_on_conflict(
            self._postpone, mail_ids, seconds, pace, reason, server_id
        )

    def _postpone(self, mail_ids, seconds, pace, reason, server_id):
        allowed, window = pace or (1, 0)
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
            {
                "mail_ids": list(mail_ids),
                "seconds": seconds,
                "allowed": allowed,
                "window": window,
                "reason": reason,
                "server": server_id or None,
            },
        )
        self.cr.commit()

    def hold(self, mail_id, seconds, said):
        """Let the due rows of a mail wait for something other than a mail server; what
        was claimed of it and not begun goes back, and the attempt does not count.

        :param float seconds: until it is asked about again
        :param str said: why, for the sender
        """
        self._retry_on_conflict(self._hold, mail_id, seconds, said)

    def _hold(self, mail_id, seconds, said):
        self.cr.execute(
            """
            UPDATE mail_delivery
               SET attempts = attempts - CASE WHEN state = 'sending' THEN 1 ELSE 0 END,
                   state = CASE WHEN state = 'sending' THEN 'queued' ELSE state END,
                   claim = NULL, reason = 'held', error = %(said)s, settled = FALSE,
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
                "said": said,
                "claim": self.claim_key,
            },
        )
        self.cr.commit()

    # ------------------------------------------------------------
    # ACCOUNTS THAT FAIL
    # ------------------------------------------------------------

    def note_failure(self, server_id, reason, wait):
        """Remember that this account could not be used, and until when to leave it.

        Whoever holds its row is changing it: then it is asked anew anyway.
        """
        self._retry_on_conflict(self._note_failure, server_id, reason, wait)

    def _note_failure(self, server_id, reason, wait):
        self.cr.execute(
            """
            UPDATE ir_mail_server
               SET delivery_failures = COALESCE(delivery_failures, 0) + 1,
                   delivery_failure = %s,
                   delivery_retry_at = clock_timestamp() AT TIME ZONE 'UTC'
                                       + %s * INTERVAL '1 second'
             WHERE id = (SELECT id FROM ir_mail_server WHERE id = %s
                                    FOR NO KEY UPDATE SKIP LOCKED)
            """,
            (reason, wait, server_id),
        )
        self.cr.commit()

    def note_success(self, server_id):
        """The account works again: whoever waited for it is due."""
        self._retry_on_conflict(self._note_success, server_id)

    def _note_success(self, server_id):
        self.cr.execute(
            """
            UPDATE ir_mail_server
               SET delivery_failures = 0, delivery_failure = NULL,
                   delivery_retry_at = NULL
             WHERE id = (SELECT id FROM ir_mail_server WHERE id = %s
                                    FOR NO KEY UPDATE SKIP LOCKED)
            """,
            (server_id,),
        )
        self.cr.execute(
            """
            UPDATE mail_delivery
               SET next_attempt = clock_timestamp() AT TIME ZONE 'UTC'
             WHERE mail_server_id = %s AND state IN ('queued', 'deferred')
               AND reason = ANY(%s)
               AND next_attempt > clock_timestamp() AT TIME ZONE 'UTC'
            """,
            (server_id, list(LINE_REASONS)),
        )
        self.cr.commit()

    # ------------------------------------------------------------
    # PACE
    # ------------------------------------------------------------

    @contextmanager
    def counting(self, server_id):
        """Let one worker at a time count and claim for an account that has a pace.

        The lock is of the session, and taken before the snapshot that counts.
        """
        self.cr.execute("SELECT pg_advisory_lock(%s, %s)", (PACE_LOCKS, server_id))
        self.cr.commit()
        try:
            yield
        except Exception:
            # In a failed transaction nothing could be unlocked, and the account would
            # stand still for as long as this connection lives.
            self.cr.rollback()
            raise
        finally:
            self.cr.execute(
                "SELECT pg_advisory_unlock(%s, %s)", (PACE_LOCKS, server_id)
            )
            self.cr.commit()

    def seconds_until_room(self, server_id, limit, window):
        """How many recipients fit now into a rolling window, and else when one does.

        :param int limit: recipients per window
        :param int window: seconds
        :returns: ``(room, seconds)``; seconds is 0 while there is room
        """
        self.cr.execute(
            """
            SELECT count(*), COALESCE(min(left_in), 0) FROM (
                SELECT %(window)s - EXTRACT(EPOCH FROM
                       clock_timestamp() AT TIME ZONE 'UTC'
                       - COALESCE(handed_at, claimed_at)) AS left_in
                  FROM mail_delivery
                 WHERE mail_server_id = %(server)s
                   AND (state = 'sending' OR handed_at
                        -- the clock can have been put back since
                        BETWEEN (clock_timestamp() AT TIME ZONE 'UTC')
                                - %(window)s * INTERVAL '1 second'
                            AND (clock_timestamp() AT TIME ZONE 'UTC')
                                + %(window)s * INTERVAL '1 second')
              ORDER BY COALESCE(handed_at, claimed_at) DESC
                 LIMIT %(limit)s) AS used
            """,
            {"server": server_id, "window": window, "limit": limit},
        )
        used, left_in = self.cr.fetchone()
        self.cr.commit()
        room = max(limit - used, 0)
        return room, 0 if room else min(max(int(left_in) + 1, 1), window)

    def reap(self):
        """Look after the rows of workers that died.

        :returns: the number of rows that were freed
        """
        self.cr.execute(
            "SELECT DISTINCT claim FROM mail_delivery WHERE state = 'sending'"
        )
        keys = [row[0] for row in self.cr.fetchall()]
        self.cr.commit()
        return sum(self._reap(key) for key in keys if key != self.claim_key)

    def _reap(self, key):
        self.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", (CLAIM_LOCKS, key or 0))
        orphaned = self.cr.fetchone()[0]
        self.cr.commit()
        if not orphaned:
            return 0
        try:
            freed = self._retry_on_conflict(self._free_claim, key)
        finally:
            self.cr.execute(
                "SELECT pg_advisory_unlock(%s, %s)", (CLAIM_LOCKS, key or 0)
            )
            self.cr.commit()
        if freed:
            _logger.warning("mail delivery: freed %s rows of a dead worker", freed)
        return freed

    def _free_claim(self, key):
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
            """,
            (key,),
            log_exceptions=False,
        )
        freed = self.cr.rowcount
        self.cr.commit()
        return freed

    @classmethod
    def release_waiting(cls, cr, claim_key):
        """Give back, for a worker that still waits for a mail server, what it has
        claimed and not begun; :meth:`begin` will leave that alone.

        :param cr: a cursor other than that worker's
        """
        if claim_key:
            ledger = cls(cr)
            ledger._retry_on_conflict(ledger._free_waiting, claim_key)

    def _free_waiting(self, key):
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

    def _retry_on_conflict(self, method, *args):
        for left in reversed(range(CLAIM_TRIES)):
            try:
                return method(*args)
            except psycopg2.errors.SerializationFailure:
                self.cr.rollback()
                if not left:
                    raise
        raise AssertionError("unreachable")
