import hashlib
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools.rows import serialize

from ..tools.letters import SignersLetter
from ..tools.signing import ASKED
from .document_signing import STATES

OURS_DAYS = 1  # of a link that one of us signs with; it is made anew at each click


class DocumentSignedMixin(models.AbstractModel):
    """A document whose people sign it online.

    Gives: the request for their signatures (``document.signing``), the panel on the
    page, the signed file, and buttons for our own people.

    A model says when it waits for signatures (``_awaits_signatures``), whom it proposes
    (``_proposed_signers``), and what follows once all have signed (``_follow_signed``)
    or somebody declines (``_follow_not_signed``).

    Example::

        def _awaits_signatures(self):
            return self.state == "sent"

        def _follow_signed(self, day):
            self.action_activate(day)

    How it works: what is signed is the file of the archive, by its SHA-256. Whatever
    changes the document (a field that is printed, its state, another file) ends an open
    request: states and files are looked at when they change, fields before the commit.
    A signer who comes in between finds it all the same, for each step asks again. The
    signed file is the last one of the archive, and is served from then on.
    """

    _name = "document.signed.mixin"
    _description = "Document That Is Signed"
    _inherit = ["document.signed.evidence.mixin", "document.draft.mixin"]

    signing_ids = fields.One2many(
        "document.signing",
        "res_id",
        "Requests for Signatures",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )
    signing_state = fields.Selection(
        STATES, "Online Signatures", compute="_compute_signing"
    )
    signing_progress = fields.Char("Signed By", compute="_compute_signing")
    signing_signer_ids = fields.Many2many(
        "document.signer", string="Signers", compute="_compute_signing"
    )
    signatures_said = fields.Char("Signatures", compute="_compute_signatures_said")
    can_ask_signatures = fields.Boolean(compute="_compute_signing")
    can_sign = fields.Boolean(compute="_compute_can_sign")
    lacks_signed_file = fields.Boolean(compute="_compute_signing")

    @api.depends(
        *("signing_ids.state", "signing_ids.signed_file_id", "signing_ids.taken_back"),
        "state",
    )
    def _compute_signing(self):
        for document in self:
            last = document.sudo().signing_ids[:1]
            is_open = last.state == "open"
            document.signing_state = last.state
            document.signing_progress = last.progress
            document.signing_signer_ids = last.signer_ids.sudo(self.env.su)
            document.can_ask_signatures = (
                document._may_be_asked_for() and not is_open and bool(document.id)
            )
            counts = last.state == "signed" and not last.taken_back
            document.lacks_signed_file = counts and last._lacks_file()

    @api.depends("signing_ids.state", "signing_ids.signer_ids.state")
    @api.depends_context("lang")
    def _compute_signatures_said(self):
        for document in self:
            document.signatures_said = document._say_signatures()

    @api.depends("signing_ids.signer_ids.state")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for document in self:
            document.can_sign = bool(document._own_signer())

    # ------------------------------------------------------------
    # WHAT A MODEL SAYS
    # ------------------------------------------------------------

    def _awaits_signatures(self):
        """Whether it can be signed now.

        :rtype: bool
        """
        return False

    def _is_sent_by_asking(self):
        """Whether asking for its signatures is what brings it to the customer.

        :rtype: bool
        """
        return False

    def _proposed_signers(self):
        """Who is proposed to sign.

        :returns: dicts with ``name``, ``title``, ``email``, ``side`` (``customer`` or
            ``seller``), ``user_id`` of one of us, ``sequence``, and
            ``signatory_number``, by which the document prints the signature on the
            line of this signatory
        :rtype: list[dict]
        """
        return []

    def _numbers_of_lines(self, side=None):
        """By their ``signatory_number``, the lines on which somebody signs.

        :param str side: of this side only
        :rtype: set[int]
        """
        return set()

    def _follow_signed(self, day):
        """All have signed.

        :param date day: of the last signature, at the entity's desk
        :raises UserError: it cannot follow; the signatures stay, a colleague is told
        """

    def _follow_not_signed(self, reason):
        """Somebody has declined to sign.

        :param str reason: why, as typed
        """

    def _say_signatures(self):
        """Where its signatures stand, for a list: how many there are of those that are
        asked for, or how the request ended.
        """
        last = self.sudo().signing_ids[:1]
        if last.state == "open":
            return last.progress
        if last.taken_back:
            return ""
        states = dict(last._fields["state"]._description_selection(self.env))
        return states.get(last.state, "")

    # ------------------------------------------------------------
    # SIGNED BY HAND
    # ------------------------------------------------------------

    def _keep_scan(self, content, kind, ending):
        """Keep what was signed by hand, for good.

        :param bytes content: of the file, checked
        :param str kind: its media type
        :param str ending: of its name, as ``.pdf``
        :returns: the ``ir.attachment``
        """
        self.ensure_one()
        self.check_access("write")
        digest = hashlib.sha256(content).hexdigest()
        # as it was scanned: Odoo would make a large picture smaller
        files = self.env["ir.attachment"].sudo().with_context(image_no_postprocess=True)
        scan = files.create(
            {
                "name": self.env._("%s signed by hand", self.name) + ending,
                "raw": content,
                "mimetype": kind,
                "res_model": self._name,
                "res_id": self.id,
                "description": f"SHA-256 {digest}",
                "is_signed_scan": True,
                "scan_sha256": digest,
            }
        )
        text = self.env._("What was signed by hand. SHA-256: %s", digest)
        self.sudo()._message_log(
            body=Markup("<p>%s</p>") % text, attachment_ids=scan.ids
        )
        return scan

    def _evidence_files(self):
        """With what was signed by hand."""
        here = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        files = self.env["ir.attachment"].sudo()
        scans = files.search([*here, ("is_signed_scan", "=", True)], order="id")
        return super()._evidence_files() | scans.sudo(self.env.su)

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    def action_ask_signatures(self):
        """Open the dialog that asks for signatures.

        :returns: an action
        :rtype: dict
        :raises UserError: it waits for none, or they are asked for already
        """
        self.ensure_one()
        self.check_access("write")
        self._check_can_ask()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for signatures"),
            "res_model": "document.signing.wizard",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_document": f"{self._name},{self.id}"},
        }

    def _may_be_asked_for(self):
        return self._awaits_signatures() or self._is_sent_by_asking()

    def _check_can_ask(self):
        if not self._may_be_asked_for():
            raise UserError(self.env._("%s waits for no signature.", self.display_name))
        if self._open_signing():
            raise UserError(self.env._("Signatures are asked for already."))
        self.sudo()._check_for_customer()

    def _check_for_customer(self):
        """
        :raises UserError: the customer is archived: no link of theirs opens anything
        """
        if not self._is_for_customer():
            raise UserError(
                self.env._(
                    "%s is archived. Restore the customer before you ask for "
                    "signatures.",
                    self._todo_customer(),
                )
            )

    def _ask_for_signatures(self, signers, in_order, expires):
        """Ask for the signatures of all who sign. A draft is sent so.

        :param signers: list of dicts, as of :meth:`_proposed_signers`
        :param bool in_order: each one after the one before
        :param date expires: the last day
        :returns: the ``document.signing``, as superuser
        :raises UserError: something is missing, or no mail can be written
        """
        self.ensure_one()
        self.check_access("write")
        serialize(self)
        self._check_can_ask()
        requests = self.env["document.signing"]
        requests._check_signers(self, signers)
        requests._check_last_day(self, expires)
        self._check_sender()
        if self._is_sent_by_asking():
            self._check_reaches_customer(signers[:1] if in_order else signers)
            self.action_mark_sent()
        file = self.sudo()._archive_pdf()
        made = requests._make(self.sudo(), file, signers, in_order, expires)
        made._ask_next()
        return made

    def _check_reaches_customer(self, asked):
        """A draft counts as sent once it is asked for: somebody outside must get it.

        :param list[dict] asked: who is asked now
        """
        if all(signer["side"] == "seller" for signer in asked):
            raise UserError(
                self.env._(
                    "%s is a draft, and nobody of the customer would get it now. Let "
                    "the customer sign first, or send it before you ask for "
                    "signatures.",
                    self.display_name,
                )
            )

    # ------------------------------------------------------------
    # OUR SIDE
    # ------------------------------------------------------------

    def _open_signing(self):
        """The request that is open, as superuser; empty if none is."""
        here = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        requests = self.env["document.signing"].sudo()
        return requests.search([*here, ("state", "=", "open")])

    def _own_signer(self):
        """The signer that the acting user is, if it is their turn."""
        signer = self._open_signing()._of_user(self.env.user)
        return signer if signer.state == ASKED and not signer._why_shut() else None

    def action_sign(self):
        """Open the page on which the acting user signs for us.

        :returns: an action
        :rtype: dict
        :raises UserError: they are no signer, or it is not their turn
        """
        self.ensure_one()
        self.check_access("read")
        signer = self._own_signer()
        if not signer:
            raise UserError(self.env._("It is not your turn to sign %s.", self.name))
        end = self._today() + timedelta(days=OURS_DAYS)
        address = self.sudo()._new_link("sign", signer_id=signer.id, fixed_end=end)
        return {"type": "ir.actions.act_url", "url": address, "target": "new"}

    def action_remind_signers(self):
        """Remind all who have to sign now.

        :returns: True
        :raises UserError: nobody is to be reminded today
        """
        self.ensure_one()
        self.check_access("write")
        self._asked()._remind()
        return True

    def action_void_signing(self):
        """Ask for signatures no longer; who was asked learns it.

        :returns: True
        :raises UserError: none are asked for
        """
        self.ensure_one()
        self.check_access("write")
        serialize(self)
        self._asked()._void(self.env._("Ended by %s.", self.env.user.name))
        return True

    def _asked(self):
        if request := self._open_signing():
            return request
        raise UserError(self.env._("No signatures are asked for."))

    def action_make_signed_file(self):
        """Make the signed file of a request that all have signed, which could not be
        made or sealed.

        :returns: True
        :raises UserError: there is nothing to make, or it fails again
        """
        self.ensure_one()
        self.check_access("write")
        serialize(self)
        if not self.lacks_signed_file:
            raise UserError(self.env._("The signed file is there."))
        request = self.sudo().signing_ids[:1]
        if not request._can_make_file():
            raise UserError(
                self.env._("%s has changed since it was signed.", self.display_name)
            )
        if problem := request._make_file():
            raise UserError(problem)
        request._mail_signed()
        return True

    # ------------------------------------------------------------
    # WHAT CHANGES IT
    # ------------------------------------------------------------

    def _check_open(self, names):
        """Something that is printed is about to change."""
        result = super()._check_open(names)
        waiting = self.filtered(lambda document: document._awaits_signatures())
        if waiting.ids and waiting._open_signing():
            data = self.env.cr.precommit.data
            ids = data.setdefault(f"document_sign {self._name}", set())
            if not ids:
                self.env.cr.precommit.add(self.sudo().browse()._void_before_commit)
            ids.update(waiting.ids)
        return result

    @api.model
    def _void_before_commit(self):
        ids = self.env.cr.precommit.data.pop(f"document_sign {self._name}", ())
        self.browse(ids).exists()._void_if_changed()

    def _write_state(self, vals):
        # what waited for no signature has no open request
        waiting = self.filtered(lambda document: document._awaits_signatures())
        answered = (self - waiting).filtered(lambda document: not document._is_draft())
        result = super()._write_state(vals)
        waiting._void_if_changed()
        again = answered.filtered(lambda document: document._awaits_signatures())
        again.sudo().signing_ids._take_back()
        return result

    def _archive_pdf(self):
        file = super()._archive_pdf()
        self._void_if_changed()
        return file

    def _void_if_changed(self):
        """End open requests for what these documents no longer are."""
        for request in self._open_signing() if self else ():
            if reason := request._why_changed():
                request._void(reason)

    def _last_archived(self):
        """Once all have signed, what they have signed. A document that was reopened is
        the one that goes out, without the signatures of before.
        """
        requests = self.sudo().signing_ids
        if not self._awaits_signatures():
            requests = requests.filtered("taken_back")
        if not requests.signed_file_id:
            return super()._last_archived()
        old = requests.signed_file_id
        return (self.archive_ids.sudo(self.env.su) - old).sorted("id")[-1:]

    # ------------------------------------------------------------
    # THE PAGE AND THE MAILS
    # ------------------------------------------------------------

    def _signer_of(self, link):
        """Whose link this is, in the name of the system; empty if nobody's alone.

        :param link: a ``document.link``
        """
        found = self.env["document.signer"].sudo().browse(link.sudo().signer_id.id)
        here = (found.signing_id.res_model, found.signing_id.res_id)
        return found if here == (self._name, self.id) else found.browse()

    def _known_recipients(self, link):
        """What a signer asks is answered to them, contact or not."""
        signer = self._signer_of(link)
        if signer and not signer._has_left():
            return tuple(box.formatted for box in signer._boxes())
        return super()._known_recipients(link)

    def _shown_signing(self, signer):
        """The request that the page shows: the signer's own, else one that matters."""
        if signer:
            return signer.signing_id
        last = self.sudo().signing_ids[:1]
        counts = last.state == "signed" and not last.taken_back
        matters = last.state == "open" or (counts and not self._awaits_signatures())
        return last if matters else last.browse()

    def _page_values(self, link):
        """With who signs. A controller adds ``pending`` and what is wrong."""
        signer = self._signer_of(link)
        request = self._shown_signing(signer)
        values = super()._page_values(link)
        if request:
            values["panels"] = [*values["panels"], "document_sign.page_signatures"]
        return {
            "pending": self.env["document.code"],
            "over": "",
            "way": "",
            **values,
            "signer": signer,
            "signing": request,
            "sign_shut": signer._why_shut() if signer else "",
            "sign_last_day": self._say_day(request.expires) if request else "",
        }

    def _values_of_link(self, message, letter):
        values = super()._values_of_link(message, letter)
        if isinstance(letter, SignersLetter):
            values.update(purpose="sign", signer_id=letter.signer, fixed_end=False)
        return values

    def _words_of_link(self, letter):
        label, note = super()._words_of_link(letter)
        if isinstance(letter, SignersLetter):
            words = {"kind": self._kind_label(), "number": self.name}
            label = self.env._("Read and sign %(kind)s %(number)s", **words)
            signer = self.env["document.signer"].sudo().browse(letter.signer)
            note = self._words_for(signer)
        return label, note

    def _words_of_key(self, link):
        signer = self._signer_of(link)
        return self._words_for(signer) if signer else super()._words_of_key(link)

    def _words_for(self, signer):
        """What a signer should know of their link, and how a colleague gets one.

        :param signer: the ``document.signer`` whose link it is
        """
        if signer._may_delegate():
            return self.env._(
                "This link is for you alone: please do not forward it. If a colleague "
                "signs instead, name them on the page; they get a link of their own."
            )
        return self.env._("This link is for you alone: please do not forward it.")
