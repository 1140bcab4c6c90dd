from odoo import SUPERUSER_ID, models

from ..tools.authorship import AUTHORSHIP, Authorship

# What a caller may decide about a mail without a word of their own.
HARMLESS = {"auto_delete", "message_type", "scheduled_date"}
RECIPIENTS = {"email_to", "email_cc", "partner_ids", "recipient_ids"}
# These choose the way of a mail, or what its headers say of others: never a caller's.
NEVER = {"headers", "mail_server_id", "message_id", "mail_message_id", "sender_id"}


class MailTemplate(models.Model):
    """A template: what a user sends with it is theirs, or the administrator's."""

    _inherit = "mail.template"

    def send_mail_batch(
        self,
        res_ids,
        force_send=False,
        raise_exception=False,
        email_values=None,
        email_layout_xmlid=False,
    ):
        """Core's; what an internal user sends with it is theirs, unless it is what the
        administrator wrote for everybody.
        """
        values = dict(email_values or {})
        if not self.env.su and self.env.user._is_human_sender():
            values = {name: values[name] for name in values.keys() - NEVER}
            self = self.with_context(**{AUTHORSHIP: self._authorship_of(values)})
        return super().send_mail_batch(
            res_ids,
            force_send=force_send,
            raise_exception=raise_exception,
            email_values=values,
            email_layout_xmlid=email_layout_xmlid,
        )

    def _authorship_of(self, email_values):
        """
        :param dict email_values: what the caller changes
        """
        names = {"author_id": None, "email_from": None} | email_values
        chosen = email_values.keys() - HARMLESS
        if self.env.user._is_own_name(names["author_id"], names["email_from"]):
            chosen -= {"author_id", "email_from"}
        if not self._is_administrators() or chosen - RECIPIENTS:
            return Authorship.OWN
        if self.sudo().model == "res.users":
            is_allowed = self._may_mail_about_accounts()
            return Authorship.ACCOUNT if is_allowed else Authorship.COLLEAGUE
        return Authorship.OWN if chosen else Authorship.TEMPLATE

    def _is_administrators(self):
        """Whether nobody else wrote this template."""
        template = self.sudo()
        return all(
            user.id == SUPERUSER_ID or user._is_system()
            for user in template.create_uid | template.write_uid
        )

    def _may_mail_about_accounts(self):
        """Whether the user may tell people outside about their accounts; what the
        portal sends can hold a greeting of theirs.
        """
        if self.env.user.has_group("base.group_erp_manager"):
            return True
        welcome = self.env.ref(
            "auth_signup.portal_set_password_email", raise_if_not_found=False
        )
        return self == welcome and not self.env.context.get("welcome_message")
