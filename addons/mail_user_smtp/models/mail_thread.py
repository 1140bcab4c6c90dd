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


class ResUsers(models.Model):
    _inherit = "res.users"

    def _is_own_name(self, author_id, email_from):
        """Whether what is given, if anything, names this user."""
        is_author = author_id is None or author_id == self.partner_id.id
        if not email_from:
            return is_author
        return is_author and email_normalize(email_from) in self._own_addresses()
