from odoo import models


class MailThread(models.AbstractModel):
    """The two hooks of a document: the result of its mails, and an obstacle to one."""

    _inherit = "mail.thread"

    def _mail_delivery_outcome(self, deliveries):
        """Follow up the results of mails of this document. Does nothing here.

        Called in the transaction that records the outcome, as superuser in the name of
        the sender (``self.env.user`` is ``deliveries.user_id``), once per document and
        batch, after the SMTP session. An exception undoes what this method wrote, not
        the outcome, and the call is made again later: write it idempotent.

        :param deliveries: ``mail.delivery`` rows of this document whose state changed
        """

    def _mail_delivery_obstacle(self, delivery):
        """Say why a waiting mail of this document must not be sent any more.

        Asked right before the message is offered to the mail server. Example: a quote
        that expired while its mail was queued.

        :param delivery: the ``mail.delivery`` row about to be sent
        :returns: a sentence for the sender, or False to let it go
        """
        return False

    def _check_can_update_message_content(self, messages):
        """An edit in the chatter changes no message that was sent by e-mail."""
        messages.sudo()._check_not_mailed()
        return super()._check_can_update_message_content(messages)
