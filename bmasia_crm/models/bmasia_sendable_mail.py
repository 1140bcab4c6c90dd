"""Sending a paper: one way for wizard, RPC, REST and crons."""

import hashlib
import json
import uuid
from dataclasses import dataclass

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models, modules
from odoo.exceptions import UserError
from odoo.http import request as http_request
from odoo.tools import html2plaintext, html_sanitize, plaintext2html

from ..tools import answers, recipients, variables

SEND_BUDGET = 20  # seconds that a request may spend on SMTP
NUMBER_TO_COME = "[number]"  # stands in drafts of mails until the number is assigned
MAX_RECIPIENTS = 50  # more is a mailing, which this is not
ADDRESSES_SHOWN = 3  # in the message about a mail that left


@dataclass(frozen=True)
class Letter:
    """A mail that has been checked and can go out."""

    to: tuple
    cc: tuple
    subject: str
    body: Markup

    def numbered(self, number):
        """The same, with the number that it was waiting for."""
        subject = self.subject.replace(NUMBER_TO_COME, number)
        body = self.body.replace(NUMBER_TO_COME, number)
        return Letter(self.to, self.cc, subject, body)


class BmasiaSendableMixin(models.AbstractModel):
    _inherit = "bmasia.sendable.mixin"

    # ------------------------------------------------------------
    # WHAT PEOPLE CALL
    # ------------------------------------------------------------

    def action_send(self):
        """Open the Send wizard.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        self._check_can_send()
        return self.env["bmasia.send.wizard"]._open_for(self)

    def send_email(
        self, recipients=None, cc=None, subject=None, body=None, idempotency_key=None
    ):
        """Send this paper from the acting user's own mailbox and say what became of it.

        The paper gets its number, its PDF is kept, and both are committed before the
        mail server is asked. Calling again sends again, under the same number; an
        unchanged paper is the same file.

        :param list[str] recipients: addresses; default: the customer's contacts who
            receive this kind of paper
        :param list[str] cc: further addresses, seen by all
        :param str subject: default: from the template, in the paper's language
        :param str body: HTML or plain text; default: from the template
        :param str idempotency_key: a second call with the same key returns the first
            answer and sends nothing
        :returns: ``{"status", "message", "number", "sent_date", "from", "deliveries":
            [{"recipient", "state", "code", "error"}]}``, JSON-able; status is sent,
            queued, partial or refused
        :rtype: dict
        :raises UserError: no account, no valid recipient, no lines, an unresolved
            template variable; nothing is written then
        """
        self.ensure_one()
        paper = self._as_sender()
        paper.check_access("write")
        key = idempotency_key or paper._key_of_request(recipients, cc, subject, body)
        if made := self.env["bmasia.send.request"]._of(paper)._find(paper, key):
            return paper._answer_again(made)
        letter = paper._prepare_letter(recipients, cc, subject, body)
        sender = paper._check_sender()
        paper._check_can_send()
        request, is_new = made._claim(paper, key)
        if not is_new:
            return paper._answer_again(request)
        archived = paper._issue_paper()
        mail = paper._write_mail(letter, sender, archived)
        paper._commit_intent(request, mail, sender)
        mail._deliver(budget=SEND_BUDGET)
        return paper._answer(request)

    def _send_notice(self, template, receives_field, recipients, cc, idempotency_key):
        """Send a mail about this paper that is not the paper itself."""
        paper = self._as_sender()
        key = idempotency_key or paper._key_of_request(recipients, cc, template, None)
        if made := self.env["bmasia.send.request"]._of(paper)._find(paper, key):
            return paper._answer_again(made)
        values = paper._prepare_mail(template=template)
        if recipients is None:
            recipients = paper._default_recipients(receives_field)
            recipients = recipients.mapped("email_formatted")
        letter = paper._prepare_letter(
            recipients, cc, values["subject"], values["body"]
        )
        sender = paper._check_sender()
        request, is_new = made._claim(paper, key)
        if not is_new:
            return paper._answer_again(request)
        request.is_notice = True
        mail = paper._write_mail(letter, sender, self.env["ir.attachment"])
        paper._commit_intent(request, mail, sender)
        mail._deliver(budget=SEND_BUDGET)
        return paper._answer(request)

    # ------------------------------------------------------------
    # WHO, TO WHOM, WHAT
    # ------------------------------------------------------------

    def _as_sender(self):
        """This paper in the name of who sends it: the acting user; where nobody acts,
        the one who is responsible.
        """
        acting = self.env.user
        if self.env.uid != SUPERUSER_ID and acting._is_internal():
            return self
        if not self.user_id:
            raise UserError(self.env._("Nobody is responsible for this paper."))
        return self.with_user(self.user_id).sudo(self.env.su)

    def _check_sender(self):
        """The acting user's mailbox, by the billing entity's policy.

        :raises UserError: there is none that works
        """
        return self.env.user._check_mail_sender(self.company_id.sudo())

    def _get_mail_template(self):
        """The template that goes with this kind of paper."""
        return self.env.ref(self._mail_template).sudo()

    def _default_recipients(self, receives_field=None):
        """Who gets this paper unless somebody chooses.

        The contacts who receive this kind of paper; else whom it is addressed to; else
        the customer's first contact with an address.

        :rtype: res.partner
        """
        self.ensure_one()
        chosen = self._contacts(receives_field or self._receives_field)
        if not chosen and self.partner_id.email:
            chosen = self.partner_id
        return chosen or self._contacts("")[:1]

    def _contacts(self, receives_field):
        """The customer's contacts who receive something; all of them for ``""``."""
        return self.customer_id._contacts_for(receives_field)

    def _number_in_mail(self):
        """The number, or what stands for it until it is assigned. For templates."""
        self.ensure_one()
        return self.name or NUMBER_TO_COME

    def _greeting_name(self):
        """Whom a mail greets. For templates."""
        self.ensure_one()
        return self.partner_id.name or self._addressee()

    def _prepare_mail(self, subject=None, body=None, template=None):
        """Subject and body, from the template where they are not given.

        :param str template: xml id; default: of this kind of paper
        :returns: dict ``subject`` and ``body`` (HTML)
        """
        self.ensure_one()
        source = (
            self.env.ref(template).sudo() if template else self._get_mail_template()
        )
        source = source.with_context(lang=self._get_print_lang())
        if subject is None:
            subject = source._render_field("subject", self.ids)[self.id]
        if body is None:
            body = source._render_field("body_html", self.ids)[self.id]
        return {"subject": " ".join(subject.split()), "body": self._as_html(body)}

    def _as_html(self, text):
        """A body as programs and people give it: HTML, or plain text."""
        if isinstance(text, Markup):
            return text
        looks_like_html = "</" in text or "<br" in text or "<p>" in text
        return html_sanitize(text) if looks_like_html else plaintext2html(text)

    def _prepare_letter(self, to, cc, subject, body):
        """Check everything that can be checked before anything is written.

        :raises UserError: no recipient, one that is no address, an unresolved variable
        """
        if to is None:
            to = self._default_recipients().mapped("email_formatted")
        people = self._read_recipients(to)
        copies = self._read_recipients(cc, without=people)
        if not people:
            raise UserError(
                self.env._("Nobody to send this to. Add a contact with an address.")
            )
        if len(people) + len(copies) > MAX_RECIPIENTS:
            raise UserError(
                self.env._("More than %s recipients are a mailing.", MAX_RECIPIENTS)
            )
        values = self._prepare_mail(subject, body)
        self._check_resolved(values)
        return Letter(people, copies, values["subject"], values["body"])

    def _read_recipients(self, texts, without=()):
        read = recipients.parse(texts, without)
        if read.bad:
            raise UserError(
                self.env._("This is no e-mail address: %s", ", ".join(read.bad))
            )
        return read.good

    def _check_resolved(self, values):
        if not values["subject"]:
            raise UserError(self.env._("The mail has no subject."))
        if not html2plaintext(values["body"]).strip():
            raise UserError(self.env._("The mail says nothing."))
        left = variables.left_over(values["subject"] + str(values["body"]))
        if left:
            raise UserError(
                self.env._(
                    "The mail still holds a variable: %s. Replace it with what it "
                    "stands for.",
                    ", ".join(left),
                )
            )

    def _check_can_send(self):
        """Refuse what must not go out in this state."""
        self.ensure_one()
        if self.send_state in ("sending", "queued"):
            raise UserError(
                self.env._(
                    "%s is being sent already. Wait for the outcome, or cancel it.",
                    self.display_name,
                )
            )
        if self._is_draft():
            self._check_can_leave_draft()

    def _check_can_leave_draft(self):
        """Refuse to issue what is not complete."""

    # ------------------------------------------------------------
    # THE INTENT
    # ------------------------------------------------------------

    def _issue_paper(self):
        """Number first, then the PDF that shows it.

        :returns: the archived PDF, an ``ir.attachment``
        """
        self.ensure_one()
        self._mint_number()
        return self._archive_pdf()

    def _write_mail(self, letter, sender, archived):
        """One message in the chatter, and the mail that carries it."""
        letter = letter.numbered(self.name or "")
        message = self.message_post(
            author_id=self.env.user.partner_id.id,
            email_from=sender.from_header,
            reply_to=sender.reply_to,
            subject=letter.subject,
            body=Markup(letter.body),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=archived.ids,
            # The mail below is the only one: followers read it in the chatter.
            notify_skip_followers=True,
        )
        return (
            self.env["mail.mail"]
            .sudo()
            .create(
                {
                    "mail_message_id": message.id,
                    "is_notification": True,
                    "same_message": True,
                    "email_to": ", ".join(letter.to),
                    "email_cc": ", ".join(letter.cc),
                    "body_html": letter.body,
                    "auto_delete": True,
                }
            )
        )

    def _commit_intent(self, request, mail, sender):
        """Commit that this paper is to be sent, before the mail server hears of it.

        The only commit of this addon. RPC and REST build their answer before Odoo's own
        commit, and an answer that says "sent" must not be followed by a rollback: a
        number would be given twice, and the mail's record lost. From here on this
        transaction only reads; outcomes are written by the sending one.
        """
        request.write(
            {
                "message_id": mail.mail_message_id.id,
                "message_id_header": mail.message_id,
                "number": self.name,
                "sender": sender.from_header,
            }
        )
        self.sudo().write({"send_state": "sending", "send_header": mail.message_id})
        self.env.flush_all()
        if not modules.module.current_test:
            self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _key_of_request(self, *content):
        """One key per request: Odoo runs a request again after a conflict, and what
        was committed before that must not be sent twice.
        """
        if not http_request:
            return uuid.uuid4().hex
        keys = http_request.httprequest.environ.setdefault("bmasia_crm.send", {})
        plain = json.dumps([self._name, self.ids, content], default=str)
        digest = hashlib.sha256(plain.encode()).hexdigest()
        return keys.setdefault(digest, uuid.uuid4().hex)

    # ------------------------------------------------------------
    # THE ANSWER
    # ------------------------------------------------------------

    def _answer_again(self, request):
        """The answer to a request that was made before.

        What a crash left in the queue is delivered now; nothing new is sent.
        """
        waiting = request._deliveries().filtered(
            lambda row: row.state in ("queued", "sending")
        )
        waiting.sudo().mail_id._deliver(budget=SEND_BUDGET)
        return self._answer(request)

    def _answer(self, request):
        deliveries = request._deliveries()
        status = answers.status(deliveries.mapped("state"))
        moments = [moment for moment in deliveries.mapped("sent_at") if moment]
        return {
            "status": status,
            "message": self._answer_sentence(status, request, deliveries),
            "number": request.number or "",
            "sent_date": fields.Datetime.to_string(min(moments)) if moments else False,
            "from": request.sender or "",
            "deliveries": [self._answer_row(row) for row in deliveries],
        }

    def _answer_row(self, row):
        return {
            "recipient": row.recipient,
            "state": row.state,
            "code": row.smtp_code or 0,
            "error": row.error or (row.explanation if row.state != "sent" else ""),
        }

    def _answer_sentence(self, status, request, deliveries):
        paper = request.number or self.display_name
        if status == "sent":
            doubts = deliveries.filtered(lambda row: row.state == "unknown")
            if doubts:
                return " ".join([paper, doubts[0].explanation])
            return self.env._(
                "%(paper)s was sent to %(recipients)s.",
                paper=paper,
                recipients=self._some_of(deliveries.mapped("recipient")),
            )
        trouble = deliveries.filtered(lambda row: row.state != "sent")[:1]
        why = trouble.explanation or ""
        if status == "queued":
            return self.env._(
                "%(paper)s is in the queue. %(why)s", paper=paper, why=why
            )
        if status == "partial":
            return self.env._(
                "%(paper)s reached only some. %(why)s", paper=paper, why=why
            )
        return self.env._("%(paper)s was not sent. %(why)s", paper=paper, why=why)

    def _some_of(self, addresses):
        shown = ", ".join(addresses[:ADDRESSES_SHOWN])
        if more := len(addresses[ADDRESSES_SHOWN:]):
            return self.env._("%(some)s and %(more)s more", some=shown, more=more)
        return shown

    # ------------------------------------------------------------
    # THE OUTCOME
    # ------------------------------------------------------------

    def _mail_delivery_outcome(self, deliveries):
        """Follow what became of this paper's mails. In the sending transaction."""
        result = super()._mail_delivery_outcome(deliveries)
        requests = self.env["bmasia.send.request"].sudo()
        own = requests._of_headers(self, deliveries.mapped("message_id_header"))
        notices = own.filtered("is_notice")
        if moment := self._moment_gone(deliveries, own - notices):
            self._follow_sent(moment)
        if moment := self._moment_gone(deliveries, notices):
            self._follow_notice(moment)
        self._update_send_state()
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
        """What was ended while its mail waited is not sent any more."""
        try:
            self._check_can_still_send()
        except UserError as error:
            return str(error)
        return super()._mail_delivery_obstacle(delivery)

    def _check_can_still_send(self):
        """Refuse what was ended since it was to be sent."""

    def _follow_sent(self, moment):
        """The customer has it."""
        self.ensure_one()
        if not self.sent_date:
            self.sudo().sent_date = moment

    def _follow_notice(self, moment):
        """The customer has a notice about this paper."""

    def _last_deliveries(self):
        """The deliveries of the last mail of this paper."""
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
        for paper in self:
            rows = paper.sudo()._last_deliveries()
            trouble = rows.filtered(lambda row: row.state != "sent")[:1]
            words = [labels.get(paper.send_state)] if rows else []
            if trouble:
                words.append(trouble.sudo(False).sudo().explanation)
            paper.send_info = ": ".join(filter(None, words))
