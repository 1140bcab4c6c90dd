from dataclasses import replace

from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.exceptions import FormRefused
from odoo.addons.document_flow.tools import typed
from odoo.addons.mail_delivery.tools.addresses import read

from ..tools import drawings
from ..tools.mailboxes import mailboxes
from ..tools.signing import DELEGATED, NOT_SIGNED, PUBLIC_DOMAINS, SIGNED, domain_of
from ..tools.wishes import LONGEST_NAME, LONGEST_REASON

_lt = LazyTranslate(__name__)

DRAWING_FAULTS = {
    drawings.UNREADABLE: _lt("The drawing is unreadable. Draw it again, or type only."),
    drawings.TOO_LARGE: _lt("The drawing is too large. Draw it again, or type only."),
    drawings.EMPTY: _lt("Nothing was drawn. Draw your signature, or type only."),
}


class DocumentSignerFormMixin(models.AbstractModel):
    """What a signer's form may say, and which sentence is confirmed with it.

    The model is ``document.signer``.
    """

    _name = "document.signer.form.mixin"
    _description = "Form of a Signer"

    def _sentence_of(self, wish):
        """What is confirmed, in the page's language."""
        document, _ = self._document(), self.env._
        words = {
            "kind": document._kind_label(),
            "number": document.name,
            "seller": document._seller()["name"],
            "sha256": wish.sha256,
            "to": f"{wish.more.get('to_name')}, {wish.more.get('to_address')}",
        }
        if wish.answer == SIGNED:
            return _(
                "With this electronic signature I sign %(kind)s %(number)s of "
                "%(seller)s, as in the file with the SHA-256 %(sha256)s.",
                **words,
            )
        if wish.answer == NOT_SIGNED:
            return _(
                "I do not sign %(kind)s %(number)s of %(seller)s, as in the file with "
                "the SHA-256 %(sha256)s.",
                **words,
            )
        return _(
            "I let %(to)s sign %(kind)s %(number)s of %(seller)s in my place.",
            **words,
        )

    def _checked(self, wish):
        """What somebody typed, with the drawing as it is kept. One of us signs under
        the name of their login, whatever the form says.

        :returns: the Wish
        :raises FormRefused: names each field
        """
        if self.user_id:
            wish = replace(wish, name=self.name)
        faults, drawing = [*self._faults_of(wish)], ""
        if wish.answer == SIGNED and (drawing := wish.more.get("drawing")):
            try:
                drawing = drawings.address_of(drawings.read(drawing))
            except drawings.DrawingError as error:
                faults.append(("drawing", self.env._(DRAWING_FAULTS[error.reason])))
        FormRefused.check(faults)
        # a name that stands with an address is another way to write to somebody
        to = [box.address for box in read(wish.more.get("to_address")).good]
        more = {"drawing": drawing, "to_address": "".join(to[:1])}
        return replace(wish, more={**wish.more, **more})

    def _faults_of(self, wish):
        """What is wrong with a form: fields, as they follow there, and sentences."""
        _ = self.env._
        if not typed.is_name(wish.name):
            yield "full_name", _("Type your name.")
        if len(wish.name) > LONGEST_NAME:
            yield "full_name", _("A name has at most %s letters here.", LONGEST_NAME)
        if wish.answer == NOT_SIGNED:
            if not wish.reason:
                yield "reason", _("Say in a few words why you do not sign.")
            if len(wish.reason) > LONGEST_REASON:
                yield (
                    "reason",
                    _("A reason has at most %s letters here.", LONGEST_REASON),
                )
        if wish.answer == DELEGATED:
            yield from self._faults_of_delegate(wish)

    def _faults_of_delegate(self, wish):
        """A colleague is somebody else, with an address where the customer has its."""
        _ = self.env._
        if not self._may_delegate():
            sentence = _(
                "You cannot let somebody else sign. Please reply to our e-mail."
            )
            yield "", sentence
            return
        name = wish.more["to_name"]
        if not typed.is_name(name) or len(name) > LONGEST_NAME:
            yield "to_name", _("Type the name of your colleague.")
        found = read(wish.more["to_address"])
        if len(found.good) != 1 or found.bad:
            yield "to_address", _("Type the e-mail address of your colleague.")
            return
        wire, document = found.good[0].wire, self._document()
        box = mailboxes([wire])
        is_other = box & document._our_mailboxes() or document._have_left([wire])
        if is_other or domain_of(wire) not in self._delegate_domains():
            yield (
                "to_address",
                _(
                    "Your colleague needs an e-mail address of your company. Else "
                    "please reply to our e-mail."
                ),
            )
        signers = self.signing_id.signer_ids
        if box & mailboxes(each.wire for s in signers for each in s._boxes()):
            yield "to_address", _("This person signs already.")

    def _may_delegate(self):
        """Whether a colleague may sign in this person's place: one of the customer's,
        and not without end.
        """
        return self.side != "seller" and not self.delegated_by_id.delegated_by_id

    def _delegate_domains(self):
        """The customer's own domains: those of its contacts' addresses and of this
        person's, without providers at which anybody has an address.

        :rtype: set[str]
        """
        contacts = self._document()._known_contacts().filtered("active")
        texts = [contact.email for contact in contacts if contact.email]
        boxes = read([*texts, self.email]).good
        return {domain_of(box.wire) for box in boxes} - {""} - PUBLIC_DOMAINS
