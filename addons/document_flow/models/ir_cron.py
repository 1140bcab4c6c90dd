import logging
from operator import methodcaller

from odoo import api, models

_logger = logging.getLogger(__name__)


class IrCron(models.Model):
    """Long work in small units, which another addon may hand out to many workers."""

    _inherit = "ir.cron"

    @api.model
    def _run_later(self, method, units, to_the_end=False):
        """Have a method called on each unit of work, each in a transaction of its own.

        Here and now, one after another, by the cron that asks. An addon that brings a
        queue of jobs makes a job of each unit, for whichever worker is free.

        The cron finds by itself what is undone, so that nothing depends on where or
        whether a unit was run: the method looks again whether there is something to do,
        since another worker may have done it.

        :param str method: of the units; called without arguments
        :param list units: recordsets, of which none is large
        :param bool to_the_end: go on when the cron's time is over, for units that stay
            undone where they fail, and would be first in each run
        :returns: False when the time was over before all were begun. Odoo calls a cron
            again that says how much is left.
        """
        work, left = methodcaller(method), sum(map(len, units))
        for unit in units:
            work(unit.with_prefetch())  # a commit forgets what was read, see _each
            left -= len(unit)
            seconds = self._commit_progress(len(unit), remaining=left)
            if left and not seconds and not to_the_end:
                return False
        return True

    @api.model
    def _each(self, method, records, what, failed=None):
        """Have a method called on each record, in a transaction of its own, as long as
        the cron has time. One that fails never stops the others.

        :param method: called with a single record
        :param records: those with something to do; a record that fails is among them
            again the next time
        :param str what: a record misses that fails, for the log, as "no reminder"
        :param failed: called with a record that fails, to tell somebody
        :returns: False when the time was over before all had their turn. Odoo calls a
            cron again at once that says how much is left; where nothing is done, the
            next run of its own time is soon enough
        """
        left, done = len(records), 0
        for record in records:
            # a commit forgets what was read: alone, or each turn reads all of them
            record = record.with_prefetch()
            try:
                with self.env.cr.savepoint():
                    method(record)
                done += 1
            except Exception as error:
                if getattr(error, "pgcode", None) == "40001":
                    raise
                _logger.exception("%s: %s", what, record)
                if failed:
                    failed(record)
            left -= 1
            seconds = self._commit_progress(1, remaining=left if done else 0)
            if left and not seconds:
                return False
        return True
