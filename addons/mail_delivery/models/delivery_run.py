"""One run of the engine: which mails, over which accounts, until when.

The order is the promise: claim → commit → SMTP → outcome → commit. Two cursors: the
ledger's, with its short statements, and one for the ORM, on which messages are put
together and the consequences of outcomes are written. Neither is in a transaction
while the mail server is being waited for.
"""

# pylint: disable=invalid-commit  # the promise: see above

import logging
import time
from collections import defaultdict
from contextlib import contextmanager

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.tools import clean_context

from ..tools.backoff import HOLD_SECONDS, seconds_to_avoid
from ..tools.deadline import Deadline
from ..tools.failures import ConnectionLost, MessageError, connection_verdict
from ..tools.ledger import Ledger
from ..tools.log_lines import event
from ..tools.replies import Outcome
from ..tools.tally import Tally
from .delivery_account import Account, AccountError
from .delivery_letters import MailHeld, prepare
from .delivery_turns import MAILS_AHEAD, Turns, portions

_logger = logging.getLogger(__name__)

SLICE = 5  # seconds that an account is served before the next one has its turn
SECONDS_AHEAD = 2  # of sending, for which letters are put together at once
LOOK_EVERY = 5  # seconds between looks at what came into the queue meanwhile
SETTLE_TRIES = 3  # a user may be writing the same document
OTHERS_POLL = 0.2  # seconds between looks at rows that another worker is sending
SETTLE_AGAIN_DAYS = 1  # how long the queue tries to tell a document that fails


