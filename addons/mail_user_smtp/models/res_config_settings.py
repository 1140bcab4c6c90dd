from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """The settings: the policy of the company."""

    _inherit = "res.config.settings"

    smtp_policy = fields.Selection(related="company_id.smtp_policy", readonly=False)
    smtp_reply_to_sender = fields.Boolean(
        related="company_id.smtp_reply_to_sender", readonly=False
    )
    smtp_policy_kept = fields.Boolean(related="company_id.smtp_policy_kept")
    smtp_without_mailbox = fields.Integer(
        "Colleagues without a Working Mailbox", compute="_compute_smtp_without_mailbox"
    )

    @api.depends("company_id")
    def _compute_smtp_without_mailbox(self):
        for settings in self:
            domain = [
                ("share", "=", False),
                ("company_ids", "in", settings.company_id.ids),
                ("smtp_state", "!=", "ok"),
            ]
            count = self.env["res.users"].search_count(domain)
            settings.smtp_without_mailbox = count

    def action_keep_smtp_policy(self):
        """Take the policy that was kept at the installation for chosen."""
        self.ensure_one()
        self.company_id.smtp_policy_kept = False
        return {"type": "ir.actions.client", "tag": "soft_reload"}
