from odoo import api, models

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import (
    CANCELLED,
    ENQUEUED,
    PENDING,
    STARTED,
    WAIT_DEPENDENCIES,
)

LOOK_AGAIN = 60  # seconds until a job looks whether the database is released
UNDONE = (WAIT_DEPENDENCIES, PENDING, ENQUEUED, STARTED)
# Our jobs look themselves whether there is something to do.
OURS = (
    "document.send.batch",
    "document.send.batch.line",
    "bmasia.contract",
    "bmasia.print.batch",
)


class MailHold(models.AbstractModel):
    """What becomes of jobs in a database that is held, and when it is released."""

    _inherit = "mail.hold"

    @api.model
    def _postpone_job(self):
        """
        :raises RetryableJobError: this database is held
        """
        if sentence := self._sentence():
            raise RetryableJobError(sentence, LOOK_AGAIN, ignore_retry=True)

    @api.model
    def _cancel_waiting(self, since):
        """Also jobs of other addons: the original went on with them."""
        domain = [("state", "in", UNDONE), ("date_created", "<=", since)]
        domain.append(("model_name", "not in", OURS))
        for job in self.env["queue.job"].sudo().search(domain):
            if job.state in UNDONE:  # one that depends on another goes with it
                job._change_job_state(CANCELLED, result=self._sentence())
        return super()._cancel_waiting(since)
