from odoo import models

from .ir_mail_server import USER_SMTP


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _filter_mail_mail_servers(self, mail_servers):
        """A colleague with an account mails through it and through nothing else, be
        there a public server for the same address; one that is not tested is not used.
        """
        allowed = super()._filter_mail_mail_servers(mail_servers)
        untested = allowed.filtered(
            lambda server: server.smtp_authentication == USER_SMTP
            and server.user_smtp_state == "untested"
        )
        author = self.mail_message_id.create_uid
        own = len(author) == 1 and author._sending_server()
        if own and own in allowed and self._is_from(own.from_filter):
            return own
        return allowed - untested

    def _is_from(self, address):
        normalize = self.env["ir.mail_server"]._match_from_filter
        return all(normalize(mail.email_from, address) for mail in self)

    def _split_by_delayed_batch(self, mail_server):
        """Core counts on the server's row, in the transaction that sends: two sends at
        the same time collide after both were handed over, and the loser's mail is sent
        again. Pacing is for whoever keeps a log (``mail_delivery``).
        """
        if mail_server.smtp_authentication == USER_SMTP:
            return self
        return super()._split_by_delayed_batch(mail_server)

    def send(self, *args, **kwargs):
        # the accounts of others are hidden from administrators too, who may press Send
        self.check_access("write")
        return super(MailMail, self.sudo()).send(*args, **kwargs)
