import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.exceptions import FormRefused
from odoo.addons.document_flow.tools.rows import serialize

from ..exceptions import AnswerRefused
from ..tools import drawings, signing
from ..tools.signing import ASKED, DELEGATED, DRAWN, NOT_SIGNED, SIGNED, TYPED, WAITING

SIDES = [("customer", "For the Customer"), ("seller", "For Us")]
STATES = [
    ("waiting", "Not asked yet"),
    ("asked", "Asked"),
    ("signed", "Signed"),
    ("declined", "Declined"),
    ("delegated", "Passed on"),
]


class DocumentSigner(models.Model):
    """One person who is to sign a document, or has signed it.

    Gives: their link, their code, and what they do with it: sign, decline, or pass it
    on to a colleague.

    How it works: the form carries the digest of the file. ``_ask_for_code`` checks it
    and mails a code to this person's own address, with which all that they typed is
    kept. ``_take`` lets one transaction at a time work on the document and checks
    everything again. A link of somebody outside is in their mail only; one of us makes
    theirs with a button, logged in. Controllers call this in the name of the system,
    with the page's language in the context.
    """

    _name = "document.signer"
    _description = "Signer"
    _inherit = [
        "document.signer.address.mixin",
        "document.signer.form.mixin",
        "document.entity.mixin",
        "document.system.mixin",
    ]
    _order = "signing_id, sequence, id"

    signing_id = fields.Many2one(
        "document.signing",
        "Request",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="signing_id.company_id", store=True)
    res_model = fields.Char(related="signing_id.res_model", store=True)
    sequence = fields.Integer(readonly=True)
    side = fields.Selection(SIDES, required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    title = fields.Char("Position", readonly=True)
    # the row of the document on whose line they sign, in whosever place; 0: none has it
    signatory_number = fields.Integer("Signatory", readonly=True)
    email = fields.Char("E-mail Address", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "User", readonly=True, ondelete="restrict")
    contact_id = fields.Many2one(
        "res.partner",
        "Contact",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Who of the customer's had this address when they were named.",
    )
    is_contact_gone = fields.Boolean("Contact Deleted", readonly=True)
    state = fields.Selection(
        STATES, "Status", required=True, readonly=True, default="waiting"
    )
    asked_date = fields.Datetime("Asked On", readonly=True)
    reminded_date = fields.Datetime("Reminded On", readonly=True)
    is_not_mailed = fields.Boolean(
        "Not Mailed", readonly=True, help="The last e-mail to them was not written."
    )
    reason = fields.Text(readonly=True, help="Why they do not sign.")
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")
    delegated_by_id = fields.Many2one(
        "document.signer", "In Place Of", readonly=True, ondelete="restrict"
    )
    delegate_ids = fields.One2many("document.signer", "delegated_by_id", readonly=True)
    link_ids = fields.One2many("document.link", "signer_id", readonly=True)
    signature_ids = fields.One2many("document.signature", "signer_id", readonly=True)
    signed_date = fields.Datetime(
        "Signed On", compute="_compute_signed_date", compute_sudo=True
    )
    can_replace = fields.Boolean(compute="_compute_can_replace")

    @api.depends("side", "state", "signing_id.state")
    def _compute_can_replace(self):
        for signer in self:
            is_open = signer.signing_id.state == "open"
            is_due = signer.state in (WAITING, ASKED)
            signer.can_replace = is_open and is_due and signer.side == "seller"

    def _compute_signed_date(self):
        for signer in self:
            signer.signed_date = signer.signature_ids.moment

    def _document(self):
        return self.signing_id._document()

    # ------------------------------------------------------------
    # ASKED
    # ------------------------------------------------------------

    def _ask(self):
        """It is this person's turn."""
        self.ensure_one()
        self.write({"state": ASKED, "asked_date": fields.Datetime.now()})
        self._write_to("signer_asked")

    def _ask_again(self):
        """Their link is over while it is their turn: they get another one.

        :returns: whether a mail was written
        :rtype: bool
        """
        if self.state != ASKED or self._why_shut():
            return False
        return self._write_to("signer_asked")

    def _remind(self):
        self.reminded_date = fields.Datetime.now()
        self._write_to("signer_reminded", again=True)

    def _write_to(self, kind, again=False):
        """Write to this person, unless they have left. Where the responsible person's
        account cannot, they are told, nothing is noted as having happened, and *Remind*
        tries again.

        :param str kind: of the event
        :param bool again: they were asked before
        :returns: whether a mail was written
        :rtype: bool
        """
        if self._has_left():
            self._leave()
            return False
        if not self._opens_anything():
            self.is_not_mailed = True
            self.signing_id._tell_of_archived_customer(self)
            return False
        if self.is_not_mailed:
            self.activity_id.unlink()  # that somebody else be asked
        if self.user_id:
            written = self.signing_id._tell_our_signer(self)
        else:
            written = self.signing_id._mail_asked(self, again=again)
        self.is_not_mailed = not written
        if written:
            self._document()._record_event(kind, self.name, self.email)
        return written

    def _opens_anything(self):
        """Whether their link does: no customer's who is archived."""
        return bool(self.user_id) or self._document()._is_for_customer()

    def _local_day(self, moment):
        return moment and self.company_id._local_day(moment)

    def _was_mailed_today(self):
        if self.is_not_mailed:
            return False
        today = self._document()._today()
        last = max(filter(None, (self.asked_date, self.reminded_date)), default=None)
        return self._local_day(last) == today

    def _remind_if_due(self):
        """As ``tools/signing.py`` says. That somebody has left is told at once."""
        if self._has_left():
            if not self.is_not_mailed:
                self._leave()
        elif (
            self.state == ASKED
            and self._opens_anything()
            and signing.is_reminded(
                self._local_day(self.asked_date),
                self.signing_id.expires,
                self._local_day(self.reminded_date),
                self._document()._today(),
            )
        ):
            self._remind()

    # ------------------------------------------------------------
    # WHETHER THEY MAY SIGN
    # ------------------------------------------------------------

    def _why_shut(self):
        """Why this person cannot sign now, or an empty text.

        :rtype: str
        """
        self.ensure_one()
        request, _ = self.signing_id, self.env._
        if self.state == SIGNED and not request.taken_back:
            moment = self._document()._page_moment(self.signed_date)
            return _("You have signed on %s.", moment)
        if self.state == DELEGATED:
            return _("%s signs in your place.", self.delegate_ids[-1:].name)
        if closed := request._closed_words():
            return closed
        if self._has_left():
            return _("You are no longer among the signers. Please reply to our e-mail.")
        if self.state == WAITING:
            return _("It is not your turn yet: others sign before you.")
        if request._is_over() and not (
            self.side == "seller" and request._waits_for_us_only()
        ):
            return _("The last day for signing is over. Please reply to our e-mail.")
        return ""

    def _check_open(self, wish):
        """Nobody signs something else than they have seen.

        :raises AnswerRefused: it is over, or the file is another one
        """
        if shut := self._why_shut():
            raise AnswerRefused(shut)
        file = self.signing_id.file_id
        if wish.sha256 != self.signing_id.sha256:
            raise AnswerRefused(
                self.env._(
                    "The document has changed since you opened this page. Here it is "
                    "as it is now; please read it again."
                )
            )
        content = file.with_context(bin_size=False).raw or b""
        if hashlib.sha256(content).hexdigest() != self.signing_id.sha256:
            raise AnswerRefused(
                self.env._(
                    "The file is not as it was sent. Please reply to our e-mail."
                )
            )

    # ------------------------------------------------------------
    # FIRST STEP: A CODE
    # ------------------------------------------------------------

    def _ask_for_code(self, link, wish, origin):
        """Mail a code for what this person wants to do.

        :param link: the ``document.link`` that the page was opened with
        :param Wish wish: what the form says
        :param Origin origin: where it comes from
        :returns: the ``document.code``
        :raises FormRefused: something is missing or too long, it is not theirs to sign
            now, or there were too many codes
        """
        self._check_open(wish)
        wish = self._checked(wish)
        document, box = self._document(), self._boxes()[0]
        sentence = self._sentence_of(wish)
        code = self.env["document.code"]._send(
            document, link, wish, box, sentence, origin
        )
        document._record_event(
            "code_sent", wish.name, box.address, origin, link, answer=wish.answer
        )
        return code

    # ------------------------------------------------------------
    # SECOND STEP: THE SIGNATURE
    # ------------------------------------------------------------

    def _take(self, code, origin):
        """Do what a code was just proved for.

        :param code: a ``document.code`` of this signer's link, proved
        :param Origin origin: where it comes from
        :raises FormRefused: see :meth:`_ask_for_code`
        """
        self.ensure_one()
        serialize(self._document())
        code.invalidate_recordset()
        self.env.invalidate_all(flush=False)
        if over := code._why_over():
            raise AnswerRefused(over, "code")
        wish = code._wish()
        self._check_open(wish)
        if code.address != self._boxes()[0].address:
            raise AnswerRefused(self.env._("This code was sent to somebody else."))
        FormRefused.check(self._faults_of(wish))  # as it is now
        code._end()
        if wish.answer == SIGNED:
            self._sign(code, wish, origin)
        elif wish.answer == NOT_SIGNED:
            self._decline(code, wish, origin)
        else:
            self._delegate(code, wish, origin)

    def _sign(self, code, wish, origin):
        document = self._document()
        drawing = wish.more.get("drawing")
        way = DRAWN if drawing else TYPED
        event = document._record_event(
            "signed",
            wish.name,
            code.address,
            origin,
            code.link_id,
            sha256=wish.sha256,
            sentence=code.sentence,
            signer=self.name,
            way=way,
        )
        signatures, file = self.env["document.signature"], self.signing_id.file_id
        signature = signatures.create(
            {
                **signatures._values_of_proof(
                    document, code, wish, origin, file, event
                ),
                "signing_id": self.signing_id.id,
                "signer_id": self.id,
                "side": self.side,
                "title": self.title,
                "way": way,
                "picture": drawing and drawing.removeprefix(drawings.PREFIX),
            }
        )
        self.state = SIGNED
        self.activity_id.unlink()
        request = self.signing_id
        request._tell_of_signature(signature)
        request._go_on()

    def _decline(self, code, wish, origin):
        self._document()._record_event(
            "not_signed",
            wish.name,
            code.address,
            origin,
            code.link_id,
            sha256=wish.sha256,
            reason=wish.reason,
        )
        self.write({"state": "declined", "reason": wish.reason})
        self.signing_id._decline(self, wish.reason)

    def _delegate(self, code, wish, origin):
        """A colleague signs in this person's place; their own links end."""
        to_name, to_address = wish.more["to_name"], wish.more["to_address"]
        self._document()._record_event(
            "delegated",
            wish.name,
            code.address,
            origin,
            code.link_id,
            to=to_name,
            to_address=to_address,
        )
        delegate = self._give_to(name=to_name, email=to_address)
        self.signing_id._tell_of_delegation(self, delegate)
        delegate._ask()

    def _give_to(self, **person):
        """Somebody else has this person's place; what this person has ends.

        :param person: values of a ``document.signer``
        :returns: the new signer, who is not asked yet
        """
        self.state = DELEGATED
        self._call_links_back()
        self.activity_id.unlink()
        return self.create(
            {
                "signing_id": self.signing_id.id,
                "sequence": self.sequence,
                "side": self.side,
                "signatory_number": self.signatory_number,
                "delegated_by_id": self.id,
                **person,
            }
        )

    # ------------------------------------------------------------
    # ANOTHER ONE OF US
    # ------------------------------------------------------------

    def action_replace(self):
        """Open the dialog that names another one of us for an open place of ours.

        :returns: an action
        :rtype: dict
        :raises UserError: it is none
        """
        self._check_can_replace()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Let another one of us sign"),
            "res_model": "document.signer.wizard",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_signer_id": self.id},
        }

    def _check_can_replace(self):
        """
        :raises AccessError: the document is not this user's to write
        :raises UserError: it is no open place of ours
        """
        self.ensure_one()
        self._document().sudo(False).check_access("write")
        if not self.can_replace:
            raise UserError(
                self.env._("%s does not have to sign for us any more.", self.name)
            )

    def _replace(self, user, title):
        """Another one of us has this place from now on.

        :param user: a ``res.users``, of whom the caller has found that they can sign
        :param str title: their position
        """
        document, was_asked = self._document(), self.state == ASKED
        document._record_event(
            "signer_replaced", self.env.user.name, before=self.name, to=user.name
        )
        successor = self._give_to(
            name=user.name, title=title, email=user.email, user_id=user.id
        )
        self.signing_id._tell_of_replacement(self, successor)
        if was_asked:
            successor._ask()
