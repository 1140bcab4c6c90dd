import hashlib
import json
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import human_size

from odoo.addons.mail_delivery.tools.addresses import read
from odoo.addons.mail_user_smtp.tools.sender import OWN, RELAY

from ..exceptions import RepeatedLetter
from ..tools import answers
from ..tools.letter import encoded_size

REPEAT_MINUTES = 10  # a second click, an impatient program; later it is a reminder


class DocumentCheckedMixin(models.AbstractModel):
    """What is looked at once a mail is written and before anything is numbered.

    Gives: a mail that has just gone to the same people in the same words is refused
    unless that is meant, and one that is larger than the mail server takes.

    A model has nothing to add.

    How it works: a digest of words and recipients is kept with each request; sizes are
    reckoned as the mail travels, encoded.
    """

    _name = "document.checked.mixin"
    _description = "Mail That Is Checked Before It Leaves"
    _inherit = ["document.outcome.mixin"]

    def _digest_of_letter(self, letter, template=None):
        """The same for the same words to the same people about the same document.

        :param letter: with the document's number in it
        """
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
        requests = self.env["document.send.request"].sudo()
        digest = self._digest_of_letter(letter.numbered(self.name), template)
        for earlier in requests.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("create_date", ">=", since),
                ("letter_digest", "=", digest),
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
