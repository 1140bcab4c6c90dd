"""Who is written to: addresses as people type them.

>>> parse(["Pom <pom@example.com>, POM@example.com", "keith@example.com"])
Addresses(good=('Pom <pom@example.com>', 'keith@example.com'), bad=())
"""

import re
from dataclasses import dataclass
from email.utils import formataddr, getaddresses, parseaddr

# Local part and a domain with a dot: stricter than the RFC, as no customer has less.
ADDRESS = re.compile(
    r"[^\s@<>()\[\],;:\"\\]+@([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]"
)
SEPARATORS = re.compile(r"[;\n\r]+")


@dataclass(frozen=True)
class Addresses:
    """What could be read, in order and once each, and what could not."""

    good: tuple = ()
    bad: tuple = ()


def bare(address):
    """The address without its name, for comparing.

    >>> bare("Pom <POM@Example.com>")
    'pom@example.com'
    """
    return parseaddr(address)[1].lower()


def name_of(address):
    """The name that stands before an address.

    >>> name_of("Pom <pom@example.com>"), name_of("pom@example.com")
    ('Pom', '')
    """
    return parseaddr(address)[0]


def is_address(text):
    """Whether mail can go there.

    >>> is_address("nikki@example.com"), is_address("nikki@"), is_address("ni kki@x.io")
    (True, False, False)
    """
    return bool(ADDRESS.fullmatch(text or "")) and ".." not in text


def parse(texts, without=()):
    """Read addresses; each counts once, however it is written.

    :param texts: a list, or one string with several addresses
    :param without: addresses that have their copy already

    >>> parse("a@example.com; b@example.com", without=["A@example.com"]).good
    ('b@example.com',)
    >>> parse(["not an address"]).bad
    ('not an address',)
    """
    texts = [texts] if isinstance(texts, str) else list(texts or ())
    seen, good, bad = {bare(address) for address in without}, [], []
    for text in texts:
        for part in SEPARATORS.split(text or ""):
            for address, found in _split(part):
                if not found:
                    bad.append(address)
                elif found.lower() not in seen:
                    seen.add(found.lower())
                    good.append(address)
    return Addresses(tuple(good), tuple(bad))


def _split(part):
    """``(as written, bare address or None)`` of each address in a text."""
    part = part.strip().strip(",")
    if not part:
        return
    pairs = getaddresses([part])
    if not all(is_address(address) for _name, address in pairs):
        # Not readable as a list: name what is wrong, keep what is right.
        for piece in filter(None, (piece.strip() for piece in part.split(","))):
            name, address = parseaddr(piece)
            known = is_address(address) and (name or address == piece)
            yield piece, address if known else None
        return
    for name, address in pairs:
        # formataddr would encode a Thai name; the mail layer does that
        quoted = (
            formataddr((name, address)) if name.isascii() else f'"{name}" <{address}>'
        )
        yield (quoted if name else address), address
