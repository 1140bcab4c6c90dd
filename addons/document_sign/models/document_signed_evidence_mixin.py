from odoo import models

from ..tools.evidence import Part, lines


class DocumentSignedEvidenceMixin(models.AbstractModel):
    """What the evidence pack says of signatures: who was asked, and what is kept.

    The model is of ``document.signed.mixin``.
    """

    _name = "document.signed.evidence.mixin"
    _description = "Evidence of Signatures"

    def _evidence_parts(self):
        """With who was asked to sign, and what is kept of each signature."""
        *parts, events = super()._evidence_parts()
        for request in self.signing_ids.sorted("id"):
            parts.append(self._evidence_of_signing(request))
            parts += map(
                self._evidence_of_signature, request.signature_ids.sorted("id")
            )
        return [*parts, events]

    def _evidence_of_signing(self, request):
        _ = self.env._
        signers = request.signer_ids
        states = dict(signers._fields["state"]._description_selection(self.env))
        said = dict(request._fields["state"]._description_selection(self.env))
        return Part(
            _("Signatures asked for: %s", said[request.state]),
            [
                (
                    lines(signer.name, signer.title, signer.email),
                    self._evidence_moment(signer.asked_date),
                    lines(states[signer.state], signer.reason),
                    self._evidence_moment(signer.signed_date),
                )
                for signer in signers
            ],
            (_("Signer"), _("Asked"), _("Status"), _("Signed")),
            (34, 22, 22, 22),
            lines(
                _("SHA-256 of the file: %s", request.sha256),
                request.signed_sha256
                and _("SHA-256 of the signed file: %s", request.signed_sha256),
                request.reason,
                request.taken_back
                and _("Taken back: %s", self._evidence_moment(request.taken_back)),
            ),
        )

    def _evidence_of_signature(self, signature):
        """The drawing itself is in the signed file.

        :param signature: a ``document.signature``
        """
        _ = self.env._
        ways = dict(signature._fields["way"]._description_selection(self.env))
        return Part(
            _("Signed by %s", signature.name),
            self._evidence_of_proof(
                signature,
                (_("Position"), signature.title),
                (_("How"), ways[signature.way]),
            ),
        )
