import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.addresses import Mailbox, read, wire_form
from ..tools.replies import FAILED, PENDING, WAITING

_logger = logging.getLogger(__name__)

KEEP_DAYS = 730  # two years: longer than a customer argues about an invoice
GC_BATCH = 10000  # rows per run of the vacuum
NEWS = "mail.delivery/news"  # the notification's type; static/src/delivery_news.js
# Each model once, by one look into an index for each, however many rows there are.
DOCUMENT_MODELS = """
    WITH RECURSIVE found(model) AS (
        SELECT min(model) FROM mail_delivery
         UNION ALL
        SELECT (SELECT min(model) FROM mail_delivery WHERE model > found.model)
          FROM found WHERE found.model IS NOT NULL)
    SELECT model FROM found WHERE model IS NOT NULL
"""


class MailDelivery(models.Model):
    """One recipient of one outgoing mail, and the result of sending it.

    Made with the mail in the business transaction, kept after the mail is gone. Only
    the engine writes here, as superuser; people settle a row through its actions.

    In this file: the fields, who may read and settle a row, the actions, and who is
    told about a result (document, mail, open screens).
    """

    _name = "mail.delivery"
    _inherit = [
        "mail_delivery.explained.mixin",
        "mail_delivery.notified.mixin",
        "mail_delivery.followed_up.mixin",
    ]
    _description = "Mail Delivery"
    _order = "id desc"
    _rec_name = "recipient"
    _log_access = True

    mail_id = fields.Many2one("mail.mail", "Outgoing Mail", index="btree_not_null")
    mail_message_id = fields.Many2one("mail.message", "Message", index="btree_not_null")
    message_id_header = fields.Char(
        "Message-ID", index="btree_not_null", help="The same on each attempt."
    )
    # people search for parts of these, among millions of rows
    subject = fields.Char(index="trigram")
    author_id = fields.Many2one("res.partner", "Author")
    user_id = fields.Many2one(
        "res.users", "Sender", index=True, help="The user who had the mail sent."
    )
    email_from = fields.Char("From")
    mail_server_id = fields.Many2one("ir.mail_server", "Mail Server")
    model = fields.Char("Document Model")
    res_id = fields.Many2oneReference("Document", model_field="model")
    recipient = fields.Char("To", index="trigram", help="The bare address.")
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
    smtp_code = fields.Integer("SMTP Code", aggregator=None)
    smtp_enhanced_code = fields.Char("SMTP Status")
    error = fields.Text("Server Response", help="Why it was not delivered.")
    size = fields.Integer(
        readonly=True, aggregator=None, help="In bytes as it travels, of large mails."
    )
    smtp_reply = fields.Text("Last Reply", help="The server's last answer.")
    queued_at = fields.Datetime("Date", default=fields.Datetime.now, required=True)
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
    _sending_limit = models.Index(
        "(mail_server_id, handed_at) WHERE mail_server_id IS NOT NULL"
    )
    _of_document = models.Index("(model, res_id)")
    # what was sent lately, of whichever account: how fast, and with which result
    _handed = models.Index("(handed_at) WHERE handed_at IS NOT NULL")
    _failed = models.Index("(write_date) WHERE state IN ('deferred', 'refused')")

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
        seen = Domain("user_id", "=", self.env.uid) | self._of_readable_documents()
        return super()._search(Domain(domain) & seen, offset, limit, order, **kwargs)

    @api.model
    def _of_readable_documents(self):
        """The rows of documents that the user may read, as PostgreSQL finds them: one
        by one, as far as it needs them. Two million ids take seconds to compare.
        """
        readable = [
            name
            for (name,) in self.env.execute_query(
                SQL(DOCUMENT_MODELS, to_flush=self._fields["model"])
            )
            if name in self.env and self.env[name].has_access("read")
        ]
        return Domain.OR(map(self._of_readable, readable))

    @api.model
    def _of_readable(self, name):
        documents = self.env[name].with_context(active_test=False)

        def to_sql(rows, alias, query):
            found = documents._search(Domain.TRUE)
            found.add_where(
                SQL(
                    "%s = %s",
                    SQL.identifier(found.table, "id"),
                    rows._field_to_sql(alias, "res_id", query),
                )
            )
            return SQL("EXISTS (%s)", found.select(SQL("1")))

        return Domain("model", "=", name) & Domain.custom(to_sql=to_sql)

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
        """Cancel the sending of waiting rows; what is being sent is not stopped."""
        waiting = self.filtered(lambda row: row.state in WAITING)
        if waiting:
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

    # ------------------------------------------------------------
    # OPEN SCREENS
    # ------------------------------------------------------------

    def _tell_screens(self):
        """Tell the senders' open browsers which documents have news, at the commit.

        Context ``mail_delivery_late``: the user no longer waits for the answer, so it
        is shown as a notification, too, where it is about one document.
        """
        late = self.env.context.get("mail_delivery_late")
        for user, rows in self.grouped("user_id").items():
            if not user._is_internal():
                continue
            news = {"deliveries": rows.ids, "documents": rows._documents_in_short()}
            if late and len(news["documents"]) == 1:
                news |= rows._late_answer(user)
            user._bus_send(NEWS, news)

    def _documents_in_short(self):
        found = {(row.model, row.res_id) for row in self if row.model and row.res_id}
        return [{"model": model, "id": res_id} for model, res_id in sorted(found)]

    def _late_answer(self, user):
        """The result in words; nothing while the mail is on its way."""
        rows = self.with_context(lang=user.lang or self.env.lang, tz=user.tz)
        if any(row.state in PENDING for row in rows):
            return {}
        # who did not get it goes first
        row = rows.sorted(lambda row: row.state == "sent")[:1]
        document = row._document_for(user)
        if not document:
            return {}
        kinds = {"sent": "success", "cancelled": "info"}
        return {
            "type": kinds.get(row.state, "danger"),
            "message": f"{document.display_name}: {row.explanation}",
        }

    def _document_for(self, user):
        """The document of this row, if there is one that this user may read."""
        model = self.env.get(self.model) if self.model else None
        if model is None or not self.res_id:
            return None
        document = model.with_user(user).browse(self.res_id).exists()
        return document if document and document.has_access("read") else None

    # ------------------------------------------------------------
    # CORRECTED ADDRESSES
    # ------------------------------------------------------------

    def _readdress(self, wanted):
        """Follow partners whose address changed while their mail was waiting.

        :param dict wanted: of ``mail.mail._delivery_recipients``
        """
        known = set(map(wire_form, self.mapped("recipient")))
        still = set(map(wire_form, wanted))
        for row in self:
            done = row.state in ("sending", "sent", "unknown")
            if done or wire_form(row.recipient) in still:
                continue
            for address, (_kind, partner) in wanted.items():
                if not partner or partner != row.partner_id:
                    continue
                if wire_form(address) not in known:
                    row.recipient = address

    def _redirect(self, address):
        """Send this recipient's copy there, in the mail's headers as well."""
        old, mail = wire_form(self.recipient), self.mail_id
        shown = mail._email_notifications().filtered(
            lambda row: wire_form(row.mail_email_address or "") == old
        )
        shown.mail_email_address = address
        self.recipient = address
        typed = {
            name: ", ".join(
                Mailbox(box.name, address).formatted
                if box.wire == old
                else box.formatted
                for box in read(mail[name]).good
            )
            for name in ("email_to", "email_cc")
            if old in {box.wire for box in read(mail[name] or "").good}
        }
        if typed:
            mail.write(typed)

    # ------------------------------------------------------------
    # OLD ROWS
    # ------------------------------------------------------------

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
