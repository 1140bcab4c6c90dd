from odoo import models

from odoo.addons.document_flow.tools import typed
from odoo.addons.document_flow.tools.days import say_day


class DocumentValues(models.AbstractModel):
    """What the page of signatures prints."""

    _inherit = "document.report.values"

    def _values(self):
        return {
            **super()._values(),
            "signing_of": self._signing_of,
            "signature_on": self._signature_on,
            "signed_by": self._signed_by,
            "signature_day": self._signature_day,
            "signature_events": self._signature_events,
            "signature_moment": self._signature_moment,
        }

    def _signing_of(self, document):
        """The request whose signed file is being printed, by our own code only.

        :rtype: document.signing, or None
        """
        number = document.env.context.get("document_signing")
        if not document.env.su or not number:
            return None
        request = document.env["document.signing"].browse(number).exists()
        here = (request.res_model, request.res_id)
        return request if here == (document._name, document.id) else None

    def _signature_on(self, document, side, signatory):
        """The signature on one of the document's own lines: of whom the place was
        given to, whatever they are called. A line that no signatory has is for who
        signs for that side without being one.

        :param str side: whose line it is, ``customer`` or ``seller``
        :param signatory: the row of the document that has the line, or None
        :rtype: document.signature, or None
        """
        request = self._signing_of(document)
        if not request:
            return None
        number = signatory.id if signatory else 0
        return request.signature_ids.filtered(
            lambda each: each.signer_id.side == side
            and each.signer_id.signatory_number == number
        )[:1]

    def _signed_by(self, signature, name):
        """Who has signed, where a line has somebody else's name, or its place was given
        away: the name as they typed it, with the address that they proved.

        :param signature: a ``document.signature``
        :param str name: as the line has it; empty if it names nobody
        :returns: name with position, and address; None if the line says it
        :rtype: tuple, or None
        """
        signer = signature.signer_id
        names = {typed.line(each) for each in (name, signer.name, signature.name)}
        if name and len(names) == 1 and not signer.delegated_by_id:
            return None
        person = filter(None, (signature.name, signature.title))
        return ", ".join(person), signature.address

    def _signature_day(self, document, signature):
        """The day of one signature, at the entity's desk."""
        return self._day(document, document.company_id._local_day(signature.moment))

    def _signature_events(self, document):
        """The events of a document in their order.

        :returns: moments (UTC), labels, who, and digests
        :rtype: list[tuple]
        """
        events = document.event_ids.sorted("id")
        labels = dict(events._fields["kind"]._description_selection(document.env))
        return [
            (f"{e.moment:%Y-%m-%d %H:%M:%S}", labels[e.kind], e.who or "", e.digest)
            for e in events
        ]

    def _signature_moment(self, document, moment):
        """A moment in UTC, in words."""
        day = say_day(document.env, moment.date(), "d MMMM")
        return f"{day}, {moment:%H:%M:%S} UTC"
