from odoo import models

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..tools.addresses import read, wire_form
from ..tools.replies import FAILED

# What core's notification calls the reasons of the tools.
FAILURE_TYPES = {
    "no_address": "mail_email_missing",
    "invalid_address": "mail_email_invalid",
    "local_part": "mail_email_invalid",
    "no_sender": "mail_from_invalid",
    "spam": "mail_spam",
    "login": "mail_smtp",
    "login_later": "mail_smtp",
    "tls": "mail_smtp",
    "settings": "mail_smtp",
}
WORST_FIRST = (
    "refused",
    "unknown",
    "deferred",
    "queued",
    "sending",
    "cancelled",
    "sent",
)


class MailDeliveryNotified(models.AbstractModel):
    """Rows in the terms of core's mails and notifications.

    Gives: which rows belong to a partner or a notification, core's failure type and
    failure text for a set of rows, and notifications for recipients that core shows
    none for.

    A model provides ``recipient``, ``partner_id``, ``state``, ``reason``, ``error``,
    ``smtp_code`` and ``explanation``, as ``mail.delivery`` does.

    Example: ``rows._of_notification(notification)._worst_state()`` is the state that
    the envelope of a message shows for a recipient.

    How it works: a partner can have several addresses, hence several rows; the worst
    state counts. Addresses are compared in the form of the envelope.
    """

    _name = "mail_delivery.notified.mixin"
    _description = "Mail Delivery with Notifications"

    def _of_partner(self, partner):
        """Those rows that carry the mail to this partner."""
        return self.filtered(
            lambda row: row.partner_id == partner
        ) | self._of_addresses(partner.email)

    def _of_notification(self, notification):
        if notification.res_partner_id:
            return self._of_partner(notification.res_partner_id)
        return self._of_addresses(notification.mail_email_address)

    def _of_addresses(self, text):
        """Those rows whose recipient is among the addresses of a field."""
        wires = {box.wire for box in read(text or "").good}
        return self.filtered(lambda row: wire_form(row.recipient) in wires)

    def _failure_type(self):
        """Core's name for what happened; the general one if several things did."""
        kinds = {FAILURE_TYPES.get(row.reason, "unknown") for row in self}
        return (kinds.pop() if len(kinds) == 1 else "unknown") if kinds else False

    def _failure_reason(self, named=True):
        """
        :param bool named: with the recipient, where several are spoken of
        """
        sentences = []
        for row in self:
            lang = row.user_id.lang or self.env.lang
            explanation = row.with_context(lang=lang).explanation
            parts = (
                named and row.recipient,
                explanation,
                row.smtp_code or "",
                row.error or "",
            )
            sentences.append(" ".join(str(part) for part in parts if part))
        return "\n".join(sentences) or False

    def _raise_failure(self):
        """Raise as core's ``send(raise_exception=True)`` does."""
        failed = self.sudo().filtered(lambda row: row.state in FAILED)
        if failed:
            raise MailDeliveryException(failed._failure_reason())

    def _add_notifications(self):
        """Show the recipients of one message for all below it, as core does for each
        partner's own.
        """
        values = [
            {
                "mail_message_id": row.mail_message_id.id,
                "mail_mail_id": row.mail_id.id,
                "author_id": row.author_id.id,
                "mail_email_address": row.recipient,
                "notification_type": "email",
                "notification_status": "ready",
                "is_read": True,
            }
            for row in self
            if row.mail_id.same_message and row.mail_id.is_notification
            if row.mail_message_id and row.recipient
        ]
        self.env["mail.notification"].sudo().create(values)

    def _worst_state(self):
        """What to say of a recipient with several addresses."""
        return next((s for s in WORST_FIRST if s in self.mapped("state")), False)
