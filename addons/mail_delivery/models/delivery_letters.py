"""From a mail and its claimed rows to what goes over the wire."""

import logging

import psycopg2

from odoo.tools import email_normalize
from odoo.tools.mail import email_split_and_format_normalize, unfold_references
from odoo.tools.misc import unique

from ..tools.addresses import CONTROL, problem_of, read, wire_form
from ..tools.failures import MessageError, text_of
from ..tools.replies import Outcome, Verdict
from ..tools.transmission import Letter, has_line_break
from ..tools.wire import as_bytes

_logger = logging.getLogger(__name__)

WORTH_NOTING = 1024 * 1024  # bytes; a smaller mail is never too large


def prepare(account, mail_id, rows):
    """Put together what these recipients of a mail get.

    :param Account account: with an open session, on which the From address depends
    :param list[Claimed] rows: of this mail
    :returns: ``{row id: (letter, address)}``, or a verdict in place of the pair for
        a recipient who gets nothing
    :raises MessageError: nobody gets this mail
    :raises MailHeld: nobody gets it now
    """
    mail = account.env["mail.mail"].browse(mail_id)
    try:
        return MailLetters(account, mail).for_rows(rows)
    except (MemoryError, MailHeld, MessageError, psycopg2.Error):
        raise
    except Exception as error:
        _logger.exception("mail delivery: mail %s cannot be put together", mail_id)
        raise MessageError("broken", text_of(error)) from error


class MailHeld(Exception):
    """This mail has to wait after all: something changed since it was claimed."""


