from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.models.mail_mail import AUTOMATIC_HEADERS
from odoo.addons.document_flow.tools.visitors import network_of

from ..exceptions import AskedTooOften
from ..tools import codes
from ..tools.wishes import ACCEPTED, Wish

_lt = LazyTranslate(__name__)

AT_ONCE, DAY_MINUTES = 10, 24 * 60
LATE_MINUTES = 1  # after which a mail that has not left is taken for one that cannot
UNSENT = ("outgoing", "exception", "cancel")  # states of a mail
KEPT_HOURS = 24  # of a code that is over; then nobody goes back to its form
BOX = Markup(
    '<p style="margin:16px 0;font-size:28px;font-weight:bold;letter-spacing:6px">%s</p>'
)
# What somebody confirms with a code, by their answer.
PURPOSES = {
    "accepted": _lt("With this code you accept %(kind)s %(number)s of %(seller)s:"),
    "declined": _lt("With this code you decline %(kind)s %(number)s of %(seller)s:"),
    "signed": _lt("With this code you sign %(kind)s %(number)s of %(seller)s:"),
    "not_signed": _lt(
        "With this code you decline to sign %(kind)s %(number)s of %(seller)s:"
    ),
    "delegated": _lt(
        "With this code you let somebody else sign %(kind)s %(number)s of %(seller)s "
        "in your place:"
    ),
}


