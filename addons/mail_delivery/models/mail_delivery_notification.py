from odoo import fields, models

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.mail.tools.discuss import Store

from ..tools.addresses import read, wire_form
from .mail_delivery import FAILED

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
# What core's notification calls the states, worst first.
STATUS = {
    "refused": "exception",
    "unknown": "exception",
    "deferred": "ready",
    "queued": "ready",
    "sending": "ready",
    "cancelled": "canceled",
    "sent": "sent",
}
WORST_FIRST = tuple(STATUS)


class MailDelivery(models.Model):
    _inherit = "mail.delivery"

    def _readdress(self, wanted):
        """Follow partners whose address changed while their mail was waiting.

        :param dict wanted: of ``mail.mail._delivery_recipients``
        """
        known = set(map(wire_form, self.mapped("recipient")))
        still = set(map(wire_form, wanted))
        for row in self:
            done = row.state in ("sending", "sent", "unknown")
            if done or wire_form(row.recipient) in still:
                continue
            for address, (_kind, partner) in wanted.items():
                if not partner or partner != row.partner_id:
                    continue
                if wire_form(address) not in known:
                    row.recipient = address

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
            said = row.with_context(lang=lang).explanation
            parts = (
                named and row.recipient,
                said,
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


class MailNotification(models.Model):
    _inherit = "mail.notification"

    delivery_state = fields.Char(
        readonly=True, help="State of the ``mail.delivery`` of this recipient."
    )

    def _tell_recipients_apart(self, rows):
        """Each recipient's notification says what became of that recipient.

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
        """The web client shows the state beside each recipient, and why."""
        known = {"predicate": lambda notification: notification.delivery_state}
        return [
            *super()._to_store_defaults(target),
            Store.Attr("delivery_state", **known),
            Store.Attr("failure_reason", **known),
        ]
