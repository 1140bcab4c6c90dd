from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools import typed
from odoo.addons.document_flow.tools.rows import serialize

from ..tools import signing
from ..tools.mailboxes import mailboxes
from ..tools.signing import ASKED, DELEGATED, SIGNED, WAITING, Place
from ..tools.wishes import LONGEST_NAME

_lt = LazyTranslate(__name__)

STATES = [
    ("open", "Waiting for signatures"),
    ("signed", "Signed by all"),
    ("declined", "Declined"),
    ("void", "Void"),
    ("expired", "Expired"),
]
# Why a request ended before all had signed, for who comes with its link.
CLOSED = {
    "signed": _lt("Everybody has signed."),
    "declined": _lt("One of the signers has declined. Nothing is signed any more."),
    "void": _lt(
        "This request for signatures is no longer valid. If the document still has to "
        "be signed, you get a new e-mail."
    ),
    "expired": _lt("The last day for signing is over. Please reply to our e-mail."),
}


class DocumentSigning(models.Model):
    """One request for the signatures of all who sign a document.

    Gives: who is asked when, in order or all at once, until the last day; what follows
    once all have signed, one of them declines, or the document changes.

    How it works: it is bound to one file of the archive, by its SHA-256. A signature is
    a row of ``document.signature``, which nobody changes; here and on its signers is
    only where the request stands. All of it is done in the name of the system, by the
    methods of ``document.signed.mixin``, which have asked for rights, and one
    transaction at a time works on a document.
    """

    _name = "document.signing"
    _description = "Request for Signatures"
    _inherit = [
        "document.signing.mails.mixin",
        "document.signing.file.mixin",
        "document.entity.mixin",
        "document.system.mixin",
    ]
    _order = "id desc"
    _rec_name = "document_name"

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", "Billing Entity", readonly=True, ondelete="restrict"
    )
    document_name = fields.Char("Document Number", readonly=True)
    user_id = fields.Many2one("res.users", "Asked By", readonly=True)
    file_id = fields.Many2one(
        "ir.attachment", required=True, readonly=True, ondelete="restrict"
    )
    sha256 = fields.Char("SHA-256 of the File", required=True, readonly=True)
    in_order = fields.Boolean(readonly=True, help="Each one after the one before.")
    expires = fields.Date("Last Day", required=True, readonly=True)
    asked_date = fields.Datetime("Asked On", required=True, readonly=True)
    state = fields.Selection(
        STATES, "Status", required=True, readonly=True, default="open", index=True
    )
    ended_date = fields.Datetime("Ended On", readonly=True)
    taken_back = fields.Datetime(
        "Taken Back On",
        readonly=True,
        help="The document was reopened since: these signatures no longer count.",
    )
    reason = fields.Text(readonly=True, help="Why it ended before all had signed.")
    signer_ids = fields.One2many("document.signer", "signing_id", "Signers")
    signature_ids = fields.One2many("document.signature", "signing_id", "Signatures")
    progress = fields.Char("Signed By", compute="_compute_progress")

    _one_open = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'open'",
        "Signatures are asked for already.",
    )
    _by_document = models.Index("(res_model, res_id)")

    @api.depends("signer_ids.state")
    @api.depends_context("lang")
    def _compute_progress(self):
        for each in self:
            signers = each.signer_ids.filtered(lambda s: s.state != DELEGATED)
            each.progress = self.env._(
                "%(some)s of %(all)s",
                some=len(signers.filtered(lambda s: s.state == SIGNED)),
                all=len(signers),
            )

    def _document(self):
        """The document, in the name of the system."""
        self.ensure_one()
        return self.env[self.res_model].sudo().browse(self.res_id)

    # ------------------------------------------------------------
    # BEGIN
    # ------------------------------------------------------------

    @api.model
    def _check_signers(self, document, signers):
        """Refuse a list of signers that leads nowhere, or to ourselves.

        :param document: one record, of whose access the caller has asked
        :param signers: list of dicts, values of ``document.signer``
        :raises UserError: names what is wrong, and whose
        """
        _ = self.env._
        if not any(signer["side"] == "customer" for signer in signers):
            raise UserError(_("Name at least one signer of the customer."))
        if len(signers) > signing.MOST_SIGNERS:
            raise UserError(_("At most %s people sign here.", signing.MOST_SIGNERS))
        for signer in signers:
            name = typed.line(signer["name"])
            if not typed.is_name(name) or len(name) > LONGEST_NAME:
                raise UserError(
                    _("“%s” is no name that a person signs with.", signer["name"])
                )
            self._check_address(document, signer)
            if signer["side"] == "seller":
                self._check_our_signer(document, signer)
        self._check_apart(signers)

    def _check_apart(self, signers):
        """Each one reads a mailbox of their own."""
        taken = set()
        for signer in signers:
            user = self.env["res.users"].browse(signer.get("user_id"))
            boxes = mailboxes([signer["email"], user.login or ""])
            if boxes & taken:
                raise UserError(
                    self.env._(
                        "Two signers have the address %s. Each one signs from their "
                        "own.",
                        signer["email"],
                    )
                )
            taken |= boxes

    def _check_address(self, document, signer):
        """One address, and of the customer's people one that none of us reads."""
        to = document._read_recipients(signer["email"])
        if len(to) != 1:
            raise UserError(
                self.env._("Type one e-mail address for %s.", signer["name"])
            )
        is_ours = bool(mailboxes(to) & document._our_mailboxes())
        if signer["side"] == "customer" and is_ours:
            raise UserError(
                self.env._(
                    "%(address)s is ours: nobody of us signs for the customer. Type "
                    "the address at which %(name)s reads e-mail.",
                    address=signer["email"],
                    name=signer["name"],
                )
            )

    def _check_our_signer(self, document, signer):
        user = self.env["res.users"].browse(signer.get("user_id"))
        if not user:
            raise UserError(
                self.env._(
                    "Choose the user who is %s: our own people sign logged in.",
                    signer["name"],
                )
            )
        if not document._is_open_to(user):
            raise UserError(
                self.env._(
                    "%(user)s may not read %(document)s, and cannot sign it.",
                    user=user.name,
                    document=document.display_name,
                )
            )

    def _check_successor(self, document, user):
        """
        :param user: the ``res.users`` who is to have a place of ours
        :raises UserError: they may not read the document, sign already, or have no
            address
        """
        signer = {"name": user.name, "email": user.email or "", "user_id": user.id}
        self._check_address(document, {**signer, "side": "seller"})
        self._check_our_signer(document.sudo(False), signer)
        if user in self.signer_ids.filtered(lambda s: s.state != DELEGATED).user_id:
            raise UserError(self.env._("%s signs already.", user.name))

    @api.model
    def _check_last_day(self, document, expires):
        """
        :param date expires: the last day of a request for a document
        :raises UserError: it is no day to wait until
        """
        today = document._today()
        if not today < expires <= today + timedelta(days=signing.MOST_DAYS):
            raise UserError(
                self.env._("Choose a last day within a year, from tomorrow on.")
            )

    @api.model
    def _make(self, document, file, signers, in_order, expires):
        """Begin a request. Its first signers are not asked yet.

        :param document: one record, of whose access the caller has asked
        :param file: the ``ir.attachment`` that is signed
        :param signers: list of dicts, values of ``document.signer``
        :param bool in_order: each one after the one before
        :param date expires: the last day
        :returns: the request, as superuser
        """
        made = self.sudo().create(
            {
                "res_model": document._name,
                "res_id": document.id,
                "company_id": document.company_id.id,
                "document_name": document.name,
                "user_id": self.env.uid,
                "file_id": file.id,
                "sha256": file.document_sha256,
                "in_order": in_order,
                "expires": expires,
                "asked_date": fields.Datetime.now(),
                "signer_ids": [fields.Command.create(values) for values in signers],
            }
        )
        names = ", ".join(made.signer_ids.mapped("name"))
        document._record_event(
            "signing_asked",
            self.env.user.name,
            sha256=made.sha256,
            signers=made.signer_ids.mapped("name"),
            in_order=in_order,
            expires=fields.Date.to_string(expires),
        )
        document._log_for_us(
            self.env._(
                "Signatures are asked for until %(day)s: %(names)s.",
                day=document._say_day(expires),
                names=names,
            )
        )
        return made

    def _places(self):
        return [Place(signer.sequence, signer.state) for signer in self.signer_ids]

    def _ask_next(self):
        """Ask those whose turn it is."""
        turn = signing.to_ask(self._places(), self.in_order)
        for number in turn:
            self.signer_ids[number]._ask()

    # ------------------------------------------------------------
    # WHETHER IT STILL COUNTS
    # ------------------------------------------------------------

    def _why_changed(self):
        """Why an open request counts no more, as the document is now.

        :returns: a sentence, or an empty text
        """
        document = self._document()
        if not document.exists():
            return self.env._("The document is gone.")
        if not document._awaits_signatures():
            return self.env._("The document waits for no signature any more.")
        if document._archived_pdf() != self.file_id:
            return self.env._("The document has changed since signatures were asked.")
        if not self._has_its_lines():
            return self.env._("The signatories have changed since they were asked.")
        return ""

    def _has_its_lines(self):
        """Whether the document has the lines on which its signers sign."""
        signed = {*self.signer_ids.mapped("signatory_number")} - {0}
        return signed <= self._document()._numbers_of_lines()

    def _is_over(self):
        """Whether the last day has passed for those outside."""
        return self._document()._today() > self.expires

    def _waits_for_us_only(self):
        """Whether all of the customer's people have signed: then our own sign after
        the last day, too.
        """
        others = self.signer_ids.filtered(lambda s: s.side != "seller")
        return {*others.mapped("state")} - {DELEGATED} == {SIGNED}

    def _closed_words(self):
        """Why nobody signs here any more; empty as long as somebody does."""
        if self.taken_back:
            return self.env._(CLOSED["void"])
        if self.state != "open":
            return self.env._(CLOSED[self.state])
        if self._why_changed():
            return self.env._(CLOSED["void"])
        return ""

    # ------------------------------------------------------------
    # THE END
    # ------------------------------------------------------------

    def _end(self, state, reason=""):
        self.write(
            {"state": state, "reason": reason, "ended_date": fields.Datetime.now()}
        )
        self.signer_ids.activity_id.unlink()

    def _go_on(self):
        """Somebody has signed: the next ones are asked, or all is done."""
        if signing.are_done(self._places()):
            self._complete()
        else:
            self._ask_next()

    def _complete(self):
        """All have signed. What they signed counts, whatever goes wrong afterwards:
        then a colleague is told.
        """
        document = self._document()
        self._end("signed")
        document._record_event(
            "signing_done", sha256=self.sha256, signatures=len(self.signature_ids)
        )
        day = document.company_id._local_day(max(self.signature_ids.mapped("moment")))
        problems = filter(None, [self._follow(document, day), self._make_file()])
        self._tell_of_end(" ".join(problems))
        self._mail_signed()

    def _follow(self, document, day):
        """What the document does about it.

        :returns: why it could not, or an empty text
        """
        try:
            with self.env.cr.savepoint():
                document._follow_signed(day)
        except UserError as error:
            return str(error)
        return ""

    def _decline(self, signer, reason):
        """A signer does not sign: nobody else is asked."""
        document = self._document()
        self._end("declined", reason)
        document._follow_not_signed(reason)
        self._tell_of_end(signer=signer)
        self._mail_ended(but=signer)

    def _void(self, reason):
        """An open request counts no more; who was asked learns it.

        :param str reason: for our people
        """
        document = self._document()
        self._end("void", reason)
        document._record_event("signing_void", reason=reason)
        self._tell_of_end()
        self._mail_ended()

    def _take_back(self):
        """The document is to be signed anew. What was signed stays on the record."""
        counted = self.filtered(lambda each: each.state == "signed")
        counted.filtered(lambda each: not each.taken_back).write(
            {"taken_back": fields.Datetime.now()}
        )

    def _expire(self):
        document = self._document()
        self._end("expired")
        document._record_event(
            "signing_expired", expires=fields.Date.to_string(self.expires)
        )
        self._tell_of_end()

    # ------------------------------------------------------------
    # EACH DAY
    # ------------------------------------------------------------

    @api.model
    def _cron_follow_up(self):
        """End what is over or has changed, and remind who has not signed; one that
        fails never stops the others.
        """
        requests = self.search([("state", "=", "open")])
        self.env["ir.cron"]._each(
            lambda request: request._follow_up(), requests, "no follow-up"
        )

    def _follow_up(self):
        document = self._document()
        if document.exists():
            serialize(document)
        if self.state != "open":
            return
        if reason := self._why_changed():
            self._void(reason)
        elif self._is_over() and not self._waits_for_us_only():
            self._expire()
        else:
            for signer in self.signer_ids._due():
                signer._remind_if_due()

    def _remind(self):
        """Remind all who were asked, because one of us wishes it.

        :raises UserError: all of them were asked or reminded today, or the customer is
            archived
        """
        asked = self.signer_ids.filtered(lambda s: s.state == ASKED)
        due = asked.filtered(lambda signer: not signer._was_mailed_today())
        if not due:
            raise UserError(
                self.env._("Everybody who has to sign now was mailed today already.")
            )
        reached = due.filtered(lambda signer: signer._opens_anything())
        if not reached:
            self._document()._check_for_customer()
        for signer in reached:
            signer._remind()

    def _of_user(self, user):
        """The signer of an open request who is one of us, and whose turn it is."""
        return self.signer_ids.filtered(
            lambda signer: signer.user_id == user and signer.state in (ASKED, WAITING)
        )[:1]

    @api.model
    def _open_signers(self, user):
        """The places of one of us that are open.

        :param user: a ``res.users``
        :returns: ``document.signer``
        """
        mine = [("user_id", "=", user.id), ("state", "in", (ASKED, WAITING))]
        here = [*mine, ("signing_id.state", "=", "open")]
        return self.env["document.signer"].search(here)
