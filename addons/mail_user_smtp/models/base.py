from odoo import models
from odoo.tools import email_normalize


class Base(models.AbstractModel):
    """Every record: answers go to the colleague who sends."""

    _inherit = "base"

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """What a colleague sends is answered to them, even where an alias domain has a
        catchall; a document with an alias of its own keeps that.
        """
        reply_to = super()._notify_get_reply_to_batch(
            defaults=defaults, author_ids=author_ids
        )
        user = self.env.user
        if not defaults or not user._is_human_sender():
            return reply_to
        if not self.env.company.smtp_reply_to_sender:
            return reply_to
        domains = self.env["mail.alias.domain"].sudo().search([])
        catchalls = set(domains.mapped("catchall_email"))
        own = user._own_addresses()
        return {
            res_id: defaults[res_id]
            if email_normalize(address or "") in catchalls
            and email_normalize(defaults[res_id] or "") in own
            else address
            for res_id, address in reply_to.items()
        }
