"""Mails that have to wait for a reason that is not the mail server's."""

from odoo import fields, models

HOLD_SECONDS = 900  # until it is asked again, unless somebody says so earlier


class MailMail(models.Model):
    """Other addons say by ``_delivery_hold`` why a mail waits, and leave it out of
    ``_split_by_mail_configuration``. It is never lost, and uses up no attempt.
    """

    _inherit = "mail.mail"

    def _delivery_hold(self):
        """Say why this mail has to wait now. Asked before its account is chosen, and
        again right before it is offered to the mail server.

        :returns: a sentence for the sender, or False to let it go
        """
        above = getattr(super(), "_delivery_hold", None)
        return above() if above else False

    def _delivery_note_hold(self, sentence):
        """Tell the rows of this mail that it waits, before they are due.

        :param str sentence: for the sender
        """
        above = getattr(super(), "_delivery_note_hold", None)
        result = above(sentence) if above else None
        waiting = self._delivery_rows().filtered(
            lambda row: row.state in ("queued", "deferred")
        )
        again = fields.Datetime.add(fields.Datetime.now(), seconds=HOLD_SECONDS)
        waiting.write({"reason": "held", "error": sentence, "next_attempt": again})
        return result

    def _delivery_resume(self):
        """What these mails waited for has come: the queue takes them at once."""
        rows = self._delivery_rows().filtered(
            lambda row: row.reason == "held" and row.state in ("queued", "deferred")
        )
        rows.write({"reason": False, "error": False, "next_attempt": False})
        self.env.ref("mail_delivery.ir_cron_deliver").sudo()._trigger()
