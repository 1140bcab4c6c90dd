from odoo import fields, models
from odoo.tools import SQL

from ..tools.sender import BLOCK, RELAY


class ResCompany(models.Model):
    """A company with a policy for users without a working mailbox."""

    _inherit = "res.company"

    smtp_policy = fields.Selection(
        [
            (BLOCK, "Cannot mail to people outside"),
            (RELAY, "Send through the company's mail server"),
        ],
        "Users without a Working Mailbox",
        default=BLOCK,
        required=True,
    )
    smtp_reply_to_sender = fields.Boolean("Replies Go to the Sender", default=True)
    smtp_policy_kept = fields.Boolean(
        "Mails as before the Installation",
        copy=False,
        help="Set where the company mailed when this addon was installed, until "
        "somebody chooses",
    )

    def write(self, vals):
        """Whoever chooses another policy has chosen."""
        if "smtp_policy" in vals:
            kept = self.filtered("smtp_policy_kept")
            chosen = kept.filtered(lambda c: c.smtp_policy != vals["smtp_policy"])
            super(ResCompany, chosen).write({"smtp_policy_kept": False})
        return super().write(vals)

    def init(self):
        """Let others make companies by SQL; theirs get the stricter policy."""
        self.env.cr.execute(
            SQL(
                "ALTER TABLE res_company ALTER COLUMN smtp_policy SET DEFAULT %s", BLOCK
            )
        )
        return super().init()
