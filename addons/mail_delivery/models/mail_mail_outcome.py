from odoo import models

from ..tools.replies import FAILED, PENDING

# Core deletes a mail that failed for one of these; its addresses can be corrected.
FORGOTTEN = ("mail_email_invalid", "mail_email_missing")


class MailMailOutcome(models.AbstractModel):
    """A mail whose state, and whose notifications, follow its deliveries.

    Gives :meth:`_follow_deliveries`, called after each result.

    A model is ``mail.mail``, or stands in for it: ``state``, ``failure_type``,
    ``failure_reason``, ``recipient_ids`` and ``_delivery_rows()``.

    Example: of three recipients one is refused. The mail becomes ``exception`` with the
    reason of that one; the two others' notifications say *sent*.

    How it works: a mail is done when none of its rows is pending. Where everybody got
    it, all mails of a batch are written at once; else each is written for itself, and
    each notification gets the result of its own recipient.
    """

    _name = "mail_delivery.outcome.mixin"
    _description = "Mail That Follows Its Deliveries"

    def _follow_deliveries(self, news):
        """Bring mails and their notifications in line with the mails' deliveries.

        :param news: the rows of these mails whose state changed
        """
        rows_by_mail = self._delivery_rows().grouped("mail_id")
        nothing = news.browse()
        sent = self.filtered(
            lambda mail: set(rows_by_mail.get(mail, nothing).mapped("state"))
            == {"sent"}
        )
        sent._follow_all_sent(rows_by_mail)
        news_by_mail = news.grouped("mail_id")
        for mail in self - sent:
            mail._follow_outcomes(
                rows_by_mail.get(mail, nothing), news_by_mail.get(mail, nothing)
            )

    def _follow_all_sent(self, rows_by_mail):
        """Everybody got these mails: nothing has to be told apart."""
        if not self:
            return
        rows = self.delivery_ids.browse().concat(*(rows_by_mail[m] for m in self))
        self.write({"state": "sent", "failure_type": False, "failure_reason": False})
        notifications = self._email_notifications()
        told = notifications.filtered(
            lambda n: rows_by_mail[n.mail_mail_id]._of_notification(n)
        )
        self._postprocess_sent_message(
            success_pids=list(self.recipient_ids),
            success_emails=rows.mapped("recipient"),
            failure_reason=False,
            failure_type=False,
        )
        told.exists().write(
            {
                "notification_status": "sent",
                "delivery_state": "sent",
                "failure_type": False,
                "failure_reason": False,
            }
        )

    def _follow_outcomes(self, rows, news):
        """
        :param rows: the ``mail.delivery`` of this mail
        :param news: those of them whose state changed
        """
        self.ensure_one()
        if any(row.state in PENDING for row in rows):
            self._email_notifications()._tell_recipients_apart(news)
            return
        failed = rows.filtered(lambda row: row.state in FAILED)
        sent = rows.filtered(lambda row: row.state == "sent")
        if not failed and not sent:
            self.filtered(lambda mail: mail.state != "cancel").cancel()
            return
        failure_type = failed._failure_type()
        failure_reason = failed._failure_reason()
        self.write(
            {
                "state": "exception" if failed else "sent",
                "failure_type": failure_type,
                "failure_reason": failure_reason,
            }
        )
        notifications = self._email_notifications()
        partners = self.recipient_ids.filtered(
            lambda partner: not failed._of_partner(partner)
        )
        self._postprocess_sent_message(
            success_pids=list(partners),
            success_emails=sent.mapped("recipient"),
            failure_reason=failure_reason,
            # core deletes a mail whose addresses are bad; they can be corrected
            failure_type="unknown" if failure_type in FORGOTTEN else failure_type,
        )
        # Core gave all of them the same reason.
        notifications.exists()._tell_recipients_apart(rows.exists())

    def _reset_notifications(self, rows):
        self._email_notifications()._tell_recipients_apart(rows)

    def _email_notifications(self):
        domain = [
            ("notification_type", "=", "email"),
            ("mail_mail_id", "in", self.ids),
            ("notification_status", "!=", "canceled"),
        ]
        return self.env["mail.notification"].sudo().search(domain)
