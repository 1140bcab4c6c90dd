from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize

NAMES = ("author_id", "email_from")
OWN_TEMPLATE = "mail_user_smtp_own_name"  # context: somebody's template or composer


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        user = self.env.user
        if user._is_human_sender():
            for values in vals_list:
                if self._is_in_other_name(user, values):
                    values["author_id"] = user.partner_id.id
                    values["email_from"] = user._sender_header()
                    values.pop("reply_to", None)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and self.env.user._is_human_sender():
            if any(message._would_change_sender(vals) for message in self):
                raise AccessError(
                    self.env._("The sender of a message cannot be changed.")
                )
        return super().write(vals)

    def _would_change_sender(self, vals):
        now = {"author_id": self.author_id.id, "email_from": self.email_from}
        return any(name in vals and vals[name] != now[name] for name in NAMES)

    def _is_in_other_name(self, user, values):
        """Whether an internal user would speak as somebody else."""
        author_id, email_from = (
            values.get(name, self.env.context.get(f"default_{name}")) for name in NAMES
        )
        if not (author_id or email_from) or user._is_own_name(author_id, email_from):
            return False
        if not self.env.su:
            return True
        # superuser code speaks for others, but not with what a user typed
        address = email_normalize(email_from or "")
        return bool(
            self.env.context.get(OWN_TEMPLATE)
            and address
            and address not in user._own_addresses()
            and address not in self._company_addresses()
        )

    @api.model
    def _company_addresses(self):
        """Addresses that stand for the company, not for a person."""
        companies = self.env["res.company"].sudo().search([])
        domains = self.env["mail.alias.domain"].sudo().search([])
        return {
            *companies.mapped("partner_id.email_normalized"),
            *domains.mapped("default_from_email"),
            *domains.mapped("catchall_email"),
        }


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def send_mail_batch(self, *args, **kwargs):
        if not self.env.su:
            self = self.with_context(**{OWN_TEMPLATE: True})
        return super().send_mail_batch(*args, **kwargs)
