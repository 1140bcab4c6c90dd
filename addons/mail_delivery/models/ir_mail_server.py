from datetime import timedelta

from odoo import api, fields, models

from ..tools.addresses import read
from ..tools.replies import LIMIT_PAUSE, LOGIN_PAUSE

MINUTE = 60  # seconds
DAY = 24 * 3600  # seconds; providers count a rolling day
PAUSE_FIELDS = ("delivery_paused_until", "delivery_pause", "delivery_pause_reason")
OWN_FIELDS = {
    *PAUSE_FIELDS,
    "announced_size",
    "delivery_per_minute",
    "delivery_per_day",
    "delivery_activity_id",
}


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
    delivery_paused_until = fields.Datetime("Paused Until", readonly=True, copy=False)
    delivery_pause = fields.Selection(
        [
            ("sending_limit", "Sending limit reached: its mails wait"),
            ("login", "Login refused: it is not tried again before"),
        ],
        "Why It Is Paused",
        readonly=True,
        copy=False,
    )
    delivery_pause_reason = fields.Char("The Server Said", readonly=True, copy=False)

    def write(self, vals):
        result = super().write(vals)
        if set(vals) - OWN_FIELDS:
            # Whoever changes a refused account wants it tried again, at once.
            self.filtered(lambda s: s.delivery_pause == "login")._resume_delivery()
        return result

    def action_resume_delivery(self):
        """End the pause of these accounts: their mails leave with the next queue run.

        :returns: True
        """
        self.check_access("write")
        self._resume_delivery()
        self.env.ref("mail_delivery.ir_cron_deliver").sudo()._trigger()
        return True

    def _resume_delivery(self):
        self.delivery_activity_id.sudo().unlink()
        self.write(dict.fromkeys(PAUSE_FIELDS, False))

    def _pause_delivery(self, verdict):
        """Leave this account alone until capacity returns, or until its login is put
        right, and tell its owner.

        :param Verdict verdict: with ``pause``, in seconds
        """
        self.ensure_one()
        until = fields.Datetime.now() + timedelta(seconds=verdict.pause)
        self.write(
            {
                "delivery_paused_until": until,
                "delivery_pause": verdict.reason,
                "delivery_pause_reason": verdict.text,
            }
        )
        if verdict.reason == "login":
            self.env["mail.delivery"]._tell_account_owner(self)

    def _seconds_paused(self, why):
        """
        :param str why: a value of ``delivery_pause``
        :returns: seconds until the pause ends, 0 when there is none
        """
        until = self.delivery_paused_until
        if not until or self.delivery_pause != why:
            return 0
        seconds = (until - fields.Datetime.now()).total_seconds()
        # longer than any pause: the clock was put back since
        return seconds if 0 < seconds <= max(LIMIT_PAUSE, LOGIN_PAUSE) else 0

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

    @api.model
    def _alter_message__(self, message, smtp_from, smtp_to_list):
        """Core joins the To header with an empty list when the only external recipient
        is in it already: "To: a@example.com, ".
        """
        extended = message["X-Msg-To-Add"]
        result = super()._alter_message__(message, smtp_from, smtp_to_list)
        if extended and message["To"]:
            named = [box.formatted for box in read(str(message["To"])).good]
            message.replace_header("To", ", ".join(named))
        return result
