from odoo import api, fields, models
from odoo.tools import human_size
from odoo.tools.translate import LazyTranslate

from ..tools.limits import DAY, DAY_LIMIT, MINUTE, MINUTE_LIMIT
from ..tools.replies import WAITING

_lt = LazyTranslate(__name__)

WINDOWS = {MINUTE_LIMIT: MINUTE, DAY_LIMIT: DAY}  # seconds, by reason
STATES = {
    "queued": _lt("Waiting to be sent."),
    "sending": _lt("Being sent right now."),
    "sent": _lt("Accepted by the mail server."),
    "deferred": _lt("Will be tried again."),
    "refused": _lt("Not delivered."),
    "unknown": _lt("Nobody knows whether it arrived."),
    "cancelled": _lt("Not sent: it was cancelled before sending."),
}
# What happened, then what to do, by reason (of tools/replies.py and the engine).
SENTENCES = {
    # the recipient
    "no_such_user": _lt("This address does not exist. Check its spelling."),
    "no_such_domain": _lt("The address's domain takes no mail. Check its spelling."),
    "invalid_address": _lt("This is not a valid e-mail address. Correct it."),
    "local_part": _lt(
        "Mail servers take only Latin letters, digits and signs before the @. "
        "Ask for another address."
    ),
    "archived": _lt("Not sent: the contact was archived."),
    "no_address": _lt("The recipient has no e-mail address. Enter one."),
    "mailbox_disabled": _lt("This mailbox takes no mail. Ask for another address."),
    "mailbox_full": _lt("The recipient's mailbox is full. Reach them otherwise."),
    "unreachable": _lt("The recipient's mail server cannot be reached."),
    "greylisted": _lt("The mail server asks to come back later (greylisting)."),
    "too_big_there": _lt(
        "The message%s is too big for the recipient's mailbox, according to your mail "
        "server. Send smaller files, or a link.",
    ),
    "policy": _lt("Your mail server did not accept this message for this recipient."),
    "spam": _lt(
        "The message is taken for spam, according to your mail server. Write it "
        "differently, or ask who runs the server."
    ),
    "rejected": _lt("Your mail server did not accept this message for this recipient."),
    # the sender's account
    "login": _lt("The mail server refused the login. Check name and password."),
    "login_later": _lt("The mail server cannot check the login just now."),
    "tls": _lt("The connection could not be secured. Check the mail settings."),
    "sender_refused": _lt(
        "Your mail server does not let this login send from this address. Use "
        "the address that belongs to the login, or add it at your provider."
    ),
    "relay": _lt(
        "Your mail server sends nothing to other domains for this login. Check "
        "the mail settings."
    ),
    "too_big": _lt(
        "The message%s is too big for your mail server. Send fewer or smaller "
        "files, or a link.",
    ),
    "no_room": _lt("Your mail server has no room for the message."),
    "own_name": _lt(
        "Your mail server does not accept the name by which this system "
        "introduces itself. Tell the administrator."
    ),
    "protocol": _lt(
        "Your mail server does not understand a command. Tell the administrator."
    ),
    "not_welcome": _lt("Your mail server refused the connection."),
    "not_taken": _lt("Your mail server did not accept the message."),
    "sending_limit": _lt("The account has used up its sending limit."),
    MINUTE_LIMIT: _lt("The account's sending limit is reached."),
    DAY_LIMIT: _lt("The account's sending limit is reached."),
    "settings": _lt("The mail server's settings do not allow this mail."),
    # the line
    "dns": _lt("The mail server's name is not known."),
    "connect": _lt("The mail server cannot be reached."),
    "timeout": _lt("The mail server did not answer in time."),
    "dropped": _lt("The mail server broke off before it had the message."),
    "busy": _lt("The mail server asks to come back later."),
    "failed": _lt("The mail server could not be used."),
    "gave_up": _lt("Given up after many attempts."),
    # nobody knows
    "lost": _lt(
        "The connection broke off while the server had the message. It may "
        "have arrived: ask the recipient before you send it again."
    ),
    "worker": _lt(
        "The system was stopped while it was sending. The message may have "
        "arrived: ask the recipient before you send it again."
    ),
    # the message
    "attachment": _lt("An attachment cannot be read. Attach it again."),
    "line_break": _lt("Subject, names and files must not contain line breaks."),
    "no_sender": _lt("The message has no valid sender address."),
    "broken": _lt("The message could not be put together."),
    # people
    "held": _lt("Waiting until the sender can send it."),
    "deleted": _lt("Not sent: the message was deleted before sending."),
    "neutralized": _lt(
        "Not sent: it waited when this copy of the database was neutralized."
    ),
    "restored": _lt(
        "Not sent: it waited when the backup was made from which this database was "
        "restored. The original may have sent it."
    ),
    "removed": _lt("Not sent: no longer among the message's recipients."),
    "obstacle": _lt("Not sent: the document no longer allows it."),
}
WITH_SIZE = ("too_big", "too_big_there")  # %s in the sentence: the size, or nothing
WITH_ERROR = ("held", "obstacle")  # whoever stopped the mail wrote the sentence
LOGINS = {  # what Google and Microsoft refuse a login for, by SMTP status
    "5.7.9": _lt(
        "The mail server wants an app password instead of the normal one. Make one at "
        "the provider and type it in your mailbox."
    ),
    **dict.fromkeys(
        ("5.7.139", "5.7.30"),
        _lt(
            "Logging in with a password is switched off for this mailbox. Ask your "
            "administrator to allow authenticated SMTP, or sign in at the provider."
        ),
    ),
}


