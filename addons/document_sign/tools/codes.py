"""Codes that prove an address: six digits, mailed to it, typed back.

>>> code = new_code()
>>> len(code), code.isdigit()
(6, True)
>>> first = digest("secret", "ticket", "012345")
>>> first == digest("secret", "ticket", "012345")
True
>>> first == digest("secret", "another ticket", "012345")
False
"""

import hashlib
import hmac
import re
import secrets

DIGITS = 6
MINUTES = 10  # a code counts; a mail takes some of them
TRIES = 5  # of one code: 1 in 200,000 guesses it
TICKET = re.compile(r"[A-Za-z0-9_-]{22}")


def new_code() -> str:
    """Six digits that nobody can foretell."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_ticket() -> str:
    """What tells one request for a code from another; no secret, yet not guessed."""
    return secrets.token_urlsafe(16)


def is_ticket(text: object) -> bool:
    """Whether this could be one.

    >>> is_ticket(new_ticket()), is_ticket("x"), is_ticket(None), is_ticket("ก" * 22)
    (True, False, False, False)
    """
    return isinstance(text, str) and bool(TICKET.fullmatch(text))


def digest(secret: str, ticket: str, code: str) -> str:
    """What the database keeps of a code.

    Six digits are tried out in no time by who has the secret, too; what this keeps them
    from is a code that is read in a list, or used for another request.

    :param secret: of the database
    :param ticket: the request that the code answers
    :param code: as it was mailed
    """
    said = "\n".join((ticket, code)).encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def is_right(kept: str, secret: str, ticket: str, typed: str) -> bool:
    """Whether somebody typed the code of a request.

    >>> kept = digest("secret", "ticket", "012345")
    >>> is_right(kept, "secret", "ticket", "012345")
    True
    >>> is_right(kept, "secret", "ticket", "012346")
    False
    """
    return hmac.compare_digest(kept, digest(secret, ticket, typed))


def read(typed: object) -> str:
    """The digits of what somebody typed or pasted, empty if that is no code.

    >>> read(" 012 345 "), read("012-345"), read("๐๑๒๓๔๕")
    ('012345', '012345', '012345')
    >>> read("12345"), read("0123456"), read("code"), read(None)
    ('', '', '', '')
    """
    if not isinstance(typed, str) or len(typed) > 40:
        return ""
    found = "".join(str(int(each)) for each in typed if each.isdecimal())
    return found if len(found) == DIGITS else ""


def masked(address: str) -> str:
    """An address as somebody recognises it who knows it already.

    >>> masked("somchai@example.com"), masked("jo@example.com"), masked("x@a.co")
    ('s…i@example.com', 'j…@example.com', '…@a.co')
    """
    name, at, domain = address.rpartition("@")
    first = name[:1] if len(name) > 1 else ""
    last = name[-1:] if len(name) > 2 else ""
    return f"{first}…{last}{at}{domain}"
