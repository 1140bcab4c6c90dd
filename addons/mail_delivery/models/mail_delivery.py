import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import human_size

from ..tools.limits import DAY, MINUTE

_logger = logging.getLogger(__name__)

PACE = ("pace", "pace_day")
APP_PASSWORD = "5.7.9"
PENDING = ("queued", "sending", "deferred")
FAILED = ("refused", "unknown")
KEEP_DAYS = 730  # two years: longer than a customer argues about an invoice
NO_PASSWORDS = ("5.7.139", "5.7.30")  # Microsoft's
GC_BATCH = 10000  # rows per run of the vacuum


class MailDelivery(models.Model):
    """One recipient of one outgoing mail, and what became of it.

    Made with the mail in the business transaction, kept after the mail is gone. Only
    the engine writes here, as superuser; people settle a row through its actions.
    """

    _name = "mail.delivery"
    _description = "Mail Delivery"
    _order = "id desc"
    _rec_name = "recipient"
    _log_access = True

    mail_id = fields.Many2one("mail.mail", "Outgoing Mail", index="btree_not_null")
    mail_message_id = fields.Many2one("mail.message", "Message", index="btree_not_null")
    message_id_header = fields.Char(
        "Message-ID", index="btree_not_null", help="The same on each attempt."
    )
    subject = fields.Char()
    author_id = fields.Many2one("res.partner", "Author")
    user_id = fields.Many2one(
        "res.users", "Sender", index=True, help="The user who had the mail sent."
    )
    email_from = fields.Char("From")
    mail_server_id = fields.Many2one("ir.mail_server", "Mail Server")
    model = fields.Char("Document Model")
    res_id = fields.Many2oneReference("Document", model_field="model")
    recipient = fields.Char("To", index=True, help="The bare address.")
    partner_id = fields.Many2one("res.partner", "Contact")
    kind = fields.Selection(
        [("to", "To"), ("cc", "Cc"), ("bcc", "Bcc")], default="to", required=True
    )
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("sending", "Sending"),
            ("sent", "Sent"),
            ("deferred", "Deferred"),
            ("refused", "Refused"),
            ("unknown", "Unknown"),
            ("cancelled", "Cancelled"),
        ],
        "Status",
        default="queued",
        required=True,
        index=True,
    )
    attempts = fields.Integer(default=0)
    next_attempt = fields.Datetime()
    reason = fields.Char(help="Key of the explanation.", readonly=True)
    explanation = fields.Text(
        compute="_compute_explanation", help="What happened, and what to do."
    )
    smtp_code = fields.Integer("SMTP Code", aggregator=None)
    smtp_enhanced_code = fields.Char("SMTP Status")
    error = fields.Text("Server's Words", help="What the mail server said, verbatim.")
    size = fields.Integer(
        readonly=True, aggregator=None, help="In bytes as it travels, of large mails."
    )
    smtp_reply = fields.Text("Last Reply", help="The server's last answer.")
    queued_at = fields.Datetime(default=fields.Datetime.now, required=True)
    claim = fields.Integer(readonly=True, help="Key of the sending worker's lock.")
    claimed_at = fields.Datetime(readonly=True)
    handed_at = fields.Datetime("Offered On", readonly=True)
    sent_at = fields.Datetime()
    settled = fields.Boolean(
        default=True,
        readonly=True,
        help="The mail, its notifications and its document know this state.",
    )
    can_settle = fields.Boolean(compute="_compute_can_settle")

    _waiting = models.Index(
        "(next_attempt, mail_id) WHERE state IN ('queued', 'deferred')"
    )
    _claimed = models.Index("(claim) WHERE state = 'sending'")
    _unsettled = models.Index("(id) WHERE settled IS NOT TRUE")
    _pace = models.Index("(mail_server_id, handed_at) WHERE mail_server_id IS NOT NULL")
    _document = models.Index("(model, res_id)")

    # ------------------------------------------------------------
    # WHAT PEOPLE READ
    # ------------------------------------------------------------

    @api.depends("state", "reason", "next_attempt", "attempts", "recipient")
    @api.depends_context("lang", "tz", "uid")
    def _compute_explanation(self):
        for row in self:
            row.explanation = row._explain()

    def _explain(self):
        self.ensure_one()
        if self.reason == "held" and self.state in ("queued", "deferred"):
            return self._sentences()["held"]
        if self.state in ("queued", "deferred") and self.reason in PACE:
            return self._explain_pace()
        if self.state == "queued" and self.next_attempt:
            sentence = self._sentences().get(self.reason) or self.env._("Waiting.")
            return " ".join([sentence, self._next_attempt_sentence()])
        if self.state == "deferred":
            sentence = self._sentences().get(self.reason) or self._sentences()["busy"]
            return " ".join([sentence, self._next_attempt_sentence()])
        if self.state in ("refused", "unknown", "cancelled") and self.reason:
            known = self._sentences().get(self.reason)
            return known or self._state_sentences()[self.state]
        return self._state_sentences()[self.state]

    def _explain_pace(self):
        """How many may leave, and when this one does."""
        server = self.sudo().mail_server_id
        window = DAY if self.reason == "pace_day" else MINUTE
        for limit, seconds in server._delivery_limits() if server else ():
            if seconds == window and self.next_attempt:
                pace = server.with_env(self.env)._pace_sentence(limit, window)
                when = fields.Datetime.context_timestamp(self, self.next_attempt)
                return self.env._(
                    "%(pace)s; leaves at %(when)s.",
                    pace=pace,
                    when=when.strftime("%Y-%m-%d %H:%M"),
                )
        return self._sentences()["pace"]

    def _next_attempt_sentence(self):
        when = fields.Datetime.context_timestamp(self, self.next_attempt)
        return self.env._("Next attempt at %s.", when.strftime("%Y-%m-%d %H:%M"))

    def _state_sentences(self):
        _ = self.env._
        return {
            "queued": _("Waiting to be sent."),
            "sending": _("Being sent right now."),
            "sent": _("Accepted by the mail server."),
            "deferred": _("Will be tried again."),
            "refused": _("Not delivered."),
            "unknown": _("Nobody knows whether it arrived."),
            "cancelled": _("Not sent: it was cancelled before it left."),
        }

    def _sentences(self):
        """What happened, then what to do, for each reason of the tools."""
        _ = self.env._
        size = f" ({human_size(self.size)})" if self.size else ""
        return {
            # the recipient
            "no_such_user": _("This address does not exist. Check its spelling."),
            "no_such_domain": _(
                "The address's domain takes no mail. Check its spelling."
            ),
            "invalid_address": _("This is not a valid e-mail address. Correct it."),
            "local_part": _(
                "Mail servers take only Latin letters, digits and signs before the @. "
                "Ask for another address."
            ),
            "archived": _("Not sent: the contact was archived."),
            "no_address": _("The recipient has no e-mail address. Enter one."),
            "mailbox_disabled": _(
                "This mailbox takes no mail. Ask for another address."
            ),
            "mailbox_full": _("The recipient's mailbox is full. Reach them otherwise."),
            "unreachable": _("The recipient's mail server cannot be reached."),
            "greylisted": _("The mail server asks to come back later (greylisting)."),
            "too_big_there": _(
                "The message%s is too big for the recipient's mailbox, says your mail "
                "server. Send smaller files, or a link.",
                size,
            ),
            "policy": _(
                "Your mail server did not accept this message for this recipient."
            ),
            "spam": _(
                "The message is taken for spam, says your mail server. Write it "
                "differently, or ask who runs the server."
            ),
            "rejected": _(
                "Your mail server did not accept this message for this recipient."
            ),
            # the sender's account
            "login": self._login_sentence(),
            "login_later": _("The mail server cannot check the login just now."),
            "tls": _("The connection could not be secured. Check the mail settings."),
            "sender_refused": _(
                "Your mail server does not let this login send from this address. Use "
                "the address that belongs to the login, or add it at your provider."
            ),
            "relay": _(
                "Your mail server sends nothing to other domains for this login. Check "
                "the mail settings."
            ),
            "too_big": _(
                "The message%s is too big for your mail server. Send fewer or smaller "
                "files, or a link.",
                size,
            ),
            "no_room": _("Your mail server has no room for the message."),
            "own_name": _(
                "Your mail server does not accept the name by which this system "
                "introduces itself. Tell the administrator."
            ),
            "protocol": _(
                "Your mail server does not understand a command. Tell the "
                "administrator."
            ),
            "not_welcome": _("Your mail server refused the connection."),
            "not_taken": _("Your mail server did not accept the message."),
            "sending_limit": _("The account has used up its sending limit."),
            "pace": _("The account sends at a limited pace."),
            "settings": _("The mail server's settings do not allow this mail."),
            # the line
            "dns": _("The mail server's name is not known."),
            "connect": _("The mail server cannot be reached."),
            "timeout": _("The mail server did not answer in time."),
            "dropped": _("The mail server broke off before it had the message."),
            "busy": _("The mail server asks to come back later."),
            "failed": _("The mail server could not be used."),
            "gave_up": _("Given up after many attempts."),
            # nobody knows
            "lost": _(
                "The connection broke off while the server had the message. It may "
                "have arrived: ask the recipient before you send it again."
            ),
            "worker": _(
                "The system was stopped while it was sending. The message may have "
                "arrived: ask the recipient before you send it again."
            ),
            # the message
            "attachment": _("An attachment cannot be read. Attach it again."),
            "line_break": _("Subject, names and files must not contain line breaks."),
            "no_sender": _("The message has no valid sender address."),
            "broken": _("The message could not be put together."),
            # people
            "held": self.error or _("Waiting until the sender can send it."),
            "deleted": _("Not sent: the message was deleted before it left."),
            "neutralized": _(
                "Not sent: it waited when this copy of the database was neutralized."
            ),
            "removed": _("Not sent: no longer among the message's recipients."),
            "obstacle": self.error or _("Not sent: the document no longer allows it."),
        }

    def _login_sentence(self):
        _ = self.env._
        if self.smtp_enhanced_code in NO_PASSWORDS:
            return _(
                "Logging in with a password is switched off for this mailbox. Ask your "
                "administrator to allow authenticated SMTP, or sign in at the provider."
            )
        if self.smtp_enhanced_code == APP_PASSWORD:
            return _(
                "The mail server wants an app password instead of the normal one. Make "
                "one at the provider and type it in your mailbox."
            )
        return _("The mail server refused the login. Check name and password.")

    # ------------------------------------------------------------
    # WHO MAY SEE AND SETTLE
    # ------------------------------------------------------------

    def _is_overseer(self):
        """Whether the user may see and settle everybody's deliveries."""
        return self.env.su or self.env.user.has_group(
            "mail_delivery.group_delivery_manager"
        )

    def _check_access(self, operation):
        """A sender reads own rows, others those of documents that they may read."""
        result = super()._check_access(operation)
        if operation != "read" or not self or self._is_overseer():
            return result
        forbidden = result[0] if result else self.browse()
        unreadable = (self - forbidden)._without_document_access()
        if not unreadable:
            return result
        return forbidden + unreadable, lambda: AccessError(
            self.env._("These deliveries belong to documents that you may not read.")
        )

    def _without_document_access(self):
        """Those rows that are neither the user's own nor of a readable document."""
        others = self.sudo().filtered(lambda row: row.user_id.id != self.env.uid)
        ids_by_model = defaultdict(set)
        for row in others:
            if row.model in self.env and row.res_id:
                ids_by_model[row.model].add(row.res_id)
        readable = {
            (model, record.id)
            for model, ids in ids_by_model.items()
            for record in self.env[model].browse(ids).exists()._filtered_access("read")
        }
        return others.filtered(
            lambda row: (row.model, row.res_id) not in readable
        ).sudo(False)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Only what may be read; own rows need no look at documents."""
        if self._is_overseer() or kwargs.get("bypass_access"):
            return super()._search(domain, offset, limit, order, **kwargs)
        self.browse().check_access("read")
        domain = Domain(domain)
        own = Domain("user_id", "=", self.env.uid)
        others = self.sudo().search(domain & ~own).sudo(False)
        allowed = others - others._without_document_access()
        seen = domain & (own | Domain("id", "in", allowed.ids))
        return super()._search(seen, offset, limit, order, **kwargs)

    @api.depends("state", "user_id", "mail_id")
    @api.depends_context("uid")
    def _compute_can_settle(self):
        overseer = self._is_overseer()
        for row in self:
            row.can_settle = row.state in FAILED and (
                overseer or row.user_id == self.env.user
            )

    def _check_can_settle(self, states):
        self.check_access("read")
        if not self._is_overseer() and self.user_id - self.env.user:
            raise AccessError(
                self.env._("Only the sender or a delivery manager can decide this.")
            )
        if any(row.state not in states for row in self):
            raise UserError(self.env._("This delivery is settled already. Reload."))

    # ------------------------------------------------------------
    # WHAT PEOPLE DO
    # ------------------------------------------------------------

    def action_confirm_arrived(self):
        """Settle unknown deliveries: the recipient says that it arrived.

        :returns: True
        :raises UserError: a row is not unknown
        :raises AccessError: neither sender nor delivery manager
        """
        self._check_can_settle(("unknown",))
        rows = self.sudo()
        rows.write(
            {
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "claim": False,
                "reason": False,
                "settled": False,
            }
        )
        rows._settle()
        return True

    def action_send_again(self):
        """Settle unknown deliveries: send once more, at the risk of a second copy.

        :returns: True
        :raises UserError: a row is not unknown, or its message is no longer stored
        :raises AccessError: neither sender nor delivery manager
        """
        self._check_can_settle(("unknown",))
        return self._requeue()

    def action_resend(self):
        """Try refused deliveries again; those who got their copy get no other.

        :returns: True
        :raises UserError: a row is not refused, or its message is no longer stored
        :raises AccessError: neither sender nor delivery manager
        """
        self._check_can_settle(("refused",))
        return self._requeue()

    def action_open_document(self):
        """Open the document that the mail belongs to.

        :returns: an act_window action
        """
        self.ensure_one()
        self.check_access("read")
        if not self.model or not self.res_id:
            raise UserError(self.env._("This mail belongs to no document."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "views": [[False, "form"]],
        }

    def _requeue(self):
        """Put these rows back into the queue and send them after the commit."""
        rows = self.sudo()
        mails = rows.mail_id
        if len(rows.filtered("mail_id")) < len(rows):
            raise UserError(
                self.env._("The message is no longer stored. Send the document again.")
            )
        rows.write(self._fresh_values())
        mails.write({"state": "outgoing", "failure_type": False})
        mails._reset_notifications(rows)
        rows._settle()
        mails._deliver_after_commit()
        return True

    @api.model
    def _fresh_values(self):
        return {
            "state": "queued",
            "attempts": 0,
            "next_attempt": False,
            "claim": False,
            "reason": False,
            "error": False,
            "smtp_code": 0,
            "smtp_enhanced_code": False,
            "settled": False,
        }

    def _cancel(self, reason):
        """Take waiting rows out of the queue; what is under way stays."""
        waiting = self.filtered(lambda row: row.state in ("queued", "deferred"))
        waiting.write({"state": "cancelled", "reason": reason, "settled": False})
        return waiting

    # ------------------------------------------------------------
    # CONSEQUENCES OF AN OUTCOME
    # ------------------------------------------------------------

    def _settle(self):
        """Let mails, notifications and documents know the states of these rows.

        Idempotent. A document whose follow-up fails is tried again by the queue; its
        failure never touches the outcome.
        """
        news = self.sudo().filtered(lambda row: not row.settled)
        told = news.browse()
        for rows in news._by_document():
            if rows._tell_document():
                told |= rows
        mails = news.mail_id
        told.write({"settled": True})
        mails._follow_deliveries(news)
        news.exists()._tell_screens()

    def _by_document(self):
        groups = defaultdict(self.browse)
        for row in self:
            groups[row.model, row.res_id, row.user_id.id] |= row
        return list(groups.values())

    def _tell_document(self):
        """Call the document's hook in the sender's name, and remind the sender of what
        has to be decided.

        :returns: False when it failed and must be told again
        """
        row = self[:1]
        document = row._document()
        if document is not None and row.user_id:
            document = document.with_user(row.user_id).sudo()
        try:
            with self.env.cr.savepoint():
                if document is not None:
                    document._mail_delivery_outcome(self.with_env(document.env))
                self._follow_activities(document)
        except Exception as error:
            if self._is_database_conflict(error):
                raise
            _logger.exception("mail delivery: %s could not follow up", document)
            return False
        return True

    @api.model
    def _is_database_conflict(self, error):
        """Whether a whole transaction must be run again, not just one document."""
        return getattr(error, "pgcode", None) in ("40001", "40P01", "55P03")

    def _document(self):
        """The document of this row, or None when there is none that listens."""
        self.ensure_one()
        model = self.env.get(self.model) if self.model else None
        if model is None or not hasattr(model, "_mail_delivery_outcome"):
            return None
        return model.sudo().browse(self.res_id).exists() or None

    @api.autovacuum
    def _gc_old_deliveries(self):
        """Forget what is done and old. What nobody settled is kept."""
        days = self.env["ir.config_parameter"].sudo().get_param
        keep = int(days("mail_delivery.keep_days") or KEEP_DAYS)
        limit = fields.Datetime.now() - timedelta(days=keep)
        done = ("sent", "refused", "cancelled")
        domain = [("queued_at", "<", limit), ("state", "in", done)]
        old = self.sudo().search(domain, limit=GC_BATCH)
        old.unlink()
        return len(old), len(old) == GC_BATCH
