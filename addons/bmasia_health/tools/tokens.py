"""The token of programs that watch. Only its digest is kept. No ORM."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """A token that nobody guesses.

    >>> len(new_token()) >= 43
    True
    """
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token. It is random and long: a slow hash would add nothing.

    >>> digest("a")[:8], len(digest("a"))
    ('ca978112', 64)
    """
    return hashlib.sha256(token.encode()).hexdigest()


def is_known(token: str, digests: list[str]) -> bool:
    """Whether a token is one of ours; takes as long for a wrong one.

    >>> is_known("a", [digest("b"), digest("a")]), is_known("", []), is_known("c", [""])
    (True, False, False)
    """
    mine = digest(token)
    return any([hmac.compare_digest(mine, known) for known in digests])


def bearer(header: str) -> str:
    """The token of an ``Authorization`` header, empty where there is none.

    >>> bearer("Bearer abc"), bearer("bearer  abc "), bearer("Basic abc"), bearer("")
    ('abc', 'abc', '', '')
    """
    scheme, _, token = header.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
