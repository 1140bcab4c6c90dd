from odoo import models

from ..models.mail_message import OWN_TEMPLATE


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail_mass_mail(self, *args, **kwargs):
        if not self.env.su:
            self = self.with_context(**{OWN_TEMPLATE: True})
        return super()._action_send_mail_mass_mail(*args, **kwargs)
