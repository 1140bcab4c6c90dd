from odoo import models
from odoo.tools import email_normalize


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_compute_author(self, author_id=None, email_from=None):
        """Colleagues write in their own name, from the account they send with. Code
        that runs as superuser may still speak for others (gateway, customers, system).
        """
        user = self.env.user
        speaks_for_other = self.env.su and not user._is_own_name(author_id, email_from)
        if speaks_for_other or not user._is_human_sender():
            return super()._message_compute_author(author_id, email_from)
        return user.partner_id.id, user._sender_header()

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """What a colleague writes to people outside is their own mail: by the policy it
        is refused here, before anybody is told of it, or takes the company's relay. The
        system's mails and what stays in the house always find their way.
        """
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        if any(who["share"] and who["notif"] == "email" for who in recipients):
            if self._is_letter_of_user(message.sudo(), msg_vals or {}):
                companies = self._mail_get_companies(default=self.env.company)
                self.env.user._check_mail_sender(companies.get(self.id))
        return recipients

    def _is_letter_of_user(self, message, msg_vals):
        kind = msg_vals.get("message_type") or message.message_type
        author_id = msg_vals.get("author_id") or message.author_id.id
        user = self.env.user
        return (
            kind == "comment"
            and user._is_human_sender()
            and author_id == user.partner_id.id
        )


class ResUsers(models.Model):
    _inherit = "res.users"

    def _is_own_name(self, author_id, email_from):
        """Whether what is given, if anything, names this user."""
        is_author = author_id is None or author_id == self.partner_id.id
        if not email_from:
            return is_author
        return is_author and email_normalize(email_from) in self._own_addresses()
