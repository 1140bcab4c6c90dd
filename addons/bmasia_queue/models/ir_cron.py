from odoo import api, models

from odoo.addons.queue_job.job import identity_exact

TRIES = 20  # of a job that loses against others, or whose worker is killed


class IrCron(models.Model):
    """What crons hand out is done by jobs, on whichever machine is free."""

    _inherit = "ir.cron"

    @api.model
    def _run_later(self, method, units, to_the_end=False):
        """As described by ``document_flow``. A unit that waits already gets no second
        job; one that was lost, or failed, gets another when the cron comes again.
        """
        for unit in units:
            job = unit.with_delay(max_retries=TRIES, identity_key=identity_exact)
            getattr(job, method)()
        self._commit_progress(sum(map(len, units)), remaining=0)
        return True
