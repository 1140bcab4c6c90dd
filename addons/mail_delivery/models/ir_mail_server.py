import email.policy
from datetime import timedelta

from odoo import api, fields, models

from ..tools.addresses import read
from ..tools.backoff import ACCOUNT_LONGEST
from ..tools.limits import DAY, MINUTE, provider_limits, seconds_until_last
from ..tools.replies import LIMIT_PAUSE, LOGIN_PAUSE
from ..tools.transmission import KnownHeaders

# The policy that Odoo builds its messages with; a policy cannot be changed otherwise.
object.__setattr__(email.policy.SMTP, "header_factory", KnownHeaders())

CORE_LIMIT = "mail.server.personal.limit.minutes"  # core's setting, all accounts
PAUSE_FIELDS = ("delivery_paused_until", "delivery_pause", "delivery_pause_reason")
FAILURE_FIELDS = ("delivery_failures", "delivery_failure", "delivery_retry_at")
ACCOUNT_FIELDS = {"smtp_host", "smtp_port", "smtp_user"}
OWN_FIELDS = {
    *PAUSE_FIELDS,
    "announced_size",
    *FAILURE_FIELDS,
    "delivery_per_minute",
    "delivery_per_day",
    "delivery_activity_id",
}


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    delivery_per_minute = fields.Integer(
        "Recipients per Minute",
        help="How many recipients this account serves in any 60 seconds; the rest "
        "waits. 0: the provider's limit, where it is known: Microsoft 30. For the "
        "server of a user at another provider: Odoo's own, 30.",
    )
    delivery_per_day = fields.Integer(
        "Recipients per 24 Hours",
        help="How many recipients this account serves in any 24 hours. 0: the "
        "provider's limit, where it is known: Gmail 500, Google Workspace 2,000, "
        "Microsoft 10,000.",
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

    delivery_failures = fields.Integer(
        "Failures in a Row",
        readonly=True,
        copy=False,
        help="How many times in a row the queue could not use this server.",
    )
    delivery_failure = fields.Char("Last Failure", readonly=True, copy=False)
    delivery_retry_at = fields.Datetime(
        "Left Alone Until", readonly=True, copy=False, help="The queue asks others."
    )

    def write(self, vals):
        result = super().write(vals)
        if set(vals) - OWN_FIELDS:
            # Whoever changes a refused account wants it tried again, at once. A limit
            # goes with the account at the provider.
            is_another = bool(ACCOUNT_FIELDS & vals.keys())
            self.filtered(
                lambda server: server.delivery_failures
                or server.delivery_pause == "login"
                or (is_another and server.delivery_pause)
            )._resume_delivery()
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
        self.write(dict.fromkeys((*PAUSE_FIELDS, *FAILURE_FIELDS), False))

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

    def _seconds_avoided(self):
        """
        :returns: seconds for which the queue leaves this server alone, 0 when it may
            be asked
        """
        if not self.delivery_retry_at:
            return 0
        seconds = (self.delivery_retry_at - fields.Datetime.now()).total_seconds()
        # longer than it is ever left alone: the clock was put back since
        return seconds if 0 < seconds <= ACCOUNT_LONGEST else 0

    def _delivery_limits(self):
        """The pace of this account: what the administrator says, else what its provider
        allows, else Odoo's own for the account of a user.

        :returns: ``[(recipients, seconds)]``; empty when it may send without limit
        """
        self.ensure_one()
        known = provider_limits(self.smtp_host, self.from_filter or self.smtp_user)
        default = {window: limit for limit, window in known or ()}
        if self.owner_user_id:
            get_param = self.env["ir.config_parameter"].sudo().get_param
            if known is None or get_param(CORE_LIMIT):
                default[MINUTE] = self._get_personal_mail_servers_limit()
        per_minute = self.delivery_per_minute or default.get(MINUTE, 0)
        per_day = self.delivery_per_day or default.get(DAY, 0)
        limits = [(per_minute, MINUTE), (per_day, DAY)]
        return [(limit, window) for limit, window in limits if limit > 0]

    def _pace_sentence(self, limit, window):
        """A limit in words, for who waits because of it.

        :param int limit: recipients
        :param int window: seconds
        """
        mine = self.owner_user_id == self.env.user
        if window == DAY:
            if mine:
                return self.env._("%s a day for your mailbox", limit)
            return self.env._("%s a day for this mailbox", limit)
        if mine:
            return self.env._("%s a minute for your mailbox", limit)
        return self.env._("%s a minute for this mailbox", limit)

    def _pace_forecast(self, count):
        """When the last of so many recipients leaves, in words, before they are sent.

        :param int count: recipients
        :returns: a sentence; empty when all of them leave at once
        """
        server = self.sudo()
        limits = server._delivery_limits() if server else []
        ahead = {window: server._recipients_ahead(window) for _limit, window in limits}
        seconds = seconds_until_last(count, ahead, limits)
        if not seconds:
            return ""
        decisive = max(limits, key=lambda one: seconds_until_last(count, ahead, [one]))
        moment = fields.Datetime.now() + timedelta(seconds=seconds)
        when = fields.Datetime.context_timestamp(self, moment)
        return self.env._(
            "%(pace)s; the last one leaves at about %(when)s.",
            pace=self._pace_sentence(*decisive),
            when=when.strftime("%Y-%m-%d %H:%M"),
        )

    def _recipients_ahead(self, window):
        """How many recipients used up this window, or wait for their place in it."""
        since = fields.Datetime.now() - timedelta(seconds=window)
        waiting = [("state", "in", ("queued", "deferred", "sending"))]
        recent = [("handed_at", ">=", since)]
        domain = [("mail_server_id", "=", self.id), "|", *waiting, *recent]
        return self.env["mail.delivery"].sudo().search_count(domain)

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