class DocumentCode(models.Model):
    """A code that was mailed to one address on file, and the answer that it confirms.

    Gives: who types it proves that they read the mail of that address.

    How it works: the answer is kept with its code, so that the code confirms exactly
    that and nothing that a later form says. Here is the digest of the code only. It
    counts for ten minutes and once; a new one for the address ends those before. Tries
    and codes are counted by ``document.attempt``, in transactions of their own. The
    mail is the system's: a person's account may be paced for longer than a code counts.
    All of this is called in the name of the system, by ``document.accepted.mixin``.
    """

    _name = "document.code"
    _description = "Code of a Customer"
    _inherit = ["document.entity.mixin", "document.system.mixin"]
    _order = "id desc"
    _rec_name = "name"

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", "Billing Entity", readonly=True)
    link_id = fields.Many2one(
        "document.link", required=True, readonly=True, index=True, ondelete="cascade"
    )
    ticket = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    digest = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    address = fields.Char("E-mail Address", required=True, readonly=True)
    answer = fields.Char(required=True, readonly=True)
    sha256 = fields.Char("SHA-256", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    choice = fields.Char(readonly=True)
    reason = fields.Text(readonly=True)
    boxes = fields.Json(readonly=True)
    options = fields.Json(readonly=True)
    total = fields.Char(readonly=True)
    more = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    sentence = fields.Text(readonly=True)
    expires = fields.Datetime(required=True, readonly=True)
    ended = fields.Datetime("Ended On", readonly=True)
    # while it is there: with what was sent, core deletes it
    mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )
    is_not_mailed = fields.Boolean(
        "Not Mailed", readonly=True, help="Its mail could not leave in time."
    )

    _by_ticket = models.UniqueIndex("(ticket)")

    # ------------------------------------------------------------
    # MAKE
    # ------------------------------------------------------------

    @api.model
    def _send(self, document, link, wish, box, sentence, origin, total=""):
        """Mail a new code to an address on file.

        :param document: that the answer is about, as superuser
        :param link: the ``document.link`` that the page was opened with
        :param Wish wish: the answer that the code confirms, checked
        :param box: the mailbox that it goes to
        :param str sentence: what is confirmed
        :param Origin origin: where the form comes from
        :param str total: what it comes to, where that is confirmed
        :returns: the code's record, whose ``ticket`` tells it from others
        :raises AskedTooOften: there were too many
        """
        self._check_not_too_often(document, link, box, origin)
        self._end_earlier(document, box)
        code, ticket = codes.new_code(), codes.new_ticket()
        made = self.create(
            {
                "res_model": document._name,
                "res_id": document.id,
                "company_id": document.company_id.id,
                "link_id": link.id,
                "ticket": ticket,
                "digest": codes.digest(self._secret(), ticket, code),
                "address": box.address,
                "answer": wish.answer,
                "sha256": wish.sha256,
                "name": wish.name,
                "choice": wish.choice,
                "reason": wish.reason,
                "boxes": list(wish.boxes),
                "options": list(wish.options),
                "total": total,
                "more": dict(wish.more),
                "sentence": sentence,
                "expires": fields.Datetime.now() + timedelta(minutes=codes.MINUTES),
            }
        )
        made._mail(document, code, box)
        return made

    def _end_earlier(self, document, box):
        earlier = [
            ("res_model", "=", document._name),
            ("res_id", "=", document.id),
            ("address", "=", box.address),
            ("ended", "=", False),
        ]
        self.search(earlier)._end()

    def _check_not_too_often(self, document, link, box, origin):
        """Each limit counts by itself; a refusal says the same for all of them.

        The narrow ones come first, and what they refuse takes nothing from the wide
        ones: who has the link and one address on the Internet leaves enough codes of
        each mailbox, and of the link, for everybody else.
        """
        attempts = self.env["document.attempt"]
        visitor = network_of(origin.remote)
        mailbox = f"{document._name},{document.id} {box.wire}"
        for who, most_at_once, most_a_day in (
            (f"{mailbox} {visitor}", 3, 5),
            (f"link {link.id} {visitor}", 6, 10),
            (mailbox, 6, 15),
            (f"link {link.id}", 20, 50),
        ):
            for what, most, minutes in (
                ("codes at once", most_at_once, AT_ONCE),
                ("codes a day", most_a_day, DAY_MINUTES),
            ):
                if not attempts._allows(what, who, most, minutes):
                    raise AskedTooOften(
                        self.env._(
                            "We have sent several codes already. Use the latest one, "
                            "wait for some minutes, or reply to our e-mail."
                        )
                    )

    @api.model
    def _secret(self):
        return self.env["ir.config_parameter"].get_param("database.secret")

    def _mail(self, document, code, box):
        """The mail says what the code is for; it has no link that somebody could be
        sent to in our name.
        """
        document = document.with_context(lang=document._get_print_lang())
        _ = document.env._
        words = {
            "kind": document._kind_label(),
            "number": document.name,
            "seller": document._seller()["name"],
        }
        asks = _(PURPOSES[self.answer])
        asks %= words
        if chosen := self._chosen_words(document):
            asks = Markup("%s<br/>%s") % (asks, chosen)
        body = Markup("<p>%s</p>%s<p>%s</p><p>%s</p>") % (
            asks,
            BOX % code,
            _("Type it on the page within %s minutes.", codes.MINUTES),
            _(
                "If you did not ask for it, do nothing, and tell nobody the code, not "
                "even us: nothing is confirmed without it."
            ),
        )
        mail = self.env["mail.mail"].create(
            {
                "subject": _("Your code for %(kind)s %(number)s", **words),
                "body_html": document._in_its_own_language(body),
                "email_from": self._sender(document),
                "email_to": box.formatted,
                "headers": repr(AUTOMATIC_HEADERS),
                "auto_delete": True,
            }
        )
        self.mail_id = mail
        mail.send_after_commit()

    def _chosen_words(self, document):
        """Which options the code accepts, for whoever reads the mail.

        :param document: in the language of the mail
        :returns: a sentence; empty where there are none to choose
        """
        if self.answer != ACCEPTED or not hasattr(document, "_chosen_words"):
            return ""
        chosen = document._chosen_words(self.options or ())
        return chosen and document.env._(
            "With %(chosen)s, for a total of %(total)s.",
            chosen=chosen,
            total=self.total,
        )

    def _sender(self, document):
        """The entity, never a person: their own account would take it."""
        system = self.env.ref("base.partner_root")
        default = self.env["ir.mail_server"]._get_default_from_address()
        company = document.company_id.email_formatted
        return company or default or system.email_formatted

    # ------------------------------------------------------------
    # USE
    # ------------------------------------------------------------

    @api.model
    def _find(self, ticket, link, document):
        """The request that a form goes on with: of this link and this document only.

        :param ticket: as the form has it, whatever that is
        :returns: empty if there is none
        """
        found = self.browse()
        if codes.is_ticket(ticket):
            here = [
                ("ticket", "=", ticket),
                ("link_id", "=", link.id),
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
            ]
            found = found.search(here, limit=1)
        return found

    def _why_over(self):
        """Why this code counts no more, or an empty text."""
        if not self or (not self.ended and self.expires >= fields.Datetime.now()):
            return ""
        if self.is_not_mailed or (not self.ended and self._why_not_mailed()):
            return self.env._(
                "This code is no longer valid, and we could not send its e-mail. "
                "Please try again later, or reply to our e-mail."
            )
        return self.env._("This code is no longer valid. Press “Send a new code”.")

    def _why_not_mailed(self):
        """Why nobody has this code yet, or an empty text: a mail server that takes
        nothing now may take it later, but the code waits for nothing.

        :rtype: str
        """
        mail = self.mail_id
        waits = mail.state == "outgoing"
        late = fields.Datetime.now() - timedelta(minutes=LATE_MINUTES)
        if not mail or mail.state == "sent" or (waits and self.create_date > late):
            return ""
        return self.env._(
            "We cannot send the e-mail with the code just now. Please try again later, "
            "or reply to our e-mail."
        )

    def _why_not_proved(self, typed, origin):
        """Try what somebody typed. Each try counts, whatever becomes of the request.

        :param typed: as the form gives it
        :param Origin origin: where it comes from
        :returns: what is wrong, or an empty text
        :rtype: str
        """
        self.ensure_one()
        if over := self._why_over():
            return over
        code = codes.read(typed)
        if not code:
            return self.env._("Type the %s digits of the e-mail.", codes.DIGITS)
        attempts = self.env["document.attempt"]
        minutes = 2 * codes.MINUTES  # longer than it counts: none is forgotten
        if not attempts._allows("tries of a code", self.id, codes.TRIES, minutes):
            self._end()
            self.env[self.res_model].browse(self.res_id)._follow_limit()
            return self.env._(
                "Too many attempts: this code is no longer valid. Press “Send a new "
                "code”."
            )
        if codes.is_right(self.digest, self._secret(), self.ticket, code):
            return ""
        document = self.env[self.res_model].browse(self.res_id)
        document._record_event(
            "code_wrong", self.name, self.address, origin, self.link_id
        )
        return self.env._("That is not the code. Look at our latest e-mail.")

    def _end(self):
        """It counts no more: used, or a new one was sent."""
        self.write({"ended": fields.Datetime.now()})

    @api.model
    def _withdraw_mails(self):
        """Nobody gets a code that counts no more, and no mail keeps one."""
        over = [
            ("mail_id", "!=", False),
            *("|", ("ended", "!=", False), ("expires", "<", fields.Datetime.now())),
        ]
        for code in self.search(over):
            mail, gone = code.mail_id, Markup("<p>%s</p>") % code._why_over()
            is_waiting = mail.state in UNSENT
            if is_waiting:
                mail.cancel()
            mail.write({"body_html": gone, "body": gone})
            code.write({"mail_id": False, "is_not_mailed": is_waiting})

    def _wish(self):
        """The answer that it confirms.

        :rtype: Wish
        """
        return Wish(
            answer=self.answer,
            sha256=self.sha256,
            name=self.name,
            choice=self.choice or "",
            reason=self.reason or "",
            boxes=self.boxes or (),
            options=self.options or (),
            more=self.more or {},
        )

    def _masked_address(self):
        return codes.masked(self.address)

    @api.autovacuum
    def _gc_codes(self):
        """Forget codes that are over, with the names typed along with them."""
        self._withdraw_mails()
        before = fields.Datetime.now() - timedelta(hours=KEPT_HOURS)
        self.search([("expires", "<", before)]).unlink()
