from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import answers

ADDRESSES_SHOWN = 3  # in the message about a mail that left
SEND_STATES = [
    ("none", "Not sent"),
    ("sending", "Sending"),
    ("queued", "Queued"),
    ("refused", "Refused"),
    ("unknown", "Unknown"),
    ("sent", "Sent"),
]


class DocumentOutcomeMixin(models.AbstractModel):
    """The results of a document's mails.

    Gives: ``send_state``, ``send_info`` in words, ``sent_date``, the deliveries, and
    the answer of ``send_email``.

    A model says in which states a waiting mail must not leave any more
    (``_ended_states``) and what follows once the customer has it (``_follow_sent``).

    How it works: ``mail_delivery`` calls ``_mail_delivery_outcome`` in the transaction
    that records the server's answer, and ``_mail_delivery_obstacle`` before each mail.
    """

    _name = "document.outcome.mixin"
    _description = "Outcome of a Document's Mails"
    _inherit = ["document.archived.mixin", "mail.thread"]

    # States in which a mail that still waits must not leave any more.
    _ended_states = frozenset({"cancelled", "rejected", "superseded"})
    send_state = fields.Selection(
        SEND_STATES,
        "E-mail",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    send_info = fields.Char("About the E-mail", compute="_compute_send_info")
    send_header = fields.Char(
        readonly=True, copy=False, help="Message-ID of the last mail."
    )
    sent_date = fields.Datetime("Sent On", readonly=True, copy=False)
    delivery_ids = fields.One2many(
        "mail.delivery",
        "res_id",
        "E-mails",
        domain=lambda self: [("model", "=", self._name)],
        readonly=True,
    )

    # ------------------------------------------------------------
    # THE ANSWER
    # ------------------------------------------------------------

    def _answer(self, request):
        deliveries = request._deliveries()
        status = answers.status(deliveries.mapped("state"))
        moments = [moment for moment in deliveries.mapped("sent_at") if moment]
        return {
            "status": status,
            "message": self._answer_sentence(status, request, deliveries),
            "number": request.number or "",
            "sent_date": fields.Datetime.to_string(min(moments)) if moments else False,
            "queued_until": fields.Datetime.to_string(self._next_attempt(deliveries)),
            "from": request.sender or "",
            "deliveries": [self._answer_row(row) for row in deliveries],
        }

    def _next_attempt(self, deliveries):
        """When the first of those that wait is tried next, or False if none waits."""
        now = fields.Datetime.now()
        waiting = deliveries.filtered(lambda row: row.state in answers.WAITING).sudo()
        return min(
            (row.next_attempt or row.mail_id.scheduled_date or now for row in waiting),
            default=False,
        )

    def _answer_row(self, row):
        return {
            "recipient": row.recipient,
            "state": row.state,
            "code": row.smtp_code or 0,
            "error": row.error or (row.explanation if row.state != "sent" else ""),
        }

    def _answer_sentence(self, status, request, deliveries):
        document = request.number or self.display_name
        if status == "sent":
            doubts = deliveries.filtered(lambda row: row.state == "unknown")
            if doubts:
                return " ".join([document, doubts[0].explanation])
            return self.env._(
                "%(document)s was sent to %(recipients)s.",
                document=document,
                recipients=self._some_of(deliveries.mapped("recipient")),
            )
        why = deliveries._most_severe().explanation or ""
        if status == "queued":
            return self.env._(
                "%(document)s is in the queue. %(why)s", document=document, why=why
            )
        if status == "partial":
            return self.env._(
                "%(document)s was sent to %(sent)s of %(count)s recipients. %(why)s",
                document=document,
                sent=len(deliveries.filtered(lambda row: row.state in answers.GONE)),
                count=len(deliveries),
                why=why,
            )
        return self.env._(
            "%(document)s was not sent. %(why)s", document=document, why=why
        )

    def _some_of(self, addresses):
        shown = ", ".join(addresses[:ADDRESSES_SHOWN])
        if more := len(addresses[ADDRESSES_SHOWN:]):
            return self.env._("%(some)s and %(more)s more", some=shown, more=more)
        return shown

    # ------------------------------------------------------------
    # THE OUTCOME
    # ------------------------------------------------------------

    def _mail_delivery_outcome(self, deliveries):
        """Follow the results of this document's mails. In the sending transaction."""
        result = super()._mail_delivery_outcome(deliveries)
        requests = self.env["document.send.request"].sudo()
        own = requests._of_headers(self, deliveries.mapped("message_id_header"))
        notices = own.filtered("is_notice")
        if moment := self._moment_gone(deliveries, own - notices):
            self._follow_sent(moment)
        if moment := self._moment_gone(deliveries, notices):
            self._follow_notice(moment)
        notices.reminder_id._follow_mail()
        self._update_send_state()
        self.env["document.send.batch"].sudo()._finish_of(own)
        return result

    def _moment_gone(self, deliveries, requests):
        """When the first mail of these requests left, or False."""
        headers = set(requests.mapped("message_id_header"))
        gone = deliveries.filtered(
            lambda row: row.message_id_header in headers and row.state in answers.GONE
        )
        moments = [moment for moment in gone.mapped("sent_at") if moment]
        return gone and min(moments, default=fields.Datetime.now())

    def _mail_delivery_obstacle(self, delivery):
        """A mail that carries what has ended, or reminds of what is resolved,
        is not sent any more. What people write about it always leaves.
        """
        mail = delivery.sudo().mail_id
        try:
            if mail.document_purpose == "document":
                self._check_can_still_send()
            elif mail.document_purpose == "reminder":
                self._check_still_reminds(mail)
        except UserError as error:
            return str(error)
        return super()._mail_delivery_obstacle(delivery)

    def _check_can_still_send(self):
        """Refuse what was ended since it was to be sent."""
        if "state" in self._fields and self.state in self._ended_states:
            state = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Not sent: %(document)s is %(state)s.",
                    document=self.display_name,
                    state=state[self.state].lower(),
                )
            )

    def _follow_sent(self, moment):
        """The customer has it."""
        self.ensure_one()
        if not self.sent_date:
            self.sudo().sent_date = moment

    # ------------------------------------------------------------
    # OUTSIDE
    # ------------------------------------------------------------

    def _mark_sent(self, sent_date):
        """Follow that this reached the customer by other means.

        :param sent_date: the day, a date or ``YYYY-MM-DD``; nothing: now
        """
        day = self._read_past_day(sent_date)
        self._issue_document()
        self._check_sent_day(day)
        self._follow_sent(self._moment_of(day))

    def _check_sent_day(self, day):
        """Refuse a day on which the document was not there yet."""

    def _moment_of(self, day):
        """A moment of a day at the billing entity's desk: now, or its noon."""
        if day == self._today():
            return fields.Datetime.now()
        zone = ZoneInfo(self.company_id.sudo().time_zone or "UTC")
        noon = datetime.combine(day, time(12), zone)
        return noon.astimezone(UTC).replace(tzinfo=None)

    def _read_past_day(self, value):
        """A day on which something has happened, today unless said.

        :param value: a date, ``YYYY-MM-DD`` or nothing
        :raises UserError: it is no day, or still to come
        """
        self.ensure_one()
        day = self._read_day(value) or self._today()
        if day > self._today():
            raise UserError(
                self.env._(
                    "%(document)s: %(day)s is still to come. Choose today or an "
                    "earlier day.",
                    document=self.display_name,
                    day=self._say_day(day),
                )
            )
        return day

    def _read_answer_day(self, value):
        """The day of the customer's answer: not before there was something to answer.

        :param value: as of :meth:`_read_past_day`
        :raises UserError: as there, or the document was sent later
        """
        day = self._read_past_day(value)
        sent = self.sent_date and self.company_id._local_day(self.sent_date)
        if sent and day < sent:
            raise UserError(
                self.env._(
                    "%(document)s was sent on %(sent)s. Choose that day or a later "
                    "one.",
                    document=self.display_name,
                    sent=self._say_day(sent),
                )
            )
        return day

    def _follow_notice(self, moment):
        """The customer has a notice about this document."""

    def _last_deliveries(self):
        """The deliveries of the last mail of this document."""
        self.ensure_one()
        return self.delivery_ids.filtered(
            lambda row: self.send_header and row.message_id_header == self.send_header
        )

    def _update_send_state(self):
        states = self.sudo()._last_deliveries().mapped("state")
        self.sudo().send_state = answers.send_state(states)

    @api.depends("send_state", "delivery_ids.state")
    @api.depends_context("lang", "tz", "uid")
    def _compute_send_info(self):
        """The last mail in words: sent, queued until when, refused and why."""
        labels = dict(self._fields["send_state"]._description_selection(self.env))
        for document in self:
            rows = document.sudo()._last_deliveries()
            trouble = rows._most_severe()
            words = [labels.get(document.send_state)] if rows else []
            if trouble:
                words.append(trouble.explanation)
            document.send_info = ": ".join(filter(None, words))
