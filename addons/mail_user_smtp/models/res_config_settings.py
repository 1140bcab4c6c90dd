from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings: the policy of the company."""

    _inherit = "res.config.settings"

    smtp_policy = fields.Selection(related="company_id.smtp_policy", readonly=False)
    smtp_reply_to_sender = fields.Boolean(
        related="company_id.smtp_reply_to_sender", readonly=False
    )
