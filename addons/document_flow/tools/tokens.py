"""Keys in the addresses of documents: random, and kept as a digest only.

>>> key = new_key()
>>> len(key), is_key(key), len(digest(key))
(32, True, 64)
>>> [is_key(text) for text in ("", "short", "ก" * 32, key + "=", None)]
[False, False, False, False, False]
"""

import hashlib
import re
import secrets

RANDOM = 24  # bytes: 192 bits, as many as nobody guesses
# Ours, and those of mails that left before 19.0.1.7.0: a UUID.
SHAPE = re.compile(r"[A-Za-z0-9_-]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_key() -> str:
    """A key that nobody can guess, in letters that addresses take as they are."""
    return secrets.token_urlsafe(RANDOM)


def is_key(text: object) -> bool:
    """Whether this could be one; whatever else is asked for needs no look-up."""
    return isinstance(text, str) and bool(SHAPE.fullmatch(text))


def digest(key: str) -> str:
    """What the database keeps. A random key needs no salt: there is nothing to guess
    it from, and a plain digest can be looked up by an index.

    >>> digest("a")[:8]
    'ca978112'
    """
    return hashlib.sha256(key.encode()).hexdigest()