class MailLetters:
    """The letters of one mail: one for all, or one per partner, as core prepares."""

    def __init__(self, account, mail):
        self.account = account
        self.mail = mail
        self.env = mail.env
        self.server = account.server
        self.built = {}

    def for_rows(self, rows):
        if sentence := self.mail._delivery_hold():
            raise MailHeld(sentence)
        self._check_server()
        self._remember_size()
        obstacles = self._obstacles(rows)
        self.emails = self.mail._prepare_outgoing_list(
            mail_server=self.server or self.mail.mail_server_id,
            doc_to_followers=self._followers(),
        )
        self._check_attachments()
        self.thread = self._thread(rows)
        letters = {row.id: obstacles.get(row.id) or self._for_row(row) for row in rows}
        self._note_sizes(letters)
        return letters

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _check_server(self):
        if self.server and not self.mail._filter_mail_mail_servers(self.server):
            raise MessageError(
                "settings", self.env._("This account belongs to somebody else.")
            )

    def _remember_size(self):
        """The next mail that is too large is refused before it is made."""
        if not self.server:
            return
        try:
            with self.env.cr.savepoint():
                self.server._remember_size(self.account.session)
                self.server.flush_recordset()
        except psycopg2.errors.OperationalError:
            # Somebody else is writing the account; the next mail tells it again.
            self.server.invalidate_recordset()

    def _obstacles(self, rows):
        """Ask the document whether its mail may still be sent."""
        found = {}
        for delivery in self.env["mail.delivery"].browse([row.id for row in rows]):
            document = delivery._document()
            reason = document and document._mail_delivery_obstacle(delivery)
            if reason:
                found[delivery.id] = Verdict(Outcome.CANCELLED, "obstacle", text=reason)
        return found

    def _check_attachments(self):
        """Refuse a mail whose attachment cannot be read; core sends an empty file."""
        whole = self.mail.attachment_ids.sudo().with_context(bin_size=False)
        for attachment in whole:
            if attachment.type != "binary" or not attachment.file_size:
                continue
            if len(attachment.raw or b"") != attachment.file_size:
                raise MessageError("attachment", attachment.name)

    def _followers(self):
        if "/mail/unfollow" not in (self.mail.body_html or ""):
            return {}
        return self.env["mail.followers"]._get_mail_doc_to_followers(self.mail.ids)

    # ------------------------------------------------------------
    # WHICH RECIPIENT GETS WHICH LETTER
    # ------------------------------------------------------------

    def _for_row(self, row):
        if not row.recipient:
            return Verdict(Outcome.REFUSED, "no_address")
        problem = not row.partner_id and problem_of(row.recipient)
        if problem:
            return Verdict(Outcome.REFUSED, problem, text=row.recipient)
        if self._is_archived(row):
            return Verdict(Outcome.CANCELLED, "archived")
        email = self._email_of(row)
        if email is None:
            return Verdict(Outcome.CANCELLED, "removed")
        address = self._address(row, email)
        if isinstance(address, Verdict):
            return address
        letter = self._letter_once(email)
        return letter if isinstance(letter, Verdict) else (letter, address)

    def _is_archived(self, row):
        """Whether the contact was archived while the mail waited."""
        partner = self.env["res.partner"].sudo().browse(row.partner_id or ()).exists()
        return bool(partner) and not partner.active

    def _email_of(self, row):
        """The prepared email that this row is for; the partner's own goes first."""
        for email in self.emails:
            if row.partner_id and email["partner_id"]:
                if email["partner_id"].id == row.partner_id:
                    return email
        for email in self.emails:
            if wire_form(row.recipient) in self._wires(email):
                return email
        if row.kind == "bcc" and self.emails:
            return self.emails[0]
        return None

    def _address(self, row, email):
        """The bare ASCII address, or why there is none."""
        known, wire = email["email_to_normalized"], wire_form(row.recipient)
        is_own = email["partner_id"] and email["partner_id"].id == row.partner_id
        if is_own and known and wire not in self._wires(email):
            # The partner's address was corrected while the mail waited.
            row.recipient, wire = known[0], self._wires(email)[0]
            self.env["mail.delivery"].browse(row.id).recipient = known[0]
        if problem := problem_of(row.recipient):
            reason = "no_address" if row.recipient.startswith("(") else problem
            return Verdict(Outcome.REFUSED, reason, text=row.recipient)
        return wire

    def _wires(self, email):
        """The addresses of a prepared email as the envelope takes them."""
        return [wire_form(address) for address in email["email_to_normalized"]]

    # ------------------------------------------------------------
    # THE LETTER
    # ------------------------------------------------------------

    def _letter_once(self, email):
        key = id(email)
        if key not in self.built:
            self.built[key] = self._letter_or_verdict(email)
        return self.built[key]

    def _letter_or_verdict(self, email):
        """One recipient's broken letter does not stop the mail's other ones."""
        try:
            return self._letter(email)
        except MessageError as error:
            return error.verdict()
        except AssertionError as error:
            # Core's way to say that an address is missing or malformed.
            model = self.env["ir.mail_server"]
            about_to = error.args and error.args[0] == model.NO_VALID_RECIPIENT
            reason = "invalid_address" if about_to else "no_sender"
            text = str(error.args[-1]) if error.args else ""
            return Verdict(Outcome.REFUSED, reason, text=text)
        except (LookupError, TypeError, ValueError) as error:
            _logger.info("mail delivery: mail %s: %s", self.mail.id, error)
            return Verdict(Outcome.REFUSED, "broken", text=text_of(error))

    def _letter(self, email):
        sender = self._sender()
        self._check_line_breaks(sender, email)
        mail_servers = self._contextualized(email)
        message = mail_servers._build_email__(
            email_from=sender,
            email_to=email["email_to"],
            subject=email["subject"],
            body=email["body"],
            body_alternative=email["body_alternative"],
            email_cc=email["email_cc"],
            reply_to=email["reply_to"],
            attachments=email["attachments"],
            message_id=email["message_id"],
            references=self._references(email),
            object_id=email["object_id"],
            subtype="html",
            subtype_alternative="plain",
            headers=self._headers(email),
        )
        envelope_sender, _to, message = mail_servers._prepare_email_message__(
            message, self.account.session
        )
        self._tidy(message, envelope_sender)
        return Letter(wire_form(envelope_sender), as_bytes(message))

    def _thread(self, rows):
        """Message-IDs of the earlier mails about the document that these people have.

        With them, their mail programs show a document's mails as one conversation.
        """
        mail = self.mail
        if not mail.model or not mail.res_id:
            return []
        earlier = self.env["mail.delivery"].search(
            [
                ("model", "=", mail.model),
                ("res_id", "=", mail.res_id),
                ("state", "in", ("sent", "unknown")),
                ("recipient", "in", [row.recipient for row in rows]),
                ("message_id_header", "not in", (False, mail.message_id)),
            ],
            order="id",
        )
        return list(unique(earlier.mapped("message_id_header")))

    def _references(self, email):
        # those of received mails come folded
        known = unfold_references(email["references"] or "")
        if not self.thread:
            return " ".join(known)
        known = [one for one in known if one != email["message_id"]]
        return " ".join(unique([self.thread[0], *known, self.thread[-1]]))

    def _note_sizes(self, letters):
        """Note the size of large mails, in case a server refuses them for it."""
        for row_id, found in letters.items():
            if isinstance(found, tuple) and len(found[0].content) >= WORTH_NOTING:
                size = len(found[0].content)
                self.env["mail.delivery"].browse(row_id).size = size

    def _sender(self):
        """Protect against a From that was formatted twice, as core does."""
        found = email_split_and_format_normalize(self.mail.email_from)
        return found[0] if found else self.mail.email_from

    def _check_line_breaks(self, sender, email):
        names = [attachment[0] for attachment in email["attachments"]]
        values = [str(value) for value in email["headers"].values() if value]
        if has_line_break(
            sender,
            email["subject"],
            email["reply_to"],
            email["message_id"],
            email["email_to"],
            email["email_cc"],
            [*email["headers"], *values],
            names,
        ):
            raise MessageError("line_break")
        unreadable = read([sender or "", *email["email_to"], *email["email_cc"]]).bad
        if any(part.reason == CONTROL for part in unreadable):
            raise MessageError("line_break")

    def _headers(self, email):
        """One message for all names everybody already; Bcc is for the envelope."""
        thread = {"In-Reply-To": self.thread[-1]} if self.thread else {}
        dropped = {"bcc"}
        if self.mail.same_message:
            dropped |= {"x-msg-to-add", "x-forge-to"}
        kept = {
            name: value
            for name, value in email["headers"].items()
            if name.lower() not in dropped
        }
        return {**thread, **kept}

    def _contextualized(self, email):
        context = {
            "mail_delivery_to": [
                wire for wire in self._wires(email) if not problem_of(wire)
            ],
            "mail_delivery_zone": self.mail._delivery_zone(),
        }
        if self.account.alias_domain_id:
            alias_domain = self.env["mail.alias.domain"].sudo()
            alias_domain = alias_domain.browse(self.account.alias_domain_id)
            context["domain_notifications_email"] = alias_domain.default_from_email
            context["domain_bounce_address"] = (
                email["headers"].get("Return-Path") or alias_domain.bounce_email
            )
        return self.env["ir.mail_server"].with_context(**context)

    def _tidy(self, message, envelope_sender):
        """The Return-Path is the receiver's to write; a wrong one looks forged."""
        if email_normalize(message["Return-Path"] or "") != envelope_sender:
            del message["Return-Path"]
        if not message["To"]:
            del message["To"]
