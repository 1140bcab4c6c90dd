from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store

from ..tools.replies import FAILED

# What core's notification calls the states of a delivery.
STATUS = {
    "refused": "exception",
    "unknown": "exception",
    "deferred": "ready",
    "queued": "ready",
    "sending": "ready",
    "cancelled": "canceled",
    "sent": "sent",
}


class MailNotification(models.Model):
    """Core's notification of one recipient shows the state of their delivery."""

    _inherit = "mail.notification"

    delivery_state = fields.Char(
        readonly=True, help="State of the ``mail.delivery`` of this recipient."
    )

    def _tell_recipients_apart(self, rows):
        """Each recipient's notification shows the result for that recipient.

        :param rows: ``mail.delivery`` of the mail of these notifications
        """
        for notification in self:
            own = rows._of_notification(notification)
            state = own._worst_state()
            if not state:
                continue
            failed = own.filtered(lambda row: row.state in FAILED)
            notification.write(
                {
                    "notification_status": STATUS[state],
                    "delivery_state": state,
                    "failure_type": failed._failure_type(),
                    "failure_reason": failed._failure_reason(named=len(own) > 1),
                }
            )

    def _to_store_defaults(self, target):
        """The web client shows the state and the reason beside each recipient."""
        known = {"predicate": lambda notification: notification.delivery_state}
        return [
            *super()._to_store_defaults(target),
            Store.Attr("delivery_state", **known),
            Store.Attr("failure_reason", **known),
        ]
