from odoo import models

from ..tools.evidence import Part, both_times, lines


class DocumentEvidenceMixin(models.AbstractModel):
    """A document of which an evidence pack can be made.

    Gives: ``action_evidence_pack``, one PDF with all that is kept of a sale, in which
    the files that were sent are attached; ``document.evidence`` makes it.

    A model says which documents belong to the same sale (``_evidence_chain``), and may
    add files (``_evidence_files``) and what is printed (``_evidence_parts``).

    Example::

        def _evidence_parts(self):
            return [*super()._evidence_parts(), self._evidence_of_visits()]

    How it works: the hooks are asked as superuser, of documents that who makes the pack
    may read, in the language of the pack. All documents of a kind share their prefetch:
    a hook that goes through the document's own fields costs one query for all of them.
    """

    _name = "document.evidence.mixin"
    _description = "Document with Evidence"

    def action_evidence_pack(self):
        """Make an evidence pack of the sale that this document belongs to, keep it with
        this document, and download it. Each call makes a new one.

        :returns: an action that downloads the file
        :rtype: dict
        :raises AccessError: who may neither write the document nor manages its entity
        :raises UserError: it is a draft, there is too much for one file, or the seal
            of the entity cannot be used
        """
        self.ensure_one()
        self._check_may_make_evidence()
        pack = self.env["document.evidence"]._make(self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{pack.id}?download=true",
            "target": "new",
        }

    def _check_may_make_evidence(self):
        """
        :raises AccessError: they may neither write it nor manage its entity
        """
        self.check_access("read")
        if not self.env.user.has_group("document_flow.group_manager"):
            self.check_access("write")

    # ------------------------------------------------------------
    # WHAT A MODEL SAYS
    # ------------------------------------------------------------

    def _evidence_chain(self):
        """The documents of the sale that this one belongs to, in the order in which
        they are printed; rights and entities are for who asks to look at.

        :returns: recordsets of one or several kinds
        :rtype: list
        """
        return [self]

    def _evidence_files(self):
        """The files of this document that are attached: those that were sent.

        :rtype: ir.attachment
        """
        return self.archive_ids.sorted("id")

    def _evidence_parts(self):
        """What is printed of this document, part by part. Neither internal notes nor
        anything that opens a page: keys, their digests, codes.

        :returns: list of ``tools.evidence.Part``; one without rows is left out
        :rtype: list
        """
        return [
            self._evidence_of_states(),
            self._evidence_of_mails(),
            self._evidence_of_links(),
            self._evidence_of_questions(),
            *(self._evidence_of_answer(answer) for answer in self._evidence_answers()),
            self._evidence_of_events(),
        ]

    # ------------------------------------------------------------
    # PARTS
    # ------------------------------------------------------------

    def _evidence_moment(self, moment):
        return both_times(moment, self.company_id.time_zone)

    def _evidence_of_states(self):
        """Its facts, and when it became what it is."""
        facts = [fact for fact in self._page_facts() if fact[1]]
        changes = [
            (
                self._evidence_moment(change.create_date),
                self.env._(
                    "%(before)s → %(after)s, by %(who)s",
                    before=words.get(change.old_value_char, change.old_value_char),
                    after=words.get(change.new_value_char, change.new_value_char),
                    who=self._evidence_author(change.mail_message_id),
                ),
            )
            for words in [self._evidence_states()]
            for change in self._evidence_changes()
        ]
        return Part(self.env._("Status and days"), [*facts, *changes])

    def _evidence_changes(self):
        """The moments at which its state changed, the first one first."""
        changes = self.message_ids.tracking_value_ids
        return changes.filtered(lambda c: c.field_id.name == "state").sorted("id")

    def _evidence_author(self, message):
        if message.author_id == self.env.ref("base.partner_root"):
            return self.env._("the system")
        return message.author_id.name or "?"

    def _evidence_states(self):
        """What the states are called in whatever language they were noted, in that of
        the pack.

        :rtype: dict
        """
        field = self._fields["state"]
        said = dict(field._description_selection(self.env))
        words = {}
        for code, _name in self.env["res.lang"].get_installed():
            there = self.with_context(lang=code).env
            for state, label in field._description_selection(there):
                words[label] = said[state]
        return words

    def _evidence_of_mails(self):
        _ = self.env._
        rows = self.delivery_ids.filtered(_is_to_outside).sorted("id")
        states = dict(rows._fields["state"]._description_selection(self.env))
        kinds = dict(rows._fields["kind"]._description_selection(self.env))
        return Part(
            _("E-mails"),
            [
                (
                    self._evidence_moment(row.sent_at or row.queued_at),
                    lines(
                        _("From: %s", row.email_from or row.user_id.email or ""),
                        f"{kinds[row.kind]}: {row.recipient}",
                    ),
                    lines(row.subject, row.message_id_header),
                    lines(states[row.state], row.smtp_reply or row.error),
                )
                for row in rows
            ],
            (
                _("When"),
                _("From and to"),
                _("Subject and Message-ID"),
                _("Result and server's reply"),
            ),
            (22, 26, 30, 22),
        )

    def _evidence_of_links(self):
        """Which link was sent to whom, and whether it was opened; never its key."""
        _ = self.env._
        return Part(
            _("Links and views"),
            [
                (
                    str(link.id),
                    link.recipients or "",
                    self._evidence_moment(link.create_date),
                    self._evidence_moment(link.seen) or _("not viewed"),
                    self._evidence_moment(link.called_back),
                )
                for link in self.link_ids.sorted("id")
            ],
            (_("Link"), _("Sent to"), _("Made"), _("First viewed"), _("Called back")),
            (8, 26, 22, 22, 22),
        )

    def _evidence_of_questions(self):
        _ = self.env._
        return Part(
            _("Questions and answers"),
            [
                (
                    self._evidence_moment(question.asked_date),
                    lines(question.asker),
                    lines(question.question),
                    lines(
                        question.answer,
                        question.answered_by_id.name,
                        self._evidence_moment(question.answered_date),
                    ),
                )
                for question in self.question_ids.sorted("id")
            ],
            (_("When"), _("Asked by"), _("Question"), _("Answer")),
            (22, 14, 32, 32),
        )

    def _evidence_answers(self):
        return self.acceptance_ids.sorted("id")

    def _evidence_of_answer(self, answer):
        """
        :param answer: a ``document.acceptance``
        """
        _ = self.env._
        is_yes = answer.answer == "accepted"
        return Part(
            _("Accepted by the customer") if is_yes else _("Declined by the customer"),
            self._evidence_of_proof(
                answer,
                (_("Ticked"), answer.boxes_said),
                (_("Options"), lines(answer.options_said)),
                (_("Total"), answer.total),
                (_("Reason"), lines(answer.reason)),
            ),
        )

    def _evidence_of_proof(self, proof, *more):
        """What is kept of somebody who proved an address and confirmed a sentence.

        :param proof: a ``document.acceptance`` or a ``document.signature``
        :param more: other labels and texts, which stand below the sentence
        :returns: labels and texts
        :rtype: list[tuple]
        """
        _ = self.env._
        moment = self._evidence_moment(proof.moment).partition("\n")[0]
        rows = [
            (_("Name, as typed"), proof.name),
            (_("E-mail address, proved by a code"), proof.address),
            (_("Confirmed"), proof.sentence),
            *more,
            (_("When"), lines(moment, proof.local_moment)),
            (_("Internet address"), proof.remote_address),
            (_("Browser"), proof.agent),
            (_("SHA-256 of the file"), proof.sha256),
            (_("Digest of its event"), proof.event_digest),
        ]
        return [row for row in rows if row[1]]

    def _evidence_of_events(self):
        _ = self.env._
        events = self.event_ids.sorted("id")
        kinds = dict(events._fields["kind"]._description_selection(self.env))
        return Part(
            _("Events"),
            [
                (
                    str(number),
                    self._evidence_moment(event.moment),
                    lines(
                        kinds[event.kind],
                        ", ".join(filter(None, (event.who, event.address))),
                        event.link_number and _("Link %s", event.link_number),
                        *_facts(event.facts),
                        event.digest,
                    ),
                    lines(event.remote_address, event.agent),
                )
                for number, event in enumerate(events, 1)
            ],
            (_("No."), _("When"), _("What happened, and its digest"), _("From where")),
            (6, 22, 50, 22),
            self._evidence_of_chain(events._first_broken()),
        )

    def _evidence_of_chain(self, broken):
        """
        :param broken: the first event that is not as it was written, if there is one
        """
        if broken:
            return self.env._(
                "The chain of digests is BROKEN at the event of %s: this event, or one "
                "before it, is not as it was written.",
                self._evidence_moment(broken.moment).partition("\n")[0],
            )
        return self.env._(
            "The chain of digests holds: each event is as it was written, and none was "
            "taken out or slipped in."
        )


def _is_to_outside(row):
    """Whether a delivery left the house: what colleagues wrote to each other is none of
    a customer's.

    :param row: a ``mail.delivery``
    """
    message = row.mail_message_id
    if message.is_internal or message.subtype_id.internal:
        return False
    return not any(user._is_internal() for user in row.partner_id.user_ids)


def _facts(facts):
    """What else an event says, a line each.

    :param dict facts: of values that JSON knows
    """
    for name, value in sorted((facts or {}).items()):
        if isinstance(value, list):
            value = ", ".join(map(str, value))
        if value:
            yield f"{name}: {value}"
