"""Whom the text of a To or Cc field names. No ORM."""

import re
from itertools import pairwise

from odoo.tools.mail import email_normalize_all

# what stands between separators; those within quotes and comments separate nothing
PIECE = re.compile(r'(?:"[^"]*"|\([^)]*\)|[^,;\n"(]|["(])+')


def recipients(text):
    """The addresses in a field. What is none stays as it was typed, at the end, so that
    it can be refused by name; Odoo passes over it in silence.

    >>> recipients("Anna <A@example.com>, rubbish; b@example.com, bob@")
    ['a@example.com', 'b@example.com', 'rubbish', 'bob@']
    >>> recipients("no address at all"), recipients(" ,"), recipients(None)
    (['no address at all'], [], [])

    A comma within a name is common, with quotes and without.

    >>> recipients('"Doe, Jane" <jane@example.com>, Roe, Rob <rob@example.com>')
    ['jane@example.com', 'rob@example.com']
    """
    pieces = [piece.strip() for piece in PIECE.findall(text or "")]
    rubbish = [
        piece
        for piece, after in pairwise([*pieces, ""])
        if piece and not email_normalize_all(piece) and "<" not in after
    ]
    return [*email_normalize_all(text), *rubbish]
