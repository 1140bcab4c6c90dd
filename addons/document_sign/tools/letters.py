"""Mails to signers."""

from dataclasses import dataclass

from odoo.addons.document_flow.tools.letter import Letter


@dataclass(frozen=True)
class SignersLetter(Letter):
    """A mail to one signer, whose link is theirs alone.

    :param signer: the id of a ``document.signer``
    """

    signer: int = 0
