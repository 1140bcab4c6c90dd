from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize

from ..tools import identity
from ..tools.authorship import AUTHORSHIP, Authorship

NAMES = ("author_id", "email_from")
# What decides whose a message is, and how it is sent.
FIXED = (*NAMES, "reply_to", "mail_server_id", "message_id")
# What somebody wrote.
CONTENT = {"subject", "body", "attachment_ids", "date", "message_type"} | {
    *("model", "res_id", "parent_id", "partner_ids"),
}


class MailMessage(models.Model):
    """A message whose sender is who wrote it, and whose text stays theirs."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        user = self.env.user
        if user._is_human_sender():
            for values in vals_list:
                if self._is_written_by(user, values):
                    self._put_own_name(user, values)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and self.env.user._is_human_sender():
            if any(message._would_change_sender(vals) for message in self):
                raise AccessError(
                    self.env._("The sender of a message cannot be changed.")
                )
            if CONTENT & vals.keys():
                self._check_is_author()
        return super().write(vals)

    def unlink(self):
        if not self.env.su and self.env.user._is_human_sender():
            self._check_is_author()
        return super().unlink()

    def _check_is_author(self):
        """Core lets everybody change and delete messages who may write the document.

        :raises AccessError: somebody else wrote them, or they came in by mail
        """
        user = self.env.user
        for message in self.sudo():
            is_own = message.author_id == user.partner_id
            if message.message_type == "email" or not (is_own or user._is_system()):
                raise AccessError(
                    self.env._("What somebody else wrote stays as they wrote it.")
                )

    def _would_change_sender(self, vals):
        now = {
            name: value.id if isinstance(value, models.BaseModel) else value
            for name, value in ((name, self[name]) for name in FIXED)
        }
        return any(name in vals and vals[name] != now[name] for name in FIXED)

    def _is_written_by(self, user, values):
        """Whether an internal user is the author. Superuser code writes for others, but
        not with what a user typed.
        """
        authorship = self.env.context.get(AUTHORSHIP)
        if authorship in (Authorship.ACCOUNT, Authorship.COLLEAGUE):
            return False
        if authorship not in (Authorship.OWN, Authorship.TEMPLATE):
            return not self.env.su
        if not self._is_company_address(values.get("email_from")):
            return True
        return authorship is Authorship.OWN and not user._is_system()

    def _put_own_name(self, user, values):
        """Sender, and where answers go, are the user's; nothing else can be chosen."""
        values["author_id"] = user.partner_id.id
        values["email_from"] = user._sender_header()
        if reply_to := values.pop("reply_to", None):
            if email_normalize(reply_to) in user._own_addresses():
                values["reply_to"] = user._sender_header()
        values["mail_server_id"] = False
        if not self.env.su:
            values.pop("message_id", None)

    @api.model
    def _company_addresses(self):
        """Addresses that stand for the company, not for a person; as compared."""
        companies = self.env["res.company"].sudo().search([])
        domains = self.env["mail.alias.domain"].sudo().search([])
        return identity.forms(
            ", ".join(
                filter(
                    None,
                    [
                        *companies.mapped("partner_id.email_normalized"),
                        *domains.mapped("default_from_email"),
                        *domains.mapped("catchall_email"),
                    ],
                )
            )
        )

    @api.model
    def _is_company_address(self, text):
        return bool(identity.forms(text) & self._company_addresses())
