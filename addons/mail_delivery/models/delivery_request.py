"""Mails that somebody waits for: a request goes on when its time for SMTP is up.

The run has a thread of its own, with cursors and a claim of its own, so that it can go
on where the request cannot wait: once a server has the message, only its answer gives
the result. Everything else goes to the queue at once. A worker that is asked to stop
ends when the thread has: Python waits for it. One that is killed leaves begun rows
``unknown``; others go back to the queue.

A process answers one request at a time. So that slow mail servers do not hold all of
them, one fewer than there are may wait as long as that; who comes then waits a moment,
in which a quick server has answered.
"""

# pylint: disable=invalid-commit  # on cursors of its own

import logging
import threading
import time
from contextlib import nullcontext

from odoo import SUPERUSER_ID, api
from odoo.tools import config

from ..tools.deadline import Deadline
from ..tools.ledger import Ledger
from ..tools.places import place
from .delivery_run import DeliveryRun

_logger = logging.getLogger(__name__)

REQUEST_BUDGET = 3  # seconds that a request waits for SMTP in all
CROWDED_BUDGET = 0.7  # the same, where as many as may wait already do
WORTH_TRYING = 0.5  # seconds; with less left than that the queue is as quick
SPENT = "mail_delivery.seconds"  # what a request has waited, in its notes
# Each holds two database connections, mostly while it waits for a server's last answer.
MOST_THREADS = 8
_threads = threading.BoundedSemaphore(MOST_THREADS)


def patient_requests():
    """How many requests may wait at once on this machine; None: any number, for in one
    process they are threads.
    """
    workers = config["workers"]
    return max(workers - 1, 1) if workers else None


class RequestRun:
    """See the module.

    :param registry: of the database
    :param dict context: the caller's
    """

    def __init__(self, registry, context):
        self.registry = registry
        self.context = context

    def deliver(self, mail_ids, budget=None, in_background=True):
        """Deliver these mails as far as the time lasts.

        :param float budget: seconds; default: what the request has left
        :param in_background: False: wait for the end, in this thread
        :returns: ids of their ``mail.delivery`` rows
        """
        row_ids = self._row_ids(mail_ids)
        if budget:
            # Somebody who has time waits for the end.
            DeliveryRun(self.registry, self.context, Deadline(budget)).deliver(
                mail_ids, row_ids
            )
            return row_ids
        notes = self.registry["ir.http"]._request_notes()
        seconds = REQUEST_BUDGET - notes.get(SPENT, 0)
        if seconds < WORTH_TRYING:
            self._leave_to_queue()
            return row_ids
        start = time.monotonic()
        try:
            with self._place() as is_patient:
                if not is_patient:
                    seconds = min(seconds, CROWDED_BUDGET)
                self._spend(seconds, mail_ids, row_ids, in_background)
        finally:
            notes[SPENT] = notes.get(SPENT, 0) + time.monotonic() - start
        return row_ids

    def _place(self):
        count = patient_requests()
        if count is None:
            return nullcontext(True)
        # what else is on this machine has another port
        return place(f"waits-for-smtp-{config['http_port']}", count)

    def _spend(self, seconds, mail_ids, row_ids, in_background):
        self.run = DeliveryRun(self.registry, self.context, Deadline(seconds, True))
        if in_background:
            self._wait_for_thread(seconds, mail_ids, row_ids)
        else:
            self.run.deliver(mail_ids, row_ids)

    def _wait_for_thread(self, seconds, mail_ids, row_ids):
        if not _threads.acquire(blocking=False):
            self._leave_to_queue()
            return
        thread = threading.Thread(
            target=self._work, args=(mail_ids, row_ids), name="mail delivery"
        )
        # logged lines name the database
        thread.dbname = self.registry.db_name
        try:
            thread.start()
        except RuntimeError:
            _threads.release()
            raise
        thread.join(seconds)
        if thread.is_alive():
            self._leave_to_queue()

    def _work(self, mail_ids, row_ids):
        try:
            self.run.deliver(mail_ids, row_ids)
        except Exception:
            # The business is committed and the mails are in the queue.
            _logger.exception("mail delivery: left to the queue")
        finally:
            _threads.release()

    def _leave_to_queue(self):
        """Hand over to the queue what has not been begun."""
        with self.registry.cursor() as cr:
            ledger = getattr(self, "run", None) and self.run.ledger
            if ledger:
                Ledger.release_waiting(cr, ledger.claim_key)
            DeliveryRun.wake_queue(api.Environment(cr, SUPERUSER_ID, {}))

    def _row_ids(self, mail_ids):
        # The mails can be gone afterwards, and rows do not know them any more.
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id FROM mail_delivery WHERE mail_id = ANY(%s) ORDER BY id",
                (list(mail_ids),),
            )
            return [row[0] for row in cr.fetchall()]
