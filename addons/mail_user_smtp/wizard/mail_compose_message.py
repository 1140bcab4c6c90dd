from odoo import api, fields, models

from ..tools.authorship import AUTHORSHIP, Authorship
from ..tools.sender import BLOCK


class MailComposeMessage(models.TransientModel):
    """The composer shows who sends, and refuses what could not be sent."""

    _inherit = "mail.compose.message"

    sender_line = fields.Char("Sender", compute="_compute_sender")
    sender_policy = fields.Char(compute="_compute_sender")  # of tools/sender.py

    @api.depends(
        "composition_mode",
        "notified_bcc_contains_share",
        "partner_ids",
        "record_company_id",
        "subtype_is_log",
    )
    @api.depends_context("uid")
    def _compute_sender(self):
        for composer in self:
            sender = self.env.user._get_mail_sender(composer.record_company_id)
            # a note to colleagues needs no mailbox
            is_shown = sender.policy != BLOCK or composer._reaches_outside()
            composer.sender_line = is_shown and sender.line
            composer.sender_policy = is_shown and sender.policy

    def _reaches_outside(self):
        """Whether people outside get a mail."""
        if self.composition_mode == "mass_mail":
            return True
        outside = self.partner_ids.filtered("partner_share")
        return bool(outside or self.notified_bcc_contains_share)

    def action_visit_mail_account(self):
        """Open the preferences, and leave what is written here as it is.

        :returns: a URL action
        """
        return self.env.user.action_visit_mail_account()

    def _action_schedule_message(self):
        for composer in self:
            if self.env.user._is_human_sender() and composer._reaches_outside():
                # not when it is due, and nobody looks any more
                self.env.user._check_mail_sender(composer.record_company_id)
        return super()._action_schedule_message()

    def _action_send_mail_mass_mail(self, *args, **kwargs):
        if not self.env.su:
            self = self.with_context(**{AUTHORSHIP: Authorship.OWN})
        return super()._action_send_mail_mass_mail(*args, **kwargs)

    def _manage_mail_values(self, mail_values_all):
        """Single messages are checked with their recipients, by the thread."""
        if self.composition_mode == "mass_mail" and not self.env.su:
            self._check_sender_of_mailing(mail_values_all.values())
        return super()._manage_mail_values(mail_values_all)

    def _check_sender_of_mailing(self, values_list):
        user = self.env.user
        if not user._is_human_sender():
            return
        messages = self.env["mail.message"]
        company_ids = {
            values["record_company_id"]
            for values in values_list
            if not user._is_system()
            or not messages._is_company_address(values["email_from"])
        }
        for company in self.env["res.company"].sudo().browse(company_ids):
            user._check_mail_sender(company)