class MailDeliveryExplained(models.AbstractModel):
    """A row that tells people what happened to it, and what to do.

    Gives the field ``explanation``, in the language and time zone of whoever reads.

    A model provides ``state``, ``reason``, ``next_attempt``, ``error``, ``size``,
    ``smtp_enhanced_code`` and ``mail_server_id``, as ``mail.delivery`` does.

    Example: ``reason = "no_such_user"`` reads "This address does not exist. Check its
    spelling."; a deferred row adds "Next attempt at 2026-11-28 14:32."

    How it works: ``reason`` is a key of :data:`SENTENCES`. An addon that stops rows for
    a reason of its own extends :meth:`_explain`.
    """

    _name = "mail_delivery.explained.mixin"
    _description = "Explained Mail Delivery"

    explanation = fields.Text(
        "Details",
        compute="_compute_explanation",
        help="What happened, and what to do.",
    )

    @api.depends("state", "reason", "next_attempt", "attempts", "recipient")
    @api.depends_context("lang", "tz", "uid")
    def _compute_explanation(self):
        for row in self:
            row.explanation = row._explain()

    def _explain(self):
        """
        :returns: a sentence or two for this row, as it stands
        """
        self.ensure_one()
        if self.state not in WAITING:
            return self._explain_end()
        if self.reason == "held":
            return self._sentence("held")
        if self.reason in WINDOWS:
            return self._explain_limit()
        if self.state == "deferred":
            sentence = self._sentence(self.reason) or self._sentence("busy")
        elif self.next_attempt:
            sentence = self._sentence(self.reason) or self.env._("Waiting.")
        else:
            return self._state_sentence()
        return " ".join([sentence, self._next_attempt_sentence()])

    def _explain_end(self):
        has_reason = self.state in ("refused", "unknown", "cancelled")
        known = self._sentence(self.reason) if has_reason else None
        return known or self._state_sentence()

    def _explain_limit(self):
        """The sending limit that this row waits for, and when it will be sent."""
        server, window = self.sudo().mail_server_id, WINDOWS[self.reason]
        limits = server._delivery_limits() if server and self.next_attempt else ()
        for allowed, seconds in limits:
            if seconds == window:
                when = fields.Datetime.context_timestamp(self, self.next_attempt)
                return self.env._(
                    "%(limit)s; will be sent at %(when)s.",
                    limit=server.with_env(self.env)._format_limit(allowed, window),
                    when=when.strftime("%Y-%m-%d %H:%M"),
                )
        return self._sentence(self.reason)

    def _next_attempt_sentence(self):
        when = fields.Datetime.context_timestamp(self, self.next_attempt)
        return self.env._("Next attempt at %s.", when.strftime("%Y-%m-%d %H:%M"))

    def _state_sentence(self):
        return self.env._(STATES[self.state])

    def _sentence(self, reason):
        """
        :param str reason: a key of :data:`SENTENCES`
        :returns: what happened, then what to do; None for a reason that is not known
        """
        if reason in WITH_ERROR and self.error:
            return self.error
        if reason == "login" and self.smtp_enhanced_code in LOGINS:
            return self.env._(LOGINS[self.smtp_enhanced_code])
        if reason not in SENTENCES:
            return None
        sentence = self.env._(SENTENCES[reason])
        if reason in WITH_SIZE:
            sentence %= f" ({human_size(self.size)})" if self.size else ""
        return sentence
