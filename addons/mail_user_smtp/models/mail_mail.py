from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize

from ..tools import identity
from ..tools.accounts import USER_SMTP
from ..tools.authorship import AUTHORSHIP, Authorship
from ..tools.sender import BLOCK
from .res_users_sender import PERSONAL_OFF


class MailMail(models.Model):
    """A mail that somebody wrote is theirs until it is sent: through their own account,
    or through the company's relay where the policy of the document's company says so at
    that moment; otherwise it waits. What the system writes takes the relay.
    """

    _inherit = "mail.mail"

    sender_id = fields.Many2one(
        "res.users",
        "Written By",
        readonly=True,
        index="btree_not_null",
        help="The user in whose name this mail is sent; none for a mail of the system.",
    )
    held_for_id = fields.Many2one(
        "res.users",
        "Held For",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The sender has left. This user cancels the mail, or sends it.",
    )

    # ------------------------------------------------------------
    # Whose mail it is
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        authorship = self.env.context.get(AUTHORSHIP)
        is_typed = not self.env.su or authorship in (
            Authorship.OWN,
            Authorship.TEMPLATE,
        )
        mails = super().create(vals_list)
        for mail in mails.sudo():
            # Core makes some mails of a person as superuser, in their name.
            is_own = authorship is None and mail._is_from_acting_user()
            if is_typed or is_own or mail.is_notification:
                mail.sender_id = mail._writer()
            mail._check_sender()
        return mails

    def _is_from_acting_user(self):
        user = self.env.user
        is_author = self.mail_message_id.author_id == user.partner_id
        own = ", ".join(user._own_addresses())
        return is_author and bool(identity.forms(self.email_from) & identity.forms(own))

    def _writer(self):
        """Who wrote this mail."""
        message = self.mail_message_id
        user = message.create_uid
        if user.id == SUPERUSER_ID or not user._is_internal():
            return user.browse()
        if user.active and not user._is_human_sender():
            return user.browse()
        if message.author_id != user.partner_id:
            return user.browse()
        if message._is_company_address(message.email_from):
            return user.browse()
        return user

    def _check_sender(self):
        """Refuse at once what would have to wait.

        :raises NoMailbox: the policy of the company
        """
        user = self.env.user
        if (
            self.env.context.get(AUTHORSHIP) is Authorship.COLLEAGUE
            and self._reaches_outside()
        ):
            raise AccessError(
                self.env._("Only administrators mail people outside about accounts.")
            )
        if user._is_human_sender() and self.sender_id == user:
            if self._reaches_outside():
                user._check_mail_sender(self._policy_company())

    def _reaches_outside(self):
        """Whether somebody who is no colleague gets this mail."""
        if any(partner.partner_share for partner in self.recipient_ids):
            return True
        typed = identity.forms(f"{self.email_to or ''}, {self.email_cc or ''}")
        return bool(typed - self.env["res.users"]._addresses_of_colleagues(typed))

    def _policy_company(self):
        """The company of the document, else the one that the sender worked for."""
        user = self.sender_id or self.env.user
        message = self.mail_message_id
        companies = self.env["res.company"]
        if message.model in self.env and message.res_id:
            document = self.env[message.model].sudo().browse(message.res_id).exists()
            companies = document._mail_get_companies(default=companies).get(
                message.res_id, companies
            )
        chosen = message.record_company_id & user.company_ids
        return companies or chosen or user.company_id

    # ------------------------------------------------------------
    # The moment of sending
    # ------------------------------------------------------------

    def _delivery_hold(self):
        """The reason why this mail has to wait now. Asked by whoever sends, per mail.

        :returns: a sentence for the sender, or False to let it go
        """
        self.ensure_one()
        above = getattr(super(), "_delivery_hold", None)
        return (above() if above else False) or self.sudo()._sender_hold()

    def _sender_hold(self):
        user = self.sender_id
        if not user:
            return False
        if self.held_for_id or not user.active:
            return self._held_reason()
        if not self._reaches_outside():
            return False
        user = user.with_user(user).with_context(lang=user.lang or None)
        sender = user._get_mail_sender(self._policy_company())
        is_off = self.env["ir.config_parameter"].get_param(PERSONAL_OFF)
        if sender.policy != BLOCK or (user._sending_server() and not is_off):
            # an account that was refused is tried all the same: it gives the reason
            return False
        user._remind_of_mailbox()
        return sender.reason

    def _held_reason(self):
        """Nobody mails in the name of somebody who left; a successor decides."""
        if not self.held_for_id:
            self.held_for_id = self.sender_id._successor(self._policy_company())
        return self.env._(
            "%(sender)s has left. %(successor)s cancels this mail, or sends it.",
            sender=self.sender_id.name,
            successor=self.held_for_id.name,
        )

    def _take_over(self):
        """Make these held mails the acting user's own, sent from their account.

        :raises AccessError: they are for somebody else to decide
        :raises NoMailbox: the acting user cannot mail
        """
        user = self.env.user
        for mail in self.sudo():
            if mail.held_for_id != user:
                raise AccessError(
                    self.env._("%s decides about this mail.", mail.held_for_id.name)
                )
            user._check_mail_sender(mail._policy_company())
            header = user._sender_header()
            mail.write(
                {
                    "author_id": user.partner_id.id,
                    "email_from": header,
                    "reply_to": header,
                    "sender_id": user.id,
                    "held_for_id": False,
                    "failure_reason": False,
                }
            )
            mail._delivery_resume()

    def _hold_for(self, leaver):
        """The sender of these mails has left: note it now, not when they are due."""
        for mail in self:
            mail.held_for_id = leaver._successor(mail._policy_company())
            mail._delivery_note_hold(mail._held_reason())

    def _delivery_note_hold(self, sentence):
        """Write down the reason why this mail waits.

        :param str sentence: for its sender
        """
        above = getattr(super(), "_delivery_note_hold", None)
        result = above(sentence) if above else None
        self.failure_reason = sentence
        return result

    def _delivery_resume(self):
        """What waited may be sent now."""
        above = getattr(super(), "_delivery_resume", None)
        if above:
            return above()
        return self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _split_by_mail_configuration(self):
        """Core's, without the mails that have to wait: they take no server."""
        sendable = self.filtered(lambda mail: not mail._delivery_hold())
        for mail in sendable.sudo().filtered("sender_id"):
            mail._follow_sender()
        return super(MailMail, sendable)._split_by_mail_configuration()

    def _follow_sender(self):
        """Somebody who changed their address sends what waits from the new one."""
        user = self.sender_id
        header = user.with_user(user)._sender_header()
        former = email_normalize(self.email_from or "")
        if not header or former == email_normalize(header):
            return
        values = {"email_from": header}
        if email_normalize(self.reply_to or "") == former:
            values["reply_to"] = header
        self.write(values)

    def _filter_mail_mail_servers(self, mail_servers):
        """A colleague with an account mails through it and through nothing else, be
        there a public server for the same address; one that is not tested is not used.
        """
        allowed = super()._filter_mail_mail_servers(mail_servers)
        is_off = self.env["ir.config_parameter"].sudo().get_param(PERSONAL_OFF)
        writer = self.sudo().sender_id
        if len(writer) == 1 and not is_off and all(m.sender_id for m in self.sudo()):
            if own := writer._sending_server():
                return mail_servers & own
        untested = allowed.filtered(
            lambda server: server.smtp_authentication == USER_SMTP
            and server.user_smtp_state == "untested"
        )
        return allowed - untested

    def _split_by_delayed_batch(self, mail_server):
        """Core counts on the server's row, in the transaction that sends: two sends at
        the same time collide after both were handed over, and the loser's mail is sent
        again. Sending limits are for whoever keeps a log (``mail_delivery``).
        """
        if mail_server.smtp_authentication == USER_SMTP:
            return self
        return super()._split_by_delayed_batch(mail_server)

    def send(self, *args, **kwargs):
        # the accounts of others are hidden from administrators too, who may press Send
        self.check_access("write")
        return super(MailMail, self.sudo()).send(*args, **kwargs)
