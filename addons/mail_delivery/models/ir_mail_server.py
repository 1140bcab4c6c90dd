import email.policy
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, make_msgid
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo import api, fields, models

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..tools.addresses import read
from ..tools.backoff import ACCOUNT_LONGEST
from ..tools.limits import DAY, MINUTE, provider_limits, seconds_until_last
from ..tools.log_lines import event
from ..tools.replies import LIMIT_PAUSE, LOGIN_PAUSE
from ..tools.transmission import KnownHeaders

# The policy that Odoo builds its messages with; a policy cannot be changed otherwise.
object.__setattr__(email.policy.SMTP, "header_factory", KnownHeaders())

_logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 25 * MEGABYTE  # bytes; what Gmail, Microsoft, Yahoo and Zoho take
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
    """A mail server with sending limits, pauses and a size limit, and what every mail
    of Odoo carries: Message-ID, Date, tidy To.
    """

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
        "Pause Reason",
        readonly=True,
        copy=False,
    )
    delivery_pause_reason = fields.Char(
        "Server Response (Pause)", readonly=True, copy=False
    )

    delivery_failures = fields.Integer(
        "Failures in a Row",
        readonly=True,
        copy=False,
        help="How many times in a row the queue could not use this server.",
    )
    delivery_failure = fields.Char("Last Failure", readonly=True, copy=False)
    delivery_activity_id = fields.Many2one("mail.activity", readonly=True, copy=False)
    delivery_retry_at = fields.Datetime(
        "Skipped Until",
        readonly=True,
        copy=False,
        help="The queue does not try this server before.",
    )
    announced_size = fields.Integer(
        "Largest Message",
        readonly=True,
        copy=False,
        help="In bytes, as the server announced it when it was last used.",
    )

    # ------------------------------------------------------------
    # PAUSES
    # ------------------------------------------------------------

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
        """End the pause of these accounts: the next queue run sends their mails.

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
        """Pause this account until capacity returns, or until its login is put
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
        _logger.warning(
            event(
                "account_paused",
                account=self.id,
                reason=verdict.reason,
                code=verdict.code,
                status=verdict.enhanced,
                seconds=round(verdict.pause),
            )
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
        :returns: seconds for which the queue skips this server, 0 when it may be tried
        """
        if not self.delivery_retry_at:
            return 0
        seconds = (self.delivery_retry_at - fields.Datetime.now()).total_seconds()
        # longer than it is ever skipped: the clock was put back since
        return seconds if 0 < seconds <= ACCOUNT_LONGEST else 0

    # ------------------------------------------------------------
    # SENDING LIMITS
    # ------------------------------------------------------------

    def _delivery_limits(self):
        """The sending limits of this account: the administrator's, else its provider's,
        else Odoo's own for the account of a user.

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

    def _format_limit(self, limit, window):
        """A sending limit as text, for who waits because of it.

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

    def _limit_forecast(self, count):
        """When the last of so many recipients will be sent, in words, for who is about
        to send.

        :param int count: recipients
        :returns: a sentence; empty when all of them are sent at once
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
            "%(limit)s; the last one will be sent at about %(when)s.",
            limit=self._format_limit(*decisive),
            when=when.strftime("%Y-%m-%d %H:%M"),
        )

    def _recipients_ahead(self, window):
        """How many recipients used up this window, or wait for their place in it."""
        since = fields.Datetime.now() - timedelta(seconds=window)
        waiting = [("state", "in", ("queued", "deferred", "sending"))]
        recent = [("handed_at", ">=", since)]
        domain = [("mail_server_id", "=", self.id), "|", *waiting, *recent]
        return self.env["mail.delivery"].sudo().search_count(domain)

    # ------------------------------------------------------------
    # THE MESSAGE
    # ------------------------------------------------------------

    @api.model
    def send_email(self, message, *args, **kwargs):
        """The last door, for what comes past the queue: core's own way.

        :raises MailDeliveryException: this database is held
        """
        if sentence := self.env["mail.hold"]._sentence():
            raise MailDeliveryException(sentence)
        return super().send_email(message, *args, **kwargs)

    def _build_email__(self, email_from, *args, **kwargs):
        """A Message-ID under the site's name, and a Date with the sender's zone.

        Core names this machine, and writes a time without a zone.
        """
        if not kwargs.get("message_id"):
            site = self.env["mail.message"]._site_name(email_from)
            kwargs["message_id"] = make_msgid(domain=site)
        message = super()._build_email__(email_from, *args, **kwargs)
        now = datetime.now(UTC).astimezone(self._sending_zone())
        del message["Date"]
        message["Date"] = format_datetime(now)
        return message

    @api.model
    def _sending_zone(self):
        name = self.env.context.get("mail_delivery_zone") or self.env.user.tz
        try:
            return ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    @api.model
    def _prepare_smtp_to_list(self, message, smtp_session):
        """The engine knows whom it sends to; core would read it out of the headers,
        where a name can look like an address.
        """
        known = self.env.context.get("mail_delivery_to")
        if known is not None:
            return known
        return super()._prepare_smtp_to_list(message, smtp_session)

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

    # ------------------------------------------------------------
    # SIZE
    # ------------------------------------------------------------

    def _size_limit(self):
        """How large a mail this account takes, encoded as it travels.

        :returns: bytes
        """
        own = int(self.max_email_size * MEGABYTE) if self.max_email_size else 0
        announced = self.announced_size or SIZE_LIMIT
        return min(own, announced) if own else announced

    def _get_max_email_size(self):
        """Core sends links in place of files that are too large; a mail to several
        people carries its files, or is refused before it is made.
        """
        if self.env.context.get("mail_delivery_whole"):
            return float("inf")
        if self.announced_size and not self.max_email_size:
            return self.announced_size / MEGABYTE
        return super()._get_max_email_size()

    def _remember_size(self, session):
        """Keep the size limit that the server announced.

        :param smtplib.SMTP session: connected
        """
        size = getattr(session, "esmtp_features", {}).get("size", "")
        announced = int(size) if size.isdigit() and len(size) < 10 else 0
        if announced and announced != self.announced_size:
            self.announced_size = announced
