from odoo import fields, models

from odoo.addons.document_flow.tools import answers
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import identity_exact

COLLECTED = 5  # seconds in which mails come together for one SMTP session
LONGEST = 30  # seconds of one job; Odoo stops a worker after limit_time_real, 120
SOONEST = 10  # seconds until a job looks again at what waits


class DocumentSendBatch(models.Model):
    """The mails of a batch leave by a job, too: several senders at the same time."""

    _inherit = "document.send.batch"

    def _deliver_later(self):
        """Have the mails delivered that are ready by then. One job waits per batch."""
        job = self.with_delay(eta=COLLECTED, identity_key=identity_exact)
        job._deliver_mails()

    def _deliver_mails(self):
        """Offer what is due to the mail server, and come again for what has to wait.

        The engine of ``mail_delivery`` claims, sends and records in transactions of its
        own: whoever else is at it, as its cron, gets other mails.

        :raises RetryableJobError: mails wait; it says for how long
        """
        if self.state != "running":
            return
        self._waiting_rows().mail_id._deliver(LONGEST)
        # what was recorded meanwhile is invisible to this transaction
        with self.env.registry.cursor() as cr:
            seconds = self.with_env(self.env(cr=cr))._seconds_to_wait()
        if seconds is not None:
            raise RetryableJobError(
                self.env._("Some e-mails have to wait."), seconds, ignore_retry=True
            )

    def _seconds_to_wait(self):
        """Until a mail of this batch is due again; None when none waits, and then the
        batch is over.
        """
        rows = self._waiting_rows()
        if not rows:
            self._finish()
            return None
        now = fields.Datetime.now()
        soonest = min(row.next_attempt or now for row in rows)
        return max(SOONEST, int((soonest - now).total_seconds()))

    def _waiting_rows(self):
        headers = self.line_ids.request_id.mapped("message_id_header")
        waiting = [("message_id_header", "in", headers)]
        waiting.append(("state", "in", [*answers.WAITING]))
        return self.env["mail.delivery"].search(waiting)


class DocumentSendBatchLine(models.Model):
    """A document of a batch; the mail follows it."""

    _inherit = "document.send.batch.line"

    def _prepare(self):
        prepared = super()._prepare()
        if self.batch_id.state == "running":
            self.batch_id._deliver_later()
        return prepared
