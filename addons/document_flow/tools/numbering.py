"""The format of the numbers of documents: a series, which is a prefix, and a counter.

Two presets. *day*, as in the old system: a counter per day, shared by all entities but
for kinds that each entity counts for itself, as tax documents. *year*, as Finance asks
for: a counter per entity, kind of document and year.

>>> from datetime import date
>>> quote, day = Codes("Q", "QT"), date(2025, 10, 6)
>>> numbered(series("day", quote, "TH", day), 426)
'Q-2025-1006-426'
>>> invoice = Codes("INV", "IV", per_entity=True)
>>> numbered(series("day", invoice, "TH", day), 1)
'INV-TH-2025-1006-001'
>>> numbered(series("year", invoice, "TH", day), 1)
'TH-IV25001'
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

DIGITS = 3  # at least; a series that needs more gets more
SORTED_DIGITS = 12  # of each number in a sort key; an integer of PostgreSQL has 10


class Codes(NamedTuple):
    """What stands for a kind of document in its numbers.

    :param str day: in those counted per day, as ``INV``
    :param str year: in those counted per entity and year, two letters, as ``IV``
    :param bool per_entity: each entity has its own daily series, whose numbers name it
    """

    day: str
    year: str
    per_entity: bool = False


def series(preset: str, codes: Codes, entity: str, day: date) -> str:
    """The series of a kind of document on a day.

    :param str preset: ``day`` or ``year``
    :param Codes codes: of the kind
    :param str entity: short code of the billing entity, for series of its own

    >>> series("day", Codes("PF", "PF"), "HK", date(2026, 1, 2))
    'PF-2026-0102-'
    >>> series("day", Codes("INV", "IV", per_entity=True), "", date(2026, 1, 2))
    'INV-2026-0102-'
    >>> series("year", Codes("C", "CT"), "HK", date(2026, 1, 2))
    'HK-CT26'
    """
    if preset == "year":
        return f"{entity}-{codes.year}{day:%y}"
    if codes.per_entity and entity:
        return f"{codes.day}-{entity}-{day:%Y-%m%d}-"
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
    >>> parse("C-TH-2025-1006-001", known)
    ('C-TH-2025-1006-', 1)
    >>> parse("BMAL-26-C-0866", known)
    """
    known = list(known)
    days = "|".join(re.escape(codes.day) for codes in known)
    years = "|".join(re.escape(codes.year) for codes in known)
    for pattern in (
        rf"(?P<series>({days})-([A-Z]{{2,4}}-)?\d{{4}}-\d{{4}}-)(?P<value>\d{{3,}})",
        rf"(?P<series>[A-Z]{{2,4}}-({years})\d{{2}})(?P<value>\d{{3,}})",
    ):
        if found := re.fullmatch(pattern, number or ""):
            return found["series"], int(found["value"])
    return None


def sort_key(number: str, known: Iterable[Codes]) -> str:
    """What sorts numbers as people count: 1000 comes after 999, January after December.

    >>> known = [Codes("INV", "IV")]
    >>> numbers = ["TH-IV27001", "TH-IV261000", "TH-IV26999", "OLD 10", "OLD 9"]
    >>> sorted(numbers, key=lambda number: sort_key(number, known))
    ['OLD 9', 'OLD 10', 'TH-IV26999', 'TH-IV261000', 'TH-IV27001']
    """
    if parsed := parse(number, known):
        prefix, value = parsed
        return f"{prefix}{value:0{SORTED_DIGITS}d}"
    return re.sub(r"\d+", lambda found: found[0].zfill(SORTED_DIGITS), number)
