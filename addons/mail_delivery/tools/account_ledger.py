"""What the queue notes about mail accounts: failures, and what sending limits allow.

The statements are those of :mod:`.ledger`, on the same cursor, each committed at once.
"""

# pylint: disable=invalid-commit  # on a cursor of its own, see ledger.py
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2

from .failures import LINE_REASONS

LIMIT_LOCKS = 0x70616365  # namespace of the locks that count an account
CLAIM_TRIES = 5  # another worker can change a row between snapshot and statement
NOW = "(statement_timestamp() AT TIME ZONE 'UTC')"  # to compare with, see ledger.py
# The clock can have been put back since a row was handed over.
IN_WINDOW = f"""
    handed_at BETWEEN {NOW} - %(window)s * INTERVAL '1 second'
                  AND {NOW} + %(window)s * INTERVAL '1 second'
"""
# In two parts, each of which an index finds: an account's history is long.
USED = f"""
    SELECT count(*), COALESCE(min(%(window)s - EXTRACT(EPOCH FROM {NOW} - at)), 0)
      FROM (
    SELECT at FROM (
        SELECT handed_at AS at FROM mail_delivery
         WHERE mail_server_id = %(server)s AND {IN_WINDOW}
     UNION ALL
        SELECT COALESCE(handed_at, claimed_at) FROM mail_delivery
         WHERE mail_server_id = %(server)s AND state = 'sending'
           AND ({IN_WINDOW}) IS NOT TRUE) AS found
  ORDER BY at DESC
     LIMIT %(limit)s) AS used
"""


class AccountLedger:
    """Failures and sending limits of the accounts that a worker sends through.

    :param cr: a cursor that nothing else uses
    """

    def __init__(self, cr: Any) -> None:
        self.cr = cr

    # ------------------------------------------------------------
    # ACCOUNTS THAT FAIL
    # ------------------------------------------------------------

    def note_failure(self, server_id: int, reason: str, wait: float) -> None:
        """Remember that this account could not be used, and until when to skip it.

        Whoever holds its row is changing it: then it is asked anew anyway.
        """
        self._retry_on_conflict(self._note_failure, server_id, reason, wait)

    def _note_failure(self, server_id: int, reason: str, wait: float) -> None:
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

    def note_success(self, server_id: int) -> None:
        """The account works again: whoever waited for it is due."""
        self._retry_on_conflict(self._note_success, server_id)

    def _note_success(self, server_id: int) -> None:
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
               AND next_attempt > statement_timestamp() AT TIME ZONE 'UTC'
            """,
            (server_id, list(LINE_REASONS)),
        )
        self.cr.commit()

    # ------------------------------------------------------------
    # SENDING LIMITS
    # ------------------------------------------------------------

    @contextmanager
    def counting(self, server_id: int) -> Iterator[None]:
        """Let one worker at a time count and claim for an account with limits.

        The lock is of the session, and taken before the snapshot that counts.
        """
        self.cr.execute("SELECT pg_advisory_lock(%s, %s)", (LIMIT_LOCKS, server_id))
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
                "SELECT pg_advisory_unlock(%s, %s)", (LIMIT_LOCKS, server_id)
            )
            self.cr.commit()

    def seconds_until_room(
        self, server_id: int, limit: int, window: int
    ) -> tuple[int, int]:
        """How many recipients fit now into a rolling window, and else when one does.

        :param int limit: recipients per window
        :param int window: seconds
        :returns: ``(room, seconds)``; seconds is 0 while there is room
        """
        self.cr.execute(USED, {"server": server_id, "window": window, "limit": limit})
        used, left_in = self.cr.fetchone()
        self.cr.commit()
        room = max(limit - used, 0)
        return room, 0 if room else min(max(int(left_in) + 1, 1), window)

    def _retry_on_conflict(self, method: Callable[..., Any], *args: Any) -> Any:
        for left in reversed(range(CLAIM_TRIES)):
            try:
                return method(*args)
            except psycopg2.errors.SerializationFailure:
                self.cr.rollback()
                if not left:
                    raise
        raise AssertionError("unreachable")
