from odoo import models

from odoo.addons.document_flow.tools.days import say_day


class DocumentValues(models.AbstractModel):
    """What the page of signatures prints."""

    _inherit = "document.report.values"

    def _values(self):
        return {
            **super()._values(),
            "signing_of": self._signing_of,
            "signature_by": self._signature_by,
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

    def _signature_by(self, document, name):
        """The signature of somebody, on the document's own line for it.

        :param str name: as the document prints it
        :rtype: document.signature, or None
        """
        request = self._signing_of(document)
        if not request or not name:
            return None
        signatures = request.signature_ids
        return signatures.filtered(lambda each: each.signer_id.name == name)[:1]

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
