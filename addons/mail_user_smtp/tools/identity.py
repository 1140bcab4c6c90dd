"""Addresses and names of people, compared as their readers would. No ORM."""

import re
import unicodedata
from contextlib import suppress

import idna

from odoo.tools.mail import email_normalize_all

# What makes a name look like an address, or like the start of one.
ADDRESS_SIGNS = frozenset("@<>\uff20\ufe6b\uff1c\uff1e")
BLANKS = re.compile(r"\s+")


def is_hidden(character: str) -> bool:
    """Whether a sign is not seen, or turns around how its neighbours are seen.

    >>> [is_hidden(sign) for sign in ("a", "ก", "\\n", "\\u202e", "\\u200b")]
    [False, False, True, True, True]

    Joiners are part of how some scripts, and emoji, are written:

    >>> is_hidden("\\u200d")
    False
    """
    if character in "\u200c\u200d":
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")


def is_plain_name(name: str | None) -> bool:
    """Whether a name can be taken for nothing else.

    >>> is_plain_name("Pom O'Brien, สมชาย"), is_plain_name("Pom <pom@example.com>")
    (True, False)
    """
    return not any(sign in ADDRESS_SIGNS or is_hidden(sign) for sign in name or "")


def plain_name(name: str | None) -> str:
    """A name as a header may hold it.

    >>> plain_name("Pom <pom@example.com>"), plain_name("Al\\r\\nBcc: b@example.com")
    ('Pom pom example.com', 'Al Bcc: b example.com')
    """
    signs = (
        " " if sign in ADDRESS_SIGNS or is_hidden(sign) else sign for sign in name or ""
    )
    return BLANKS.sub(" ", "".join(signs)).strip()


def is_one_address(text: str | None) -> bool:
    """Whether a field holds one address, and nothing that could be a second one.

    >>> is_one_address("pom@example.com"), is_one_address("Pom <pom@example.com>")
    (True, True)
    >>> is_one_address("pom@example.com, al@example.com"), is_one_address("pom")
    (False, False)
    >>> is_one_address('"pom@example.com" <al@example.com>')
    False
    """
    signs = unicodedata.normalize("NFKC", text or "").count("@")
    hidden = any(map(is_hidden, (text or "").strip()))
    return signs == 1 and not hidden and len(email_normalize_all(text)) == 1


def forms(text: str | None) -> frozenset[str]:
    """Every address in a text, each in the one form in which it is compared.

    >>> sorted(forms("Pom <POM@Example.com>, al@münchen.example"))
    ['al@xn--mnchen-3ya.example', 'pom@example.com']
    >>> forms("ｐｏｍ@example.com") == forms("pom@EXAMPLE.com.")
    True
    >>> forms("al@XN--MNCHEN-3ya.example") == forms("al@München.example")
    True
    >>> forms("no address"), forms(False)
    (frozenset(), frozenset())
    """
    plain = unicodedata.normalize("NFKC", text or "")
    plain = "".join(sign for sign in plain if not is_hidden(sign) or sign in "\n\t")
    found = {*email_normalize_all(plain), *_rough(plain)}
    return frozenset(map(_comparable, found))


def _rough(text: str) -> list[str]:
    """What looks like an address to a reader, though a parser stops at it."""
    return re.findall(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"'@]+", text)


def _comparable(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    domain = domain.strip(".").casefold()
    # what is no name of the Internet stays as it was typed
    with suppress(idna.IDNAError):
        domain = idna.encode(domain, uts46=True).decode()
    return f"{local.casefold()}@{domain}"
