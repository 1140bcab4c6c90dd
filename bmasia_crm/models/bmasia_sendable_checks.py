"""What is looked at once a mail is written and before anything is numbered: whether it
has just gone, whether the mail server takes its size, and who its recipients are.
"""

import hashlib
import json
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import human_size

from odoo.addons.mail_delivery.tools.addresses import LOCAL_PART, read
from odoo.addons.mail_user_smtp.tools.sender import OWN, RELAY

from ..exceptions import RepeatedLetter
from ..tools import answers
from ..tools.letter import encoded_size

REPEAT_MINUTES = 10  # a second click, an impatient program; later it is a reminder


class BmasiaSendableMixin(models.AbstractModel):
    _inherit = "bmasia.sendable.mixin"

    # ------------------------------------------------------------
    # TO WHOM
    # ------------------------------------------------------------

    def _read_recipients(self, texts, without=()):
        """Addresses as people and programs give them: one text, or a list.

        :returns: ``"name" <address>`` of each mailbox, once
        :rtype: tuple
        :raises UserError: naming what is no address, or who gets no mail
        """
        listed = [texts] if isinstance(texts, str) else texts or ()
        found = read([text for text in listed if text], without)
        if found.bad:
            raise UserError(self._unreadable_sentence(found.bad))
        self._check_not_archived(found.good)
        return tuple(box.formatted for box in found.good)

    def _unreadable_sentence(self, bad):
        typed = ", ".join(part.typed for part in bad)
        if all(part.reason == LOCAL_PART for part in bad):
            return self.env._(
                "Mail servers take only Latin letters, digits and signs before the @: "
                "%s. Ask for another address.",
                typed,
            )
        return self.env._("This is no e-mail address: %s", typed)

    def _check_not_archived(self, boxes):
        """Whoever was archived left the customer, or asked for no more mail."""
        wanted = {box.wire: box for box in boxes}
        contacts = self._known_contacts().with_context(active_test=False)
        reached = {
            box.wire
            for contact in contacts.filtered("active")
            for box in read(contact.email or "").good
        }
        for contact in contacts.filtered(lambda contact: not contact.active):
            gone = {box.wire for box in read(contact.email or "").good} & set(wanted)
            if gone - reached:
                raise UserError(
                    self.env._(
                        "%s is archived and gets no mail. Choose somebody else, or "
                        "restore the contact.",
                        contact.name or wanted[min(gone)].address,
                    )
                )

    def _known_contacts(self):
        """The people at the customer's, archived ones too, and the addressee."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        owner = self.partner_id.commercial_partner_id
        return partners.search([("id", "child_of", owner.ids)]) | self.partner_id.sudo()

    def _bind_contacts(self, mail):
        """Tie each delivery to its contact: when the address is corrected while the
        mail waits, it goes to the new one.
        """
        by_wire = {
            box.wire: contact
            for contact in self._known_contacts().filtered("active").sorted("id DESC")
            for box in read(contact.email or "").good
        }
        for row in mail._delivery_rows():
            for box in read(row.recipient).good:
                row.partner_id = by_wire.get(box.wire, row.partner_id)

    # ------------------------------------------------------------
    # THE SAME AGAIN
    # ------------------------------------------------------------

    def _digest_of_letter(self, letter, template=None):
        """The same for the same words to the same people about the same document."""
        letter = letter.numbered(self.name or "")
        people = read([*letter.to, *letter.cc]).good
        content = [
            *(self._name, self.id, template or "", self._archived_pdf().ids),
            *(sorted(box.wire for box in people), letter.subject, str(letter.body)),
            sorted(letter.attachment_ids),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def _check_not_repeated(self, letter, template=None):
        """
        :raises RepeatedLetter: it went a moment ago, or waits
        """
        if not self.name:
            return
        since = fields.Datetime.now() - timedelta(minutes=REPEAT_MINUTES)
        requests = self.env["bmasia.send.request"].sudo()
        for earlier in requests.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("create_date", ">=", since),
                ("letter_digest", "=", self._digest_of_letter(letter, template)),
            ],
            order="id desc",
        ):
            rows = earlier._deliveries().filtered(
                lambda row: row.state in answers.GONE | answers.WAITING
            )
            if rows:
                self._refuse_repeated(rows)

    def _refuse_repeated(self, rows):
        moment = rows[0].sent_at or rows[0].queued_at
        zone = self.env.user.tz or self.company_id.sudo().time_zone
        when = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        raise RepeatedLetter(
            self.env._(
                "%(document)s has just gone to %(recipients)s, at %(when)s, in the "
                "same words.",
                document=self.display_name,
                recipients=self._some_of(rows.mapped("recipient")),
                when=when.strftime("%H:%M"),
            ),
            self.env._("Set send_again to send it once more."),
        )

    # ------------------------------------------------------------
    # SIZE
    # ------------------------------------------------------------

    def _check_size(self, letter, sender, archived):
        """
        :param sender: the ``MailSender``
        :param archived: the document's own file, an ``ir.attachment``, if there is one
        :raises UserError: the sender's mail server takes no mail of that size
        """
        files = self.env["ir.attachment"].sudo().browse(letter.attachment_ids)
        sizes = (files | archived.sudo()).mapped("file_size")
        size, limit = encoded_size(sizes, letter.body), self._size_limit(sender)
        if size > limit:
            raise UserError(
                self.env._(
                    "The mail is too large: %(size)s with its files, encoded as it "
                    "travels; the mail server takes %(limit)s. Send smaller files, or "
                    "a link.",
                    size=human_size(size),
                    limit=human_size(limit),
                )
            )

    def _size_limit(self, sender):
        """How large a mail may be that this sender writes, in bytes."""
        user, server = self.env.user, self.env["ir.mail_server"]
        if sender.policy == OWN:
            server = user._smtp_server()
        elif sender.policy == RELAY:
            server = user._relay()[0] or server
        return server.sudo()._size_limit()
