import logging
from contextlib import suppress
from datetime import timedelta

import psycopg2

from odoo import models

from ..tools.hold import HOLD

_logger = logging.getLogger(__name__)

SLACK = timedelta(minutes=1)
# Of a daily job the day that it ran in advance is done.
OFTEN = ("minutes", "hours")


class IrCron(models.Model):
    """No job runs in a database that is held; each is due as soon as it is released.

    Where the clock was ahead and was put back, a job is planned for when it went wrong,
    a day later maybe: what runs every few minutes is due at once. That is looked at
    when the server starts, and after each job.
    """

    _inherit = "ir.cron"

    def _register_hook(self):
        super()._register_hook()
        # another server may be at work on them
        with suppress(psycopg2.OperationalError), self.pool.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '1s'")
            self._plan_again(cr)

    @classmethod
    def _process_job(cls, cron_cr, job):
        cron_cr.execute("SELECT 1 FROM ir_config_parameter WHERE key = %s", (HOLD,))
        if cron_cr.fetchone():
            _logger.info("job %s waits: the database is held", job["id"])
            return None
        now = cron_cr.now().replace(microsecond=0)
        if job["interval_type"] in OFTEN and (job["lastcall"] or now) > now + SLACK:
            job = {**job, "nextcall": now}
        result = super()._process_job(cron_cr, job)
        cls._plan_again(cron_cr)
        return result

    @staticmethod
    def _plan_again(cr):
        """Have jobs that ran in what is the future run now."""
        cr.execute(
            """
            WITH ahead AS (
                SELECT id FROM ir_cron
                 WHERE lastcall > %(now)s + %(slack)s AND interval_type IN %(often)s
            FOR NO KEY UPDATE SKIP LOCKED)
            UPDATE ir_cron SET nextcall = %(now)s, lastcall = %(now)s
              FROM ahead WHERE ir_cron.id = ahead.id
            """,
            {"now": cr.now().replace(microsecond=0), "slack": SLACK, "often": OFTEN},
        )
        if cr.rowcount:
            _logger.warning("the clock was put back: %s jobs run again", cr.rowcount)

    def method_direct_trigger(self):
        self.env["mail.hold"]._check_released()
        return super().method_direct_trigger()
