from odoo import api, fields, models
from odoo.tools.mail import email_split_and_format

from ..tools.transmission import COMMAND_TIMEOUT

MINUTE = 60  # seconds
DAY = 24 * 3600  # seconds; providers count a rolling day


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    delivery_per_minute = fields.Integer(
        "Recipients per Minute",
        help="How many recipients this account serves in any 60 seconds; the rest "
        "waits. 0: no limit, or Odoo's own for the server of a user.",
    )
    delivery_per_day = fields.Integer(
        "Recipients per 24 Hours",
        help="How many recipients this account serves in any 24 hours. Gmail: 500, "
        "Google Workspace: 2,000. 0: no limit.",
    )
    delivery_paused_until = fields.Datetime(
        "Paused Until",
        readonly=True,
        copy=False,
        help="The provider said that this account has sent too much; its mails wait.",
    )
    delivery_pause_reason = fields.Char(
        "Reason of the Pause", readonly=True, copy=False
    )

    def action_resume_delivery(self):
        """End the pause of these accounts: their mails leave with the next queue run.

        :returns: True
        """
        self.check_access("write")
        self.write({"delivery_paused_until": False, "delivery_pause_reason": False})
        self.env.ref("mail_delivery.ir_cron_deliver").sudo()._trigger()
        return True

    def _delivery_limits(self):
        """The pace of this account.

        :returns: ``[(recipients, seconds)]``; empty when it may send without limit
        """
        self.ensure_one()
        per_minute = self.delivery_per_minute
        if not per_minute and self.owner_user_id:
            per_minute = self._get_personal_mail_servers_limit()
        limits = [(per_minute, MINUTE), (self.delivery_per_day, DAY)]
        return [(limit, window) for limit, window in limits if limit > 0]

    def _delivery_timeout(self):
        """Seconds that a connection may take: whoever overrides ``_connect__`` should
        use this as its socket timeout, so that a request keeps to its budget.
        """
        return self.env.context.get("mail_delivery_timeout", COMMAND_TIMEOUT)

    @api.model
    def _alter_message__(self, message, smtp_from, smtp_to_list):
        """Core joins the To header with an empty list when the only external recipient
        is in it already: "To: a@example.com, ".
        """
        extended = message["X-Msg-To-Add"]
        result = super()._alter_message__(message, smtp_from, smtp_to_list)
        if extended and message["To"]:
            addresses = email_split_and_format(str(message["To"]))
            message.replace_header("To", ", ".join(addresses))
        return result
