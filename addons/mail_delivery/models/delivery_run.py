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
from dataclasses import dataclass

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.tools import clean_context

from ..tools.failures import ConnectionLost, MessageError
from ..tools.ledger import Ledger
from ..tools.replies import Outcome
from .delivery_account import Account, AccountError
from .delivery_hold import HOLD_SECONDS
from .delivery_letters import MailHeld, prepare

_logger = logging.getLogger(__name__)

CLAIM_BATCH = 50  # recipients per claim: others can help with the rest of the queue
SETTLE_TRIES = 3  # a user may be writing the same document
OTHERS_POLL = 0.2  # seconds between looks at rows that another worker is sending
SETTLE_AGAIN_DAYS = 1  # how long the queue tries to tell a document that fails


@dataclass
class Deadline:
    """When this run has to end. Monotonic: no clock jump can stretch it."""

    seconds: float

    def __post_init__(self):
        self.end = time.monotonic() + self.seconds

    def left(self):
        return self.end - time.monotonic()

    def over(self):
        return self.left() <= 0


class DeliveryRun:
    """See the module.

    :param registry: of the database
    :param dict context: the caller's
    :param float budget: seconds
    """

    def __init__(self, registry, context, budget):
        self.registry = registry
        self.context = clean_context(context or {})
        self.deadline = Deadline(budget)
        self.served = 0

    # ------------------------------------------------------------
    # ENTRIES
    # ------------------------------------------------------------

    def deliver(self, mail_ids):
        """Deliver these mails as far as they are due and the budget lasts.

        :returns: ids of all their ``mail.delivery`` rows
        """
        with self._open():
            row_ids = self._row_ids(mail_ids)
            self._work(mail_ids)
            self._wait_for_others(row_ids)
            self._settle_left_over(row_ids)
            if self.ledger.due_mail_ids(mail_ids, limit=1):
                self._wake_queue()
        return row_ids

    def deliver_queue(self, batch_size, progress=None):
        """Deliver whatever is due.

        :param progress: called as ``progress(processed, remaining=…)`` per account
        """
        with self._open():
            self.ledger.reap()
            self._settle_left_over()
            mail_ids = self.ledger.due_mail_ids(limit=batch_size)
            self._work(mail_ids, progress)
            if progress and self.served:
                # A queue that moves is looked at again at once, a stuck one later.
                left = self.ledger.due_mail_ids(limit=batch_size)
                progress(0, remaining=len(left))

    @contextmanager
    def _open(self):
        with self.registry.cursor() as cr, self.registry.cursor() as ledger_cr:
            self.env = api.Environment(cr, SUPERUSER_ID, self.context)
            with Ledger(ledger_cr).open() as self.ledger:
                yield

    # ------------------------------------------------------------
    # WORK
    # ------------------------------------------------------------

    def _work(self, mail_ids, progress=None):
        due = self.ledger.due_mail_ids(mail_ids, limit=max(len(mail_ids), 1))
        for account, batch in self._accounts(due):
            if self.deadline.over():
                break
            try:
                self._serve(account, batch)
            except Exception:
                # One account never stops the others; the ledger gives back the rows.
                _logger.exception("mail delivery: account %s failed", account)
                self.env.cr.rollback()
                self.ledger.cr.rollback()
                self.ledger.release()
            if progress:
                progress(len(batch))

    def _accounts(self, mail_ids):
        """Group mails by the account that sends them, as core does."""
        mails = self.env["mail.mail"].browse(mail_ids)
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
                    _logger.exception("mail delivery: mail %s is left alone", mail.id)
                    self.env.cr.rollback()
        accounts = [
            (Account(self.env, server_id, alias_domain_id, smtp_from), list(batch))
            for server_id, alias_domain_id, smtp_from, batch in groups
        ]
        self.env.cr.commit()
        self._hold(set(mail_ids).difference(*(batch for *_key, batch in groups)))
        return accounts

    def _hold(self, mail_ids):
        """Let wait what no account may send now, and say why."""
        for mail in self.env["mail.mail"].browse(sorted(mail_ids)):
            try:
                said = mail._delivery_hold()
                self.env.cr.commit()
            except Exception:
                _logger.exception("mail delivery: mail %s is left alone", mail.id)
                self.env.cr.rollback()
                continue
            if said:
                self.ledger.hold(mail.id, HOLD_SECONDS, said)

    def _serve(self, account, mail_ids):
        """Send what is due of these mails over this account."""
        try:
            while not self.deadline.over():
                rows = account.claim(self.ledger, mail_ids, CLAIM_BATCH)
                if not rows:
                    return
                self.served += len(rows)
                try:
                    self._send(account, rows)
                except AccountError as error:
                    self._record_all(rows, error.verdict)
                    if error.verdict.account:
                        self._refuse_rest(account, mail_ids, error.verdict)
                    return
                finally:
                    self.ledger.release()
                    self._settle({row.id for row in rows})
        finally:
            account.close()

    def _refuse_rest(self, account, mail_ids, verdict):
        """The account itself was refused: asking once per mail would lock it."""
        if verdict.pause:
            account.pause(verdict)
        if verdict.outcome is Outcome.DEFERRED and verdict.pause:
            self.ledger.postpone(mail_ids, verdict.pause, reason=verdict.reason)
            return
        rows = self.ledger.claim(mail_ids, len(mail_ids) * 1000, account.server_id)
        self._record_all(rows, verdict)
        self._settle({row.id for row in rows})

    def _record_all(self, rows, verdict):
        for row in rows:
            self.ledger.record(row, verdict)

    def _send(self, account, rows):
        by_mail = defaultdict(list)
        for row in rows:
            by_mail[row.mail_id].append(row)
        account.connect(self.deadline)
        for mail_id, own in by_mail.items():
            if self.deadline.over():
                return
            self._send_mail(account, mail_id, own)

    def _send_mail(self, account, mail_id, rows):
        """One broken mail never stops the others."""
        try:
            letters = prepare(account, mail_id, rows)
            self.env.cr.commit()
        except MailHeld as held:
            self.env.cr.rollback()
            self.ledger.hold(mail_id, HOLD_SECONDS, str(held))
            return
        except MessageError as error:
            self.env.cr.rollback()
            self._record_all(rows, error.verdict())
            return
        for row in rows:
            if self.deadline.over():
                return
            self._send_row(account, row, letters[row.id])

    def _send_row(self, account, row, prepared):
        """Offer the letter to its recipient and record what came of it.

        :param prepared: ``(letter, address)``, or a verdict that needs no server
        """
        if not isinstance(prepared, tuple):
            self.ledger.record(row, prepared)
            return
        letter, address = prepared
        if not self.ledger.begin(row, address):
            return
        try:
            verdict = account.offer(letter, address, self.deadline)
        except ConnectionLost as error:
            verdict = error.verdict()
        self.ledger.record(row, verdict)
        if verdict.account:
            raise AccountError(verdict)

    # ------------------------------------------------------------
    # CONSEQUENCES
    # ------------------------------------------------------------

    def _settle(self, row_ids):
        """Tell mails and documents, in a transaction of its own.

        The outcomes are committed by now: whatever happens here can be done again,
        and is, by the queue.
        """
        for left in reversed(range(SETTLE_TRIES)):
            try:
                # A caller that did not commit may hold what is written here.
                self.env.cr.execute("SET LOCAL lock_timeout = '5s'")
                rows = self.env["mail.delivery"].browse(sorted(row_ids)).exists()
                rows._settle()
                self.env.cr.commit()
                return
            except psycopg2.errors.OperationalError:
                self.env.cr.rollback()
                if not left:
                    _logger.warning("mail delivery: settled later", exc_info=True)
            except Exception:
                _logger.exception("mail delivery: settling row by row")
                self.env.cr.rollback()
                if len(row_ids) > 1:
                    for row_id in row_ids:
                        self._settle({row_id})
                return

    def _settle_left_over(self, row_ids=None):
        """Tell what nobody was told: waiting times, and outcomes whose worker died."""
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

    def _row_ids(self, mail_ids):
        self.env.cr.execute(
            "SELECT id FROM mail_delivery WHERE mail_id = ANY(%s) ORDER BY id",
            (list(mail_ids),),
        )
        found = [row[0] for row in self.env.cr.fetchall()]
        self.env.cr.commit()
        return found

    def _wait_for_others(self, row_ids):
        """Another worker can have been first: its outcome is the answer too."""
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

    def _wake_queue(self):
        self.env.ref("mail_delivery.ir_cron_deliver")._trigger()
        self.env.cr.commit()
