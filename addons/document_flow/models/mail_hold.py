from odoo import api, models


class MailHold(models.AbstractModel):
    """What a release does with batches that were being sent."""

    _inherit = "mail.hold"

    @api.model
    def _batches(self, since):
        """Batches that were running when the backup was made."""
        running = [("state", "=", "running"), ("create_date", "<=", since)]
        return self.env["document.send.batch"].sudo().search(running)

    @api.model
    def _undecided(self):
        """Also the documents of batches whose mails are not made yet."""
        count = super()._undecided()
        if since := self._since():
            lines = self._batches(since).line_ids
            count += len(lines.filtered(lambda line: line.state == "waiting"))
        return count

    @api.model
    def _cancel_waiting(self, since):
        """No further mails of a batch that was running when the backup was made."""
        self._batches(since).state = "stopped"
        return super()._cancel_waiting(since)
