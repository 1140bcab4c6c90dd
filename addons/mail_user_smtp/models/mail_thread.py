from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.authorship import AUTHORSHIP, Authorship
from ..tools.sender import BLOCK


class MailThread(models.AbstractModel):
    """A record on which colleagues write in their own name, from their own account."""

    _inherit = "mail.thread"

    # ------------------------------------------------------------
    # What people write
    # ------------------------------------------------------------

    def _message_compute_author(self, author_id=None, email_from=None):
        """Colleagues write in their own name, from the account they send with. Code
        that runs as superuser may still write for others (gateway, customers, system).
        """
        own = self.env.user._authorship_of(author_id, email_from)
        return own or super()._message_compute_author(author_id, email_from)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """What a colleague writes to people outside is their own mail, whatever its
        kind: by the policy it is refused here, before anybody is told of it, or takes
        the company's relay. The system's mails and mails to
        colleagues are always sent; what Odoo notes about a change is kept from people
        outside where it must be.
        """
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        outside = [
            who for who in recipients if who["share"] and who["notif"] == "email"
        ]
        if not outside or not self._is_letter_of_user(message.sudo(), msg_vals or {}):
            return recipients
        company = self._policy_company(message.sudo(), msg_vals or {})
        if self.env.context.get(AUTHORSHIP) is Authorship.TRACKING:
            if self.env.user._get_mail_sender(company).policy == BLOCK:
                return [who for who in recipients if who not in outside]
            return recipients
        self.env.user._check_mail_sender(company)
        return recipients

    def _is_letter_of_user(self, message, msg_vals):
        author_id = msg_vals.get("author_id") or message.author_id.id
        user = self.env.user
        return user._is_human_sender() and author_id == user.partner_id.id

    def _policy_company(self, message, msg_vals):
        """The company of the document, which may be one without a thread of its own."""
        document = self
        if not self:
            model = msg_vals.get("model") or message.model
            res_id = msg_vals.get("res_id") or message.res_id
            if model not in self.env or not res_id:
                return self.env.company
            document = self.env[model].browse(res_id)
        companies = document.sudo()._mail_get_companies(default=self.env.company)
        return companies.get(document.id)

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        if not self.env.su and self.env.user._is_human_sender():
            # another From, Reply-To or Return-Path would pass for headers
            kwargs.pop("mail_headers", None)
        return super()._notify_thread(message, msg_vals=msg_vals, **kwargs)

    def _message_track(self, fields_iter, initial_values_dict):
        marked = self.with_context(**{AUTHORSHIP: Authorship.TRACKING})
        return super(MailThread, marked)._message_track(
            fields_iter, initial_values_dict
        )

    # ------------------------------------------------------------
    # Answers of somebody who is away
    # ------------------------------------------------------------

    def _notify_thread_with_out_of_office(self, *args, **kwargs):
        marked = self.with_context(**{AUTHORSHIP: Authorship.ABSENCE})
        return super(MailThread, marked)._notify_thread_with_out_of_office(
            *args, **kwargs
        )

    def message_post(self, **kwargs):
        """Core's; the answer of somebody who is away is sent from their own account, or
        not at all.
        """
        if (
            self.env.context.get(AUTHORSHIP) is Authorship.ABSENCE
            and kwargs.get("message_type") == "out_of_office"
        ):
            author = self.env["res.partner"].browse(kwargs.get("author_id")).sudo()
            user = author.main_user_id
            if user._is_human_sender():
                company = self._mail_get_companies(default=self.env.company)[self.id]
                if user.with_user(user)._get_mail_sender(company).policy == BLOCK:
                    return self.env["mail.message"]
                self = self.with_user(user).sudo()
            self = self.with_context(**{AUTHORSHIP: None})
        return super().message_post(**kwargs)

    # ------------------------------------------------------------
    # The gateway
    # ------------------------------------------------------------

    @api.model
    def message_process(self, model, message, *args, **kwargs):
        """Core's, for the gateway: whoever passes a mail in here names its author.

        :raises AccessError: for anybody but the administrator and the system
        """
        if not (self.env.su or self.env.user._is_system()):
            raise AccessError(
                self.env._("Only the mail gateway takes in mails from outside.")
            )
        return super().message_process(model, message, *args, **kwargs)

    @api.private
    @api.model
    def message_route(self, *args, **kwargs):
        return super().message_route(*args, **kwargs)

    @api.private
    @api.model
    def message_parse(self, *args, **kwargs):
        return super().message_parse(*args, **kwargs)

    @api.private
    @api.model
    def message_new(self, *args, **kwargs):
        return super().message_new(*args, **kwargs)

    @api.private
    def message_update(self, *args, **kwargs):
        return super().message_update(*args, **kwargs)