class DeliveryRun:
    """See the module.

    :param registry: of the database
    :param dict context: the caller's
    :param Deadline deadline: when it has to end
    """

    def __init__(self, registry, context, deadline):
        self.registry = registry
        # core reads the files of a mail, not their sizes
        self.context = {**clean_context(context or {}), "bin_size": False}
        self.deadline = deadline
        self.tally = Tally()
        self.failed = {}  # why, by the id of an account's server
        self.ledger = None

    # ------------------------------------------------------------
    # ENTRIES
    # ------------------------------------------------------------

    def deliver(self, mail_ids, row_ids):
        """Deliver these mails as far as they are due and the time lasts.

        :param row_ids: of their ``mail.delivery`` rows
        """
        with self._open():
            turns = Turns()
            self._add_turns(turns, self._due(mail_ids))
            while turns and not self.deadline.over():
                self._serve_next(turns, self.deadline.left())
            self._wait_for_others(row_ids)
            self._settle_left_over(row_ids)
            if self._due(mail_ids):
                self.wake_queue(self.env)

    def _due(self, mail_ids):
        return self.ledger.due_mail_ids(mail_ids, limit=max(len(mail_ids), 1))

    def deliver_queue(self, batch_size, progress=None):
        """Deliver whatever is due, account by account in turns.

        :param progress: called as ``progress(processed, remaining=…)`` per turn
        """
        start = time.monotonic()
        with self._open():
            self.ledger.reap()
            self._settle_left_over()
            self._work_off(batch_size, progress)
            left, oldest = self.ledger.standing()
            # A queue that moves is looked at again at once, a stuck one later.
            if progress and (self.tally.served or self.deadline.over()):
                progress(0, remaining=left)
            if progress and self.tally.served and left:
                self.wake_queue(self.env)
            level = logging.INFO if self.tally else logging.DEBUG
            _logger.log(
                level,
                "mail delivery: queue run of %.1f s %s",
                time.monotonic() - start,
                self.tally.line(left, oldest),
            )

    def _work_off(self, batch_size, progress):
        turns, next_look = Turns(), 0
        while not self.deadline.over():
            if not turns or time.monotonic() > next_look:
                due = self.ledger.due_mail_ids(limit=batch_size)
                self._add_turns(turns, turns.unknown(due), in_queue=True)
                next_look = time.monotonic() + LOOK_EVERY
            if not turns:
                return
            before = self.tally.served
            self._serve_next(turns, SLICE)
            if progress:
                progress(self.tally.served - before)

    @contextmanager
    def _open(self):
        with self.registry.cursor() as cr, self.registry.cursor() as ledger_cr:
            self.env = api.Environment(cr, SUPERUSER_ID, self.context)
            with Ledger(ledger_cr).open() as self.ledger:
                yield

    # ------------------------------------------------------------
    # TURNS
    # ------------------------------------------------------------

    def _add_turns(self, turns, mail_ids, in_queue=False):
        """Give the accounts of these mails a turn; the queue skips those that failed
        shortly before.
        """
        for account, batch in self._accounts(mail_ids):
            if account.server_id in self.failed:
                self._skip(account, batch, *self.failed[account.server_id])
                continue
            server = account.server
            seconds = in_queue and server and server._seconds_avoided()
            reason = server.delivery_failure
            self.env.cr.commit()
            if seconds:
                self._skip(account, batch, seconds, reason)
            else:
                turns.add(account, batch)

    def _skip(self, account, mail_ids, seconds, reason):
        self.tally.skipped.add(account.server_id)
        self.ledger.postpone(
            mail_ids, seconds, reason=reason, server_id=account.server_id
        )

    def _serve_next(self, turns, seconds):
        """Serve the next account for some time."""
        turn = turns.next()
        account, more = turn.account, False
        try:
            if account.server_id in self.failed:
                self._skip(account, turn.mail_ids, *self.failed[account.server_id])
            else:
                more = self._serve(account, turn.mail_ids, Deadline(seconds))
        except Exception:
            # One account never stops the others; the ledger gives back the rows.
            _logger.exception("mail delivery: account %s failed", account)
            self.env.cr.rollback()
            self.ledger.cr.rollback()
            self.ledger.release()
        if more:
            turns.put_back(turn)
        else:
            turns.end(turn)
            account.close()

    def _accounts(self, mail_ids):
        """Group mails by the account that sends them, as core does."""
        mails = self.env["mail.mail"].browse(sorted(mail_ids))
        try:
            groups = list(mails._split_by_mail_configuration())
        except Exception:
            _logger.exception("mail delivery: grouping mail by mail")
            self.env.cr.rollback()
            groups = []
            for mail in mails:
                try:
                    groups += mail._split_by_mail_configuration()
                except Exception:
                    _logger.exception("mail delivery: mail %s is skipped", mail.id)
                    self.env.cr.rollback()
        accounts = [
            (Account(self.env, server_id, alias_domain_id, smtp_from), list(batch))
            for server_id, alias_domain_id, smtp_from, batch in groups
        ]
        self.env.cr.commit()
        self._hold(set(mail_ids).difference(*(batch for *_key, batch in groups)))
        return accounts

    def _hold(self, mail_ids):
        """Hold the mails that no account may send now, and note the reason."""
        for mail in self.env["mail.mail"].browse(sorted(mail_ids)):
            try:
                sentence = mail._delivery_hold()
                self.env.cr.commit()
            except Exception:
                _logger.exception("mail delivery: mail %s is skipped", mail.id)
                self.env.cr.rollback()
                continue
            if sentence:
                self.ledger.hold(mail.id, HOLD_SECONDS, sentence)

    # ------------------------------------------------------------
    # ONE ACCOUNT
    # ------------------------------------------------------------

    def _serve(self, account, mail_ids, turn):
        """Send what is due of these mails over this account while its turn lasts.

        :param Deadline turn: of this turn
        :returns: whether there may be more
        """
        while not turn.over() and not self.deadline.over():
            limit = account.batch(turn.left())
            rows = account.claim(self.ledger, mail_ids, limit)
            if not rows:
                return False
            try:
                self._send(account, rows, turn)
            except AccountError as error:
                self._account_failed(account, mail_ids, rows, error.verdict)
                return False
            finally:
                self.ledger.release()
                self._settle({row.id for row in rows})
        return True

    def _account_failed(self, account, mail_ids, rows, verdict):
        """The account cannot be used: asking once per mail would only cost time, or
        lock it.
        """
        if self.deadline.hurried and verdict.reason == "timeout":
            # It may be slow, not dead. The queue has more time.
            return
        self.tally.failed.add(account.server_id)
        _logger.warning(
            event(
                "account_failed",
                account=account.server_id,
                reason=verdict.reason,
                code=verdict.code,
                status=verdict.enhanced,
            )
        )
        self._record_all(account, rows, verdict)
        if verdict.account:
            self._refuse_rest(account, mail_ids, verdict)
        elif verdict.outcome is Outcome.DEFERRED:
            self._avoid(account, mail_ids, verdict)

    def _avoid(self, account, mail_ids, verdict):
        """Skip this account in this run, and for a while after it."""
        account.failures += 1
        wait = seconds_to_avoid(account.failures)
        self.failed[account.server_id] = (wait, verdict.reason)
        if account.server_id:
            self.ledger.note_failure(account.server_id, verdict.reason, wait)
        self.ledger.postpone(
            mail_ids, wait, reason=verdict.reason, server_id=account.server_id
        )

    def _refuse_rest(self, account, mail_ids, verdict):
        if verdict.pause:
            account.pause(verdict)
        if verdict.outcome is Outcome.DEFERRED and verdict.pause:
            self.ledger.postpone(mail_ids, verdict.pause, reason=verdict.reason)
            return
        rows = self.ledger.claim(mail_ids, len(mail_ids) * 1000, account.server_id)
        self._record_all(account, rows, verdict)
        self._settle({row.id for row in rows})

    def _record_all(self, account, rows, verdict):
        for row in rows:
            self._record(account, row, verdict)

    def _record(self, account, row, verdict, commit=True):
        """Record the result of a row, and log it where it was not simply sent."""
        state, wait = self.ledger.record(row, verdict, commit)
        if state is None:
            return
        self.tally.count(state)
        if state != "sent":
            _logger.info(
                event(
                    state,
                    delivery=row.id,
                    mail=row.mail_id,
                    account=account.server_id,
                    reason=verdict.reason,
                    code=verdict.code,
                    status=verdict.enhanced,
                    attempt=row.attempts,
                    next_seconds=wait and round(wait),
                )
            )

    # ------------------------------------------------------------
    # ITS MAILS
    # ------------------------------------------------------------

    def _send(self, account, rows, turn):
        """Offer these rows until the turn is over, and one of them at least.

        Its end is looked at after a letter, never before the first: a turn that went by
        while a session was opened, or letters were put together, would send none, and
        so would the next.
        """
        by_mail = defaultdict(list)
        for row in rows:
            by_mail[row.mail_id].append(row)
        account.connect(self.deadline)
        mails = self.env["mail.mail"].browse(by_mail)
        together = list(portions(mails, account.batch(SECONDS_AHEAD, MAILS_AHEAD)))
        self.env.cr.commit()
        for mail_ids in together:
            if self.deadline.over():
                return
            start, before = time.monotonic(), self.tally.served
            try:
                mine = {mail_id: by_mail[mail_id] for mail_id in mail_ids}
                self._send_portion(account, mine, turn)
            finally:
                self.ledger.commit()
                served = self.tally.served - before
                account.count_seconds(time.monotonic() - start, served)
            if turn.over():
                return

    def _send_portion(self, account, by_mail, turn):
        for row, prepared in self._prepare(account, by_mail):
            if self.deadline.over():
                return
            self._send_row(account, row, prepared)
            if turn.over():
                return

    def _prepare(self, account, by_mail):
        """Put these mails together, in one transaction: what they share is read once.

        :param dict by_mail: claimed rows by the id of their mail
        :returns: ``[(row, prepared)]``, see :meth:`_send_row`
        """
        try:
            self.env["mail.mail"].browse(by_mail)._read_for_delivery()
            found = [
                (row, letters[row.id])
                for mail_id, rows in by_mail.items()
                for letters in [prepare(account, mail_id, rows)]
                for row in rows
            ]
            self.env.cr.commit()
            return found
        except (MailHeld, MessageError) as error:
            # One mail never stops the others; its transaction is its own.
            self.env.cr.rollback()
            if len(by_mail) == 1:
                ((mail_id, rows),) = by_mail.items()
                if isinstance(error, MailHeld):
                    self.ledger.hold(mail_id, HOLD_SECONDS, str(error))
                    return []
                return [(row, error.verdict()) for row in rows]
        found = []
        for mail_id, rows in by_mail.items():
            found += self._prepare(account, {mail_id: rows})
        return found

    def _send_row(self, account, row, prepared):
        """Offer the letter to its recipient and record the result.

        :param prepared: ``(letter, address)``, or a verdict that needs no server
        """
        if not isinstance(prepared, tuple):
            self._record(account, row, prepared)
            return
        letter, address = prepared
        if not self.ledger.begin(row, address):
            return
        try:
            verdict = account.offer(letter, address, self.deadline)
        except ConnectionLost as lost:
            self._lost(account, row, lost)
            return
        except AccountError:
            # a new session was needed and failed: nothing of this row was sent
            if self.deadline.hurried:
                self.ledger.give_back(row)
            raise
        self._record(account, row, verdict, commit=verdict.outcome is not Outcome.SENT)
        if account.failures:
            self.ledger.commit()
            account.failures = 0
            if account.server_id:
                self.ledger.note_success(account.server_id)
        if verdict.account:
            raise AccountError(verdict)

    def _lost(self, account, row, lost):
        """The line broke off: note what that means for this row, then for the account.

        :raises AccountError: it is not asked any more
        """
        if self.deadline.hurried and lost.is_silence and not lost.handed_over:
            self.ledger.give_back(row)
        else:
            self._record(account, row, lost.verdict())
        if account.is_down(lost):
            raise AccountError(connection_verdict(lost.cause)) from lost

    # ------------------------------------------------------------
    # CONSEQUENCES
    # ------------------------------------------------------------

    def _settle(self, row_ids):
        """Tell mails and documents, in a transaction of its own.

        The outcomes are committed by now: whatever happens here can be done again,
        and is, by the queue.
        """
        for tries_left in reversed(range(SETTLE_TRIES)):
            try:
                # A caller that did not commit may hold what is written here.
                self.env.cr.execute("SET LOCAL lock_timeout = '5s'")
                rows = self.env["mail.delivery"].browse(sorted(row_ids)).exists()
                rows.with_context(mail_delivery_late=self._is_late())._settle()
                self.env.cr.commit()
                return
            except psycopg2.errors.OperationalError:
                self.env.cr.rollback()
                if not tries_left:
                    _logger.warning("mail delivery: settled later", exc_info=True)
            except Exception:
                _logger.exception("mail delivery: settling row by row")
                self.env.cr.rollback()
                if len(row_ids) > 1:
                    for row_id in row_ids:
                        self._settle({row_id})
                return

    def _is_late(self):
        """Whether nobody waits for the outcome."""
        return not self.deadline.hurried or self.deadline.over()

    def _settle_left_over(self, row_ids=None):
        """Tell what was not told yet: waiting times, and outcomes whose worker died."""
        self.env.cr.execute(
            """
            SELECT id FROM mail_delivery
             WHERE settled IS NOT TRUE AND state != 'sending'
               AND write_date > now() AT TIME ZONE 'UTC' - %s * INTERVAL '1 day'
               AND (%s OR id = ANY(%s))
          ORDER BY id LIMIT 1000
            """,
            (SETTLE_AGAIN_DAYS, row_ids is None, row_ids or []),
        )
        found = {row[0] for row in self.env.cr.fetchall()}
        self.env.cr.commit()
        if found:
            self._settle(found)

    def _wait_for_others(self, row_ids):
        """Wait for rows that another worker is sending: its outcome counts, too."""
        if row_ids and self._under_way(row_ids):
            self.ledger.reap()
        while self._under_way(row_ids) and not self.deadline.over():
            time.sleep(OTHERS_POLL)

    def _under_way(self, row_ids):
        self.env.cr.execute(
            "SELECT 1 FROM mail_delivery WHERE id = ANY(%s) AND state = 'sending'",
            (row_ids,),
        )
        found = bool(self.env.cr.fetchall())
        self.env.cr.commit()
        return found

    @staticmethod
    def wake_queue(env):
        """Have the queue run now; committed, as the cron looks for it elsewhere."""
        env.ref("mail_delivery.ir_cron_deliver")._trigger()
        env.cr.commit()
