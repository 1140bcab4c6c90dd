"""Addresses as people type them, and as mail servers take them. No ORM.

One reader for every field, wizard and API: names with commas, quotes and semicolons,
several addresses in one text, internationalised domains.

>>> [box.address for box in read('"Smith; Sons" <s@example.com>, b@example.com').good]
['s@example.com', 'b@example.com']

Contacts hold several addresses, and what was pasted from elsewhere.

>>> [box.address for box in read(["a@x.io / b@x.io", "\\u200bTom@x.io. "]).good]
['a@x.io', 'b@x.io', 'tom@x.io']
>>> [box.formatted for box in read('"Anna" <a@x.io,b@x.io>').good]
['"Anna" <a@x.io>', '"Anna" <b@x.io>']
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header, make_header

import idna

# What is wrong with a text: keys of the sentences of ``mail.delivery``.
INVALID, LOCAL_PART, CONTROL = "invalid_address", "local_part", "control_character"

QUOTED = r'"(?:[^"\\]|\\.)*"'
COMMENT = r"\((?:[^()\\]|\\.)*\)"
TOKEN = re.compile(
    rf"(?P<quoted>{QUOTED})|(?P<angle><[^<>]*>)|(?P<comment>{COMMENT})"
    r"|(?P<soft>,)|(?P<hard>[;\r\n])|(?P<slash>\s/\s)|(?P<blank>\s)"
    r"|(?P<word>[^\s\"<(,;]+|[\"<(])",
    re.DOTALL,
)
WITHIN_ANGLES = re.compile(r"[,;\s]+")
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL = re.compile(rf"{ATOM}(?:\.{ATOM})*")
LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
DOMAIN = re.compile(rf"(?:{LABEL}\.)+[a-z][a-z0-9-]*[a-z0-9]")
LONGEST_LOCAL, LONGEST_DOMAIN = 64, 253  # octets, RFC 5321
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
TO_ESCAPE = re.compile(r'[\\"]')

Piece = list[tuple[str | None, str]]  # (kind, token)


@dataclass(frozen=True)
class Mailbox:
    r"""A person's name and address, the latter in the script in which it was typed.

    ``wire`` is the address as the envelope takes it, the same for every spelling;
    ``formatted`` is name and address as a text that :func:`read` reads back.

    >>> Mailbox("", "Info@MÜNCHEN.example").wire
    'info@xn--mnchen-3ya.example'
    >>> Mailbox('Bob "Bobby" Brown, Jr.', "bob@example.com").formatted
    '"Bob \\"Bobby\\" Brown, Jr." <bob@example.com>'
    """

    name: str
    address: str
    wire: str = field(init=False, repr=False, compare=False)
    formatted: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        name = TO_ESCAPE.sub(r"\\\g<0>", self.name)
        formatted = f'"{name}" <{self.address}>' if name else self.address
        # once for good: the dataclass is frozen
        object.__setattr__(self, "wire", wire_form(self.address))
        object.__setattr__(self, "formatted", formatted)


@dataclass(frozen=True)
class Unreadable:
    """A piece of a text that is no address, and what is wrong with it."""

    typed: str
    reason: str = INVALID


@dataclass(frozen=True)
class Mailboxes:
    """What could be read, in order and once each, and what could not."""

    good: tuple[Mailbox, ...] = ()
    bad: tuple[Unreadable, ...] = ()


def read(
    texts: str | Iterable[str | None] | None, without: Iterable[str] = ()
) -> Mailboxes:
    """Read addresses; each counts once, however it is written.

    :param texts: a text, or a list of texts, with any number of addresses each
    :param without: texts whose addresses have their copy already
    :rtype: Mailboxes

    >>> read("a@example.com; b@example.com", without=["A@example.com"]).good
    (Mailbox(name='', address='b@example.com'),)

    A comma within a name is common, with quotes and without.

    >>> [box.name for box in read('Doe, Jane <j@x.io>; "Roe, Rob" <r@x.io>').good]
    ['Doe, Jane', 'Roe, Rob']

    What is none stays as it was typed, so that it can be refused by name.

    >>> read("rubbish, good@x.io, Bob <bob>").bad
    (Unreadable(typed='rubbish', reason='invalid_address'), \
Unreadable(typed='Bob <bob>', reason='invalid_address'))
    >>> read("อนงค์@example.com").bad[0].reason
    'local_part'
    >>> read("=?utf-8?q?Bob=0D=0ABcc=3A?= <b@x.io>").bad[0].reason
    'control_character'
    """
    seen = {box.wire for text in without for box in read(text).good}
    good: list[Mailbox] = []
    bad: list[Unreadable] = []
    pieces = (
        piece
        for text in ([texts] if isinstance(texts, str) else texts or ())
        for piece in _pieces(text or "")
    )
    for found in (one for piece in pieces for one in _read_piece(piece)):
        if isinstance(found, Unreadable):
            bad.append(found)
        elif found.wire not in seen:
            seen.add(found.wire)
            good.append(found)
    return Mailboxes(tuple(good), tuple(bad))


def recipients(text: str | None) -> list[str]:
    """The addresses in a field; what is none stays as it was typed, at the end.

    >>> recipients("Anna <A@example.com>, rubbish; b@example.com, bob@")
    ['a@example.com', 'b@example.com', 'rubbish', 'bob@']
    >>> recipients("no address at all"), recipients(" ,"), recipients(None)
    (['no address at all'], [], [])
    """
    found = read(text)
    return [box.address for box in found.good] + [part.typed for part in found.bad]


def wire_form(address: str | None) -> str:
    """A bare address in ASCII, as the envelope and headers take it.

    The domain is mapped as browsers do (UTS 46), so every script and every spelling of
    a name leads to the same mailbox. What is no address stays what it is.

    >>> wire_form("info@ร้านอาหาร.example"), wire_form("Pom@Example.com")
    ('info@xn--q3ctb5aj2acb5r.example', 'pom@example.com')
    >>> wire_form("no address")
    'no address'
    """
    local, at, domain = (address or "").strip().rpartition("@")
    try:
        return f"{local.lower()}{at}{_ascii_domain(domain)}" if at else domain
    except UnicodeError:
        return f"{local}{at}{domain}"


def problem_of(address: str) -> str | None:
    """What is wrong with a bare address, or None.

    >>> problem_of("info@คาเฟ่.example.com"), problem_of("a..b@example.com")
    (None, 'invalid_address')
    >>> problem_of("jürgen@example.com"), problem_of("pom@localhost")
    ('local_part', 'invalid_address')
    """
    local, at, domain = address.rpartition("@")
    try:
        ascii_domain = _ascii_domain(domain)
    except UnicodeError:
        return INVALID
    if not at or not DOMAIN.fullmatch(ascii_domain):
        return INVALID
    if len(ascii_domain) > LONGEST_DOMAIN or len(local) > LONGEST_LOCAL:
        return INVALID
    if not local.isascii() and not any(c.isspace() or c in "@<>" for c in local):
        return LOCAL_PART
    return None if LOCAL.fullmatch(local) else INVALID


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    encoded: bytes = idna.encode(domain, uts46=True, transitional=False)
    return encoded.decode()


# ------------------------------------------------------------
# READING
# ------------------------------------------------------------


def _pieces(text: str) -> list[Piece]:
    """Cut a text where one person ends and the next begins.

    :returns: lists of ``(kind, token)``
    """
    piece: Piece = []
    complete: list[Piece] = []
    waiting: list[Piece] = []
    angled = False
    for kind, token in _tokens(text):
        ends = kind in ("soft", "hard") or (kind == "slash" and "@" in _typed(piece))
        # "Bob <b@x.io> Jane <j@x.io>": somebody forgot what separates them
        begins = angled and kind in ("word", "quoted", "angle")
        if ends or begins:
            waiting = _join_name(waiting, piece, complete, kind == "soft")
            piece, angled = [], False
        if not ends:
            piece.append((kind, token))
            angled = angled or kind == "angle"
    _join_name(waiting, piece, complete, False)
    return complete


def _tokens(text: str) -> Piece:
    return [(found.lastgroup, found[0]) for found in TOKEN.finditer(text)]


def _join_name(
    waiting: list[Piece], piece: Piece, complete: list[Piece], more: bool
) -> list[Piece]:
    """Keep what may be the first half of "Doe, Jane <jane@…>" until the rest is there.

    :returns: the pieces that still wait
    """
    if _has_angle(piece):
        joined: Piece = []
        for part in waiting:
            joined += [*part, ("word", ",")]
        complete.append([*joined, *piece])
        return []
    typed = _typed(piece).strip()
    if more and typed and "@" not in typed:
        return [*waiting, piece]
    complete += [*waiting, *([piece] if typed else [])]
    return []


def _has_angle(piece: Piece) -> bool:
    return any(kind == "angle" for kind, _token in piece)


def _typed(piece: Piece) -> str:
    return "".join(token for _kind, token in piece)


def _read_piece(piece: Piece) -> list[Mailbox | Unreadable]:
    """The mailboxes of one piece, or :class:`Unreadable`."""
    typed = _printable(_typed(piece))
    if not typed:
        return []
    if not _has_angle(piece):
        return _read_bare(piece, typed)
    place = next(n for n, (kind, _token) in enumerate(piece) if kind == "angle")
    name = _name(piece[:place])
    inner = piece[place][1][1:-1].removeprefix("mailto:")
    addresses = [a for part in WITHIN_ANGLES.split(inner) for a in _cut_slashes(part)]
    return _mailboxes(name, addresses, typed)


def _read_bare(piece: Piece, typed: str) -> list[Mailbox | Unreadable]:
    """Addresses without angle brackets, perhaps with a name as comment."""
    comments = [token[1:-1] for kind, token in piece if kind == "comment"]
    bare = "".join(token for kind, token in piece if kind != "comment")
    words = [a for word in bare.split() for a in _cut_slashes(word)]
    words = [word for word in map(_trimmed, words) if word]
    if not all("@" in word for word in words):
        # never guess: of "ni kki@x.io" the half would be somebody else's address
        return [Unreadable(typed)]
    return _mailboxes(" ".join(comments), words, typed)


def _cut_slashes(text: str) -> list[str]:
    """Cut "a@x.io/b@x.io"; a slash before the @ belongs to the address.

    >>> _cut_slashes("a/b@x.io/c@x.io")
    ['a/b@x.io', 'c@x.io']
    """
    parts: list[str] = []
    for part in text.split("/"):
        if parts and "@" not in parts[-1]:
            parts[-1] += f"/{part}"
        else:
            parts.append(part)
    return parts


def _mailboxes(
    name: str, addresses: Iterable[str], typed: str
) -> list[Mailbox | Unreadable]:
    if any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in name):
        return [Unreadable(typed, CONTROL)]
    found: list[Mailbox | Unreadable] = []
    for address in filter(None, map(_trimmed, addresses)):
        if problem := problem_of(address):
            found.append(Unreadable(typed, problem))
        else:
            local, _at, domain = address.rpartition("@")
            found.append(Mailbox(name, f"{local.lower()}@{domain.lower()}"))
    return found or [Unreadable(typed)]


def _name(tokens: Sequence[tuple[str | None, str]]) -> str:
    """A display name without its quotes, escapes and encoded words."""
    parts = [
        ESCAPED.sub(r"\1", token[1:-1]) if kind == "quoted" else token
        for kind, token in tokens
    ]
    name = _without_ends("".join(parts))
    if "=?" not in name:
        return name
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, ValueError):
        return name


def _trimmed(address: str) -> str:
    """Without what was pasted along, and the dot that ends a sentence."""
    return _without_ends(address).removesuffix(".")


def _without_ends(text: str) -> str:
    """Without blanks of every kind and invisible signs around it."""
    start, end = 0, len(text)
    while start < end and _is_invisible(text[start]):
        start += 1
    while start < end and _is_invisible(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_invisible(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) == "Cf"


def _printable(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
