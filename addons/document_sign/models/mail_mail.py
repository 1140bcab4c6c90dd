from odoo import api, models


class MailMail(models.Model):
    """A mail with a code leaves as long as the code counts, and no later."""

    _inherit = "mail.mail"

    def _delivery_hold(self):
        """A code that counts no more is not mailed; its mail is about to be
        cancelled.
        """
        if not self.model and (over := self._code_is_over()):
            return over
        return super()._delivery_hold()

    def _code_is_over(self):
        codes = self.env["document.code"].sudo()
        return codes.search([("mail_id", "=", self.id)], limit=1)._why_over()

    @api.model
    def _deliver_queue(self, batch_size=1000):
        """With the mails of codes that are over cancelled."""
        result = super()._deliver_queue(batch_size)
        self.env["document.code"].sudo()._withdraw_mails()
        return result
