import hashlib
from dataclasses import replace

from odoo import fields, models
from odoo.tools import format_list

from odoo.addons.document_flow.exceptions import FormRefused
from odoo.addons.document_flow.tools import typed
from odoo.addons.document_flow.tools.rows import serialize
from odoo.addons.mail_delivery.tools.addresses import read

from ..exceptions import AnswerRefused
from ..tools import codes
from ..tools.mailboxes import mailboxes
from ..tools.wishes import ACCEPTED, LONGEST_NAME, LONGEST_REASON, Wish

CHOICE_LENGTH = 16  # hexadecimal digits that tell a customer's addresses apart


class DocumentAcceptedMixin(models.AbstractModel):
    """A document that its customer accepts or declines on its page.

    Gives: the form on the page, the code that proves an address on file, and the answer
    as evidence (``document.acceptance``), over the SHA-256 of the very file that the
    page shows.

    A model says when it waits for an answer (``_awaits_answer``), what follows from one
    (``_follow_acceptance``, ``_follow_refusal``), and may say what is confirmed
    (``_acceptance_sentence``, ``_acceptance_total``), what has to be ticked
    (``_answer_boxes``), and what may be chosen (``_answer_options``).

    Example::

        def _awaits_answer(self):
            return self.state == "sent"

        def _follow_acceptance(self, acceptance):
            self.action_accept()

    How it works: the form carries the digest of the file. ``_ask_for_code`` checks it
    and mails a code, with which the answer is kept, with what was chosen and its total:
    no later form says otherwise. ``_take_answer`` lets one
    transaction at a time work on the document, checks everything again, and only then
    does what follows: what changed in between is never accepted. ``answer_id`` is the
    answer that made the document what it is now. Any further change of state ends that:
    our people reopen documents, and note answers that come by telephone. Controllers
    call these methods in the name of the system, with the page's language in the
    context.
    """

    _name = "document.accepted.mixin"
    _description = "Document That Is Accepted"
    _inherit = ["document.accepted.mails.mixin", "document.mixin"]

    answer_id = fields.Many2one(
        "document.acceptance",
        "Answered By",
        readonly=True,
        copy=False,
        help="The customer's answer on the page, as long as it counts.",
    )
    is_answer_unmailed = fields.Boolean(
        "Answer Not Confirmed by E-mail",
        readonly=True,
        copy=False,
        help="The e-mail to the customer of what they answered was not written.",
    )

    # ------------------------------------------------------------
    # WHAT A MODEL SAYS
    # ------------------------------------------------------------

    def _awaits_answer(self):
        """Whether the customer can accept or decline it now.

        :rtype: bool
        """
        return False

    def _follow_acceptance(self, acceptance):
        """The customer has accepted.

        :param acceptance: the ``document.acceptance``
        :raises UserError: it cannot be accepted any more; nothing is kept then
        """

    def _follow_refusal(self, reason, acceptance):
        """The customer has declined.

        :param str reason: why, as typed
        :param acceptance: the ``document.acceptance``
        :raises UserError: it cannot be declined any more; nothing is kept then
        """

    def _acceptance_total(self, options=None):
        """What it comes to, as printed; empty if it comes to nothing.

        :param options: names of those that are chosen; None: as it is now
        """
        return ""

    def _acceptance_sentence(self, sha256, options=()):
        """What the customer confirms, in the page's language.

        :param str sha256: of the file
        :param options: names of those that are chosen; with some on offer there is a
            total
        """
        total = self._acceptance_total(options)
        words = {**self._answer_words(sha256), "total": total}
        if chosen := self._chosen_words(options):
            return self.env._(
                "I accept %(kind)s %(number)s of %(seller)s with %(chosen)s and a "
                "total of %(total)s, as in the file with the SHA-256 %(sha256)s.",
                chosen=chosen,
                **words,
            )
        if not words["total"]:
            return self.env._(
                "I accept %(kind)s %(number)s of %(seller)s, as in the file with the "
                "SHA-256 %(sha256)s.",
                **words,
            )
        return self.env._(
            "I accept %(kind)s %(number)s of %(seller)s with a total of %(total)s, as "
            "in the file with the SHA-256 %(sha256)s.",
            **words,
        )

    def _refusal_sentence(self, sha256):
        """As :meth:`_acceptance_sentence`, of declining."""
        return self.env._(
            "I decline %(kind)s %(number)s of %(seller)s, as in the file with the "
            "SHA-256 %(sha256)s.",
            **self._answer_words(sha256),
        )

    def _answer_words(self, sha256):
        return {
            "kind": self._kind_label(),
            "number": self.name,
            "seller": self._seller()["name"],
            "sha256": sha256,
        }

    def _answer_boxes(self):
        """What has to be ticked to accept.

        :returns: names, of small letters, and texts
        :rtype: list[tuple[str, str]]
        """
        return []

    def _answer_options(self):
        """What the customer may choose along with accepting.

        :rtype: list[Option]
        """
        return []

    def _chosen_words(self, options):
        """Which options are chosen, within a sentence; empty if there are none."""
        offered = self._answer_options()
        chosen = [option.said() for option in offered if option.name in options]
        if not offered:
            return ""
        if not chosen:
            return self.env._("none of its options")
        if len(chosen) == 1:
            return self.env._("the option %s", chosen[0])
        return self.env._("the options %s", format_list(self.env, chosen))

    # ------------------------------------------------------------
    # WHOSE ANSWER COUNTS
    # ------------------------------------------------------------

    def _write_state(self, vals):
        nothing = {"answer_id": False, "is_answer_unmailed": False}
        return super()._write_state({**nothing, **vals})

    # ------------------------------------------------------------
    # ON THE PAGE
    # ------------------------------------------------------------

    def _page_panels(self):
        panels = super()._page_panels()
        if self._awaits_answer():
            return [*panels, "document_sign.page_answer"]
        if self.answer_id:
            return [*panels, "document_sign.page_answered"]
        return panels

    def _page_values(self, link):
        """With what the form and the answer show. A controller adds ``pending``, the
        code that is waited for, and what is wrong.
        """
        boxes = self._answer_addresses(link).items()
        return {
            **super()._page_values(link),
            "answered": self.answer_id,
            "answer_addresses": [(c, codes.masked(b.address)) for c, b in boxes],
            "answer_boxes": self._answer_boxes(),
            "answer_options": self._answer_options(),
            "answer_file": self._answered_file(),
            "answer_total": self._total_of_form,
            "answer_unmailed": self.is_answer_unmailed,
            "pending": self.env["document.code"],
            "over": "",
        }

    def _total_of_form(self, form):
        """What it comes to with the options that a form has ticked.

        :param dict form: fields by their names, as the page shows them
        """
        names = [each.name for each in self._answer_options()]
        chosen = [name for name in names if form.get(f"option_{name}")]
        return self._acceptance_total(chosen)

    def _answered_file(self):
        """The file that an answer is about: the one that the page serves.

        :rtype: ir.attachment
        """
        return self._kept_pdf()

    def _answer_addresses(self, link):
        """The addresses that a code can go to: of contacts whom we know, and who have
        this document: a mail of it went to them, the one of this link first, or they
        get this kind of document. With the link of a login that is theirs, too.

        :returns: mailboxes by what stands for them on the page
        :rtype: dict
        """
        known = self._by_wire(self._answering_contacts())
        usual = self._default_recipients() | link.user_id.sudo().partner_id
        mailed = self.sudo().link_ids.filtered(lambda each: each.purpose == "mail")
        mailed -= mailed._not_sent()
        copies = self.sudo().delivery_ids.filtered(
            lambda row: row.mail_message_id in mailed.message_id
        )
        texts = (
            link.recipients,
            *usual._delivery_addresses(),
            *mailed.mapped("recipients"),
            *copies.mapped("recipient"),
        )
        wires = [box.wire for text in texts for box in read(text or "").good]
        ours = self._our_mailboxes()
        theirs = {
            box.wire: box
            for contact in known.values()
            for box in read(contact.email or "").good
            if not mailboxes([box.wire]) & ours
        }
        return {
            self._choice_of(link, wire): theirs[wire]
            for wire in dict.fromkeys(wires)
            if wire in theirs
        }

    def _answering_contacts(self):
        """The customer's own people: none of a company below it.

        :rtype: res.partner
        """
        owner = self._customer_partner()
        return self._known_contacts().filtered(
            lambda contact: contact.active and contact.commercial_partner_id == owner
        )

    def _choice_of(self, link, wire):
        said = f"{link.digest}\n{wire}"
        return hashlib.sha256(said.encode()).hexdigest()[:CHOICE_LENGTH]

    # ------------------------------------------------------------
    # FIRST STEP: A CODE
    # ------------------------------------------------------------

    def _ask_for_code(self, link, wish, origin):
        """Mail a code for an answer.

        :param link: the ``document.link`` that the page was opened with
        :param Wish wish: what the form says
        :param Origin origin: where it comes from
        :returns: the ``document.code``
        :raises FormRefused: something is missing or too long, the document changed, or
            there were too many codes
        """
        self.ensure_one()
        self._check_still_shown(wish)
        box = self._check_wish(link, wish)
        wish = self._offered(wish)
        sentence, total = self._sentence_of(wish), self._total_of(wish)
        code = self.env["document.code"]._send(
            self, link, wish, box, sentence, origin, total
        )
        facts = {"answer": wish.answer, **self._option_facts(wish)}
        self._record_event("code_sent", wish.name, box.address, origin, link, **facts)
        return code

    def _offered(self, wish):
        """A wish with nothing ticked that is not on offer. Who declines has ticked
        nothing that counts; it is there again if they change the answer.
        """
        boxes = {name for name, _text in self._answer_boxes()}
        options = {option.name for option in self._answer_options()}
        return replace(
            wish,
            boxes=[name for name in wish.boxes if name in boxes],
            options=[name for name in wish.options if name in options],
        )

    def _sentence_of(self, wish):
        if wish.answer == ACCEPTED:
            return self._acceptance_sentence(wish.sha256, wish.options)
        return self._refusal_sentence(wish.sha256)

    def _total_of(self, wish):
        """What is confirmed that it comes to."""
        accepts = wish.answer == ACCEPTED
        return self._acceptance_total(wish.options) if accepts else ""

    def _option_facts(self, wish):
        """What was on offer, what is chosen, and the total of that."""
        offered = self._answer_options()
        if wish.answer != ACCEPTED or not offered:
            return {}
        options = [
            {
                "name": option.name,
                "said": option.said(),
                "chosen": option.name in wish.options,
            }
            for option in offered
        ]
        return {"options": options, "total": self._total_of(wish)}

    def _check_still_shown(self, wish):
        """Nobody answers to something else than they have seen.

        :raises AnswerRefused: the document was answered, ended, or has another file
        """
        if not self._awaits_answer():
            raise AnswerRefused(self._closed_for_answers())
        file = self._answered_file()
        if not file or wish.sha256 != file.document_sha256:
            raise AnswerRefused(self._changed_sentence())
        content = file.with_context(bin_size=False).raw or b""
        if hashlib.sha256(content).hexdigest() != file.document_sha256:
            raise AnswerRefused(
                self.env._(
                    "The file is not as it was sent. Please reply to our e-mail."
                )
            )

    def _changed_sentence(self):
        return self.env._(
            "The document has changed since you opened this page. Here it is as it is "
            "now; please read it again."
        )

    def _closed_for_answers(self):
        """Why there is nothing to answer."""
        answered = self.answer_id
        if not answered:
            return self.env._("This document waits for no answer any more.")
        return self.env._(
            "%(name)s has answered already, on %(moment)s.",
            name=answered.name,
            moment=self._page_moment(answered.moment),
        )

    def _check_wish(self, link, wish):
        """What somebody typed, field by field.

        :returns: the mailbox that the code goes to
        :raises FormRefused: names each field
        """
        addresses = self._answer_addresses(link)
        if not addresses:
            raise AnswerRefused(
                self.env._(
                    "We have no e-mail address on file. Please reply to our e-mail."
                )
            )
        FormRefused.check(self._faults_of(wish, addresses))
        return addresses[wish.choice]

    def _faults_of(self, wish, addresses):
        """What is wrong with a form: fields, as they follow there, and sentences."""
        _ = self.env._
        if not typed.is_name(wish.name):
            yield "full_name", _("Type your name.")
        if len(wish.name) > LONGEST_NAME:
            yield "full_name", _("A name has at most %s letters here.", LONGEST_NAME)
        if wish.choice not in addresses:
            yield "address", _("Choose one of the e-mail addresses.")
        if wish.answer == ACCEPTED:
            for name, _text in self._answer_boxes():
                if name not in wish.boxes:
                    yield f"box_{name}", _("Tick this, or decline.")
            offered = {option.name for option in self._answer_options()}
            if set(wish.options) - offered:
                yield "", self._changed_sentence()
            return
        if not wish.reason:
            yield "reason", _("Say in a few words why you decline.")
        if len(wish.reason) > LONGEST_REASON:
            yield "reason", _("A reason has at most %s letters here.", LONGEST_REASON)

    # ------------------------------------------------------------
    # SECOND STEP: THE ANSWER
    # ------------------------------------------------------------

    def _take_answer(self, code, origin):
        """Take the answer that a code was just proved for, and do what follows.

        :param code: a ``document.code`` of this document, proved
        :param Origin origin: where it comes from
        :returns: the ``document.acceptance``
        :raises FormRefused: see :meth:`_ask_for_code`; the contact is archived
        :raises UserError: what follows is refused
        """
        self.ensure_one()
        serialize(self)
        code.invalidate_recordset()
        if over := code._why_over():
            raise AnswerRefused(over, "code")
        wish, link = code._wish(), code.link_id
        self._check_still_shown(wish)
        if self._check_wish(link, wish).address != code.address:
            raise AnswerRefused(self.env._("Choose one of the e-mail addresses."))
        if (code.total or "") != self._total_of(wish):
            raise AnswerRefused(self._changed_sentence())
        code._end()
        acceptance = self._write_acceptance(code, wish, origin)
        if wish.answer == ACCEPTED:
            self._follow_acceptance(acceptance)
        else:
            self._follow_refusal(wish.reason, acceptance)
        is_mailed = self._tell_of_answer(acceptance)
        self.write({"answer_id": acceptance.id, "is_answer_unmailed": not is_mailed})
        return acceptance

    def _write_acceptance(self, code, wish: Wish, origin):
        ticked = [text for name, text in self._answer_boxes() if name in wish.boxes]
        facts = {"sha256": wish.sha256, "sentence": code.sentence, "boxes": ticked}
        if wish.reason:
            facts["reason"] = wish.reason
        chosen = self._option_facts(wish)
        facts.update(chosen)
        event = self._record_event(
            wish.answer, wish.name, code.address, origin, code.link_id, **facts
        )
        answers, file = self.env["document.acceptance"], self._answered_file()
        proof = answers._values_of_proof(self, code, wish, origin, file, event)
        more = {"answer": wish.answer, "boxes": ticked, "reason": wish.reason}
        return answers.create({**proof, **more, **chosen})
