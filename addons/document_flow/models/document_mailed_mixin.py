"""Sending a document: one way for wizard, RPC, REST and crons."""

import hashlib
import json
from dataclasses import replace

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models, modules
from odoo.exceptions import AccessError, UserError, ValidationError

from ..exceptions import DocumentConflict
from ..tools.request_keys import RequestKeys
from .mail_mail import AUTOMATIC_HEADERS

# What a caller may leave to the template and to the customer's contacts.
NOTHING_SAID = {"to": None, "cc": None, "subject": None, "body": None}
MAX_AHEAD = 366  # days that a mail may wait; later is a slip of the keyboard


class DocumentMailedMixin(models.AbstractModel):
    """A document that is mailed from the account of who sends it.

    Gives: ``action_send`` (the wizard, or a bulk send of several), ``send_email`` for
    programs, ``_send_notice`` for mails about it that do not carry it.

    A model adds what must be right before it leaves (``_check_can_leave_draft``).

    How it works: everything is checked first; then the number is assigned, the PDF
    printed and kept, and the request, the message and the mail written, in one
    transaction. ``_deliver_now`` commits that and asks the mail server. The result of
    the mail is followed in ``document.outcome.mixin``.
    """

    _name = "document.mailed.mixin"
    _description = "Mailed Document"
    _inherit = ["document.checked.mixin", "document.letter.mixin"]

    # ------------------------------------------------------------
    # WHAT PEOPLE CALL
    # ------------------------------------------------------------

    def action_send(self):
        """Open the Send wizard; for several documents, the list of what would be sent.

        :returns: an action
        :rtype: dict
        """
        if len(self) > 1:
            return self.env["document.send.batch"]._open_for(self)
        self.ensure_one()
        self.check_access("write")
        self._check_can_send()
        return self.env["document.send.wizard"]._open_for(self)

    def send_email(
        self,
        recipients=None,
        cc=None,
        subject=None,
        body=None,
        idempotency_key=None,
        attachment_ids=None,
        send_at=None,
        send_again=None,
    ):
        """Send this document from the acting user's own mailbox and return the result.

        The document gets its number, its PDF is kept, and both are committed before the
        mail server is asked. Calling again sends again, under the same number; an
        unchanged document is the same file. The same words to the same people within
        ten minutes are refused, unless that is meant.

        :param list[str] recipients: addresses; default: the customer's contacts who
            receive this kind of document
        :param list[str] cc: other recipients, seen by all
        :param str subject: default: from the template, in the document's language
        :param str body: HTML or plain text; default: from the template
        :param str idempotency_key: a second call with the same key returns the first
            answer and sends nothing
        :param list[int] attachment_ids: other files, which the caller may read
        :param send_at: a moment in UTC, as ``YYYY-MM-DD HH:MM:SS``; until then the mail
            waits in the queue and can be cancelled
        :param bool send_again: true: also what has just gone; default: with a key of
            the caller's own, which tells a new call from a repeated one
        :returns: ``{"status", "message", "number", "sent_date", "queued_until",
            "from", "deliveries": [{"recipient", "state", "code", "error"}]}``,
            JSON-able; status is sent, queued, partial or refused; moments are UTC
        :rtype: dict
        :raises UserError: no account, no valid recipient, no lines, an unresolved or
            empty template variable, a moment in the past; nothing is written then
        """
        document, request = self._intend_mail(
            {"to": recipients, "cc": cc, "subject": subject, "body": body},
            idempotency_key,
            attachment_ids=attachment_ids,
            send_at=send_at,
            send_again=bool(idempotency_key) if send_again is None else send_again,
        )
        return document._deliver_now(request)

    def action_cancel_mail(self):
        """Cancel sending this document's mail; what is under way stays.

        :returns: True
        :raises UserError: nothing is waiting any more
        """
        self.check_access("write")
        for document in self:
            rows = document.sudo()._last_deliveries()
            waiting = rows.filtered(lambda row: row.state in ("queued", "deferred"))
            if not waiting:
                raise UserError(self.env._("Nothing is waiting to be sent. Reload."))
            waiting.mail_id.cancel()
            rows._settle()
        return True

    def _waiting_mails(self):
        """The deliveries of this document and of reminders that wait to be sent; what
        people wrote about it is theirs.
        """
        self.ensure_one()
        return self.sudo().delivery_ids.filtered(
            lambda row: row.state in ("queued", "deferred")
            and row.mail_id.document_purpose in ("document", "reminder")
        )

    def _withdraw_mails(self):
        """Do not send what waits: the document comes to nothing."""
        rows = self._waiting_mails()
        rows.mail_id.cancel()
        rows._settle()

    # ------------------------------------------------------------
    # WHO SENDS, AND WHETHER
    # ------------------------------------------------------------

    def _as_sender(self):
        """This document in the name of who sends it: the acting user; where nobody
        acts, the one who is responsible.
        """
        acting = self.env.user
        if self.env.uid != SUPERUSER_ID and acting._is_internal():
            return self
        if not self.user_id:
            raise UserError(self.env._("Nobody is responsible for this document."))
        self.user_id._check_automatic_reminders()
        return self.with_user(self.user_id).sudo(self.env.su)

    def _check_sender(self):
        """The acting user's mailbox, by the billing entity's policy.

        :raises UserError: there is none that works
        """
        return self.env.user._check_mail_sender(self.company_id.sudo())

    def _why_not_sendable(self):
        """What would stop this document if it were sent now, or False."""
        document = self._as_sender()
        try:
            with self.env.cr.savepoint():
                document.check_access("write")
                document._prepare_letter(None, None, None, None)
                document._check_sender()
                document._check_can_send()
        except (UserError, AccessError, ValidationError) as error:
            return str(error)
        return False

    def _check_can_send_now(self):
        """The same for a program that called: it learns whether the state is in the
        way, or something that is missing on a draft.

        :raises DocumentConflict: the state is
        :raises UserError: something is missing
        """
        try:
            self._check_can_send()
        except UserError as error:
            if not self._is_draft() or self.send_state in ("sending", "queued"):
                raise DocumentConflict(str(error)) from error
            raise

    def _check_can_send(self):
        """Refuse what must not go out in this state."""
        self.ensure_one()
        if self._is_void():
            raise UserError(self._void_sentence())
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

    def _send_notice(
        self, template, receives_field, letter=None, idempotency_key=None, **extra
    ):
        """Send a mail about this document that is not the document itself.

        :param str template: xml id
        :param str receives_field: who gets it unless somebody chooses
        :param dict letter: ``to``, ``cc``, ``subject``, ``body``, where they are chosen
        :param extra: ``reminder``, ``attachment_ids``, ``send_at``, ``send_again``
        """
        document, request = self._intend_notice(
            template, receives_field, letter, idempotency_key, **extra
        )
        return document._deliver_now(request)

    def _intend_notice(
        self, template, receives_field, letter=None, idempotency_key=None, **extra
    ):
        return self._intend_mail(
            {**(letter or {}), "template": template, "receives": receives_field},
            idempotency_key,
            is_notice=True,
            **extra,
        )

    def _intend_mail(
        self,
        words,
        idempotency_key,
        attachment_ids=None,
        send_at=None,
        is_notice=False,
        reminder=None,
        send_again=False,
    ):
        """Check, number, print and record that this is to be sent; send nothing yet.

        The caller commits: ``_deliver_now``, or a cron after each document.

        :param dict words: of :meth:`_prepare_letter`
        :returns: this document as its sender sees it, and the request
        """
        self.ensure_one()
        self._check_asked(words, idempotency_key, attachment_ids)
        document = self._as_sender()
        document.check_access("write")
        digest = document._digest_of_request(words, attachment_ids, send_at)
        key = idempotency_key or document._own_key(digest)
        requests = document.env["document.send.request"].sudo()
        if made := requests._find(document, key, digest):
            return document, made
        letter = document._compose(words, attachment_ids, send_at)
        sender = document._check_sender()
        if is_notice:
            document._check_no_reminder_waits(reminder)
        else:
            document._check_can_send_now()
        if not send_again:
            document._check_not_repeated(letter, words.get("template"))
        document._check_size(letter, sender, document._archived_pdf())
        request, is_new = requests._claim(document, key, digest, reminder, is_notice)
        if is_new:
            acts = document.env.uid == self.env.uid
            purpose = document._mail_purpose(is_notice, reminder, nobody_acts=not acts)
            template = words.get("template")
            document._write_intent(request, letter, sender, purpose, template)
        return document, request

    def _check_asked(self, words, idempotency_key, attachment_ids):
        """Refuse what a program gives in another type than is asked for."""
        for name, value, kind in (
            ("recipients", words.get("to"), "texts"),
            ("cc", words.get("cc"), "texts"),
            ("subject", words.get("subject"), "text"),
            ("body", words.get("body"), "text"),
            ("idempotency_key", idempotency_key, "text"),
            ("attachment_ids", attachment_ids, "ids"),
        ):
            self._check_argument(name, value, kind)

    def _compose(self, words, attachment_ids, send_at):
        """The letter with its attachments and the time of sending, all checked.

        :param dict words: of :meth:`_prepare_letter`
        """
        return replace(
            self._prepare_letter(**{**NOTHING_SAID, **words}),
            attachment_ids=self._check_files(attachment_ids),
            send_at=self._check_moment(send_at),
        )

    def _write_intent(self, request, letter, sender, purpose, template):
        """Number, PDF, message and mail of a request that is new.

        :param dict purpose: of :meth:`_mail_purpose`
        :param str template: of a notice, which carries no PDF; else None
        """
        archived = self.env["ir.attachment"]
        if not request.is_notice:
            archived = self._issue_document()
            self._check_size(letter, sender, archived)
        letter = letter.numbered(self.name or "")
        digest = self._digest_of_letter(letter, template)
        mail = self._write_mail(letter, sender, archived, purpose)
        self._record_intent(request, mail, sender, digest)
        if request.reminder_id:
            request.reminder_id._await_mail()

    def _mail_purpose(self, is_notice, reminder, nobody_acts=False):
        """What a mail is written for: it is withdrawn with what it is about.

        :param bool nobody_acts: sent automatically, in the responsible person's name
        :returns: values of a ``mail.mail``
        :rtype: dict
        """
        purpose = {"document_purpose": "document"}
        if is_notice:
            purpose = self._reminder_purpose(reminder)
        if nobody_acts or (reminder and reminder.is_automatic):
            purpose["headers"] = repr(AUTOMATIC_HEADERS)
        return purpose

    def _write_mail(self, letter, sender, archived, purpose):
        """One message in the chatter, and the mail that carries it."""
        message = self.message_post(
            author_id=self.env.user.partner_id.id,
            email_from=sender.from_header,
            reply_to=sender.reply_to,
            subject=letter.subject,
            body=Markup(letter.body),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=[*archived.ids, *letter.attachment_ids],
            # The mail below is the only one: followers read it in the chatter.
            notify_skip_followers=True,
        )
        mail = (
            self.env["mail.mail"]
            .sudo()
            .create(
                {
                    "mail_message_id": message.id,
                    "is_notification": True,
                    "same_message": True,
                    "email_to": ", ".join(letter.to),
                    "email_cc": ", ".join(letter.cc),
                    "body_html": self._mail_html(message, letter),
                    "auto_delete": True,
                    "scheduled_date": letter.send_at,
                    **purpose,
                }
            )
        )
        self._bind_contacts(mail)
        return mail

    def _mail_html(self, message, letter):
        """What the mail says, which is more than its message in the chatter does.

        :param message: the ``mail.message`` that it carries
        :param Letter letter: its words and recipients
        :rtype: Markup
        """
        return self._in_its_own_language(letter.body)

    def _in_its_own_language(self, body):
        """A mail's text, with the language in which it is read aloud."""
        lang = self._get_print_lang().replace("_", "-")
        return Markup('<div lang="%s">%s</div>') % (lang, Markup(body))

    def _check_files(self, attachment_ids):
        """Only what the caller may read is sent along.

        :returns: ids
        """
        files = self.env["ir.attachment"].browse(attachment_ids or ()).exists()
        files.check_access("read")
        if len(files) != len(set(attachment_ids or ())):
            raise UserError(self.env._("An attachment is gone. Attach it again."))
        return tuple(files.ids)

    def _check_moment(self, send_at):
        """When the mail leaves, if not at once.

        :raises UserError: that is no moment, or past, or very far ahead
        """
        if not send_at:
            return None
        try:
            moment = fields.Datetime.to_datetime(send_at)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("Write the moment as YYYY-MM-DD HH:MM:SS, in UTC.")
            ) from error
        now = fields.Datetime.now()
        if moment < now:
            raise UserError(
                self.env._("The time of sending is in the past. Choose a later one.")
            )
        if moment > fields.Datetime.add(now, days=MAX_AHEAD):
            raise UserError(self.env._("The mail would wait for more than a year."))
        return moment

    def _record_intent(self, request, mail, sender, letter_digest):
        request.write(
            {
                "letter_digest": letter_digest,
                "message_id": mail.mail_message_id.id,
                "message_id_header": mail.message_id,
                "number": self.name,
                "sender": sender.from_header,
            }
        )
        state = "queued" if mail.scheduled_date else "sending"
        self.sudo().write({"send_state": state, "send_header": mail.message_id})

    def _leave_to_queue(self):
        """Nobody waits for the outcome: the queue delivers it."""
        self.invalidate_recordset(["delivery_ids"])
        self._update_send_state()

    def _deliver_now(self, request):
        """Commit that this document is to be sent, deliver what waits, and answer.

        The only commit of this addon. RPC and REST build their answer before Odoo's own
        commit, and an answer that says "sent" must not be followed by a rollback: a
        number would be given twice, and the mail's record lost. From here on this
        transaction only reads; outcomes are written by the sending one. Nothing is read
        between commit and delivery, or the answer would be older than the outcome.

        Of a request that was made before, what a crash left in the queue is delivered;
        nothing new is sent.
        """
        mails = request._waiting_mails()
        self.env.flush_all()
        if not modules.module.current_test:
            self.env.cr.commit()  # pylint: disable=invalid-commit
            RequestKeys.of(self.env.cr).follow(self.env.cr)
        mails._deliver()
        return self._answer(request)

    @api.model
    def _own_key(self, digest):
        """One key per call without a key: Odoo runs a call again after a conflict, and
        what was committed before that must not be sent twice.
        """
        return RequestKeys.of(self.env.cr).next(self.env.cr, digest)

    def _digest_of_request(self, *content):
        """Tells two requests apart: what is sent, to whom, in which words."""
        content = [self._name, self.ids, content]
        plain = json.dumps(content, default=str, sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()
