"""The format of the numbers of documents: a series, which is a prefix, and a counter.

Two presets. *day*, as in the old system: a counter per day, shared by all entities.
*year*, as Finance asks for: a counter per entity, kind of document and year.

>>> from datetime import date
>>> quote, day = Codes("Q", "QT"), date(2025, 10, 6)
>>> numbered(series("day", quote, "TH", day), 426)
'Q-2025-1006-426'
>>> numbered(series("year", Codes("INV", "IV"), "TH", day), 1)
'TH-IV25001'
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

DIGITS = 3  # at least; a series that needs more gets more


class Codes(NamedTuple):
    """What stands for a kind of document in its numbers.

    :param str day: in those counted per day, as ``INV``
    :param str year: in those counted per entity and year, two letters, as ``IV``
    """

    day: str
    year: str


def series(preset: str, codes: Codes, entity: str, day: date) -> str:
    """The series of a kind of document on a day.

    :param str preset: ``day`` or ``year``
    :param Codes codes: of the kind
    :param str entity: short code of the billing entity, for the yearly series

    >>> series("day", Codes("PF", "PF"), "HK", date(2026, 1, 2))
    'PF-2026-0102-'
    >>> series("year", Codes("C", "CT"), "HK", date(2026, 1, 2))
    'HK-CT26'
    """
    if preset == "year":
        return f"{entity}-{codes.year}{day:%y}"
    return f"{codes.day}-{day:%Y-%m%d}-"


def numbered(prefix: str, value: int) -> str:
    """The number itself.

    >>> numbered("TH-IV26", 1000)
    'TH-IV261000'
    """
    return f"{prefix}{value:0{DIGITS}d}"


def parse(number: str, known: Iterable[Codes]) -> tuple[str, int] | None:
    """The series and counter of one of our numbers, or None for a foreign one.

    :param known: the codes of all kinds

    >>> known = [Codes("C", "CT"), Codes("Q", "QT")]
    >>> parse("C-2025-1006-001", known)
    ('C-2025-1006-', 1)
    >>> parse("TH-QT26012", known)
    ('TH-QT26', 12)
    >>> parse("BMAL-26-C-0866", known)
    """
    known = list(known)
    days, years = (
        "|".join(re.escape(codes[place]) for codes in known) for place in (0, 1)
    )
    for pattern in (
        rf"(?P<series>({days})-\d{{4}}-\d{{4}}-)(?P<value>\d{{3,}})",
        rf"(?P<series>[A-Z]{{2,4}}-({years})\d{{2}})(?P<value>\d{{3,}})",
    ):
        if found := re.fullmatch(pattern, number or ""):
            return found["series"], int(found["value"])
    return None
