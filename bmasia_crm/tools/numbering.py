"""The numbers of documents: a series, which is a prefix, and a counter.

Two presets. *day*, as in the old system: a counter per day, shared by all entities.
*year*, as Finance asks for: a counter per entity, kind of document and year.

>>> from datetime import date
>>> day = date(2025, 10, 6)
>>> numbered(series("day", "quote", "TH", day), 426)
'Q-2025-1006-426'
>>> numbered(series("year", "invoice", "TH", day), 1)
'TH-IV25001'
"""

import re
from datetime import date

DIGITS = 3  # at least; a series that needs more gets more
DAY_CODES = {
    "quote": "Q",
    "contract": "C",
    "invoice": "INV",
    "credit_note": "CN",
    "proforma": "PF",
    "receipt": "REC",
}
YEAR_CODES = {
    "quote": "QT",
    "contract": "CT",
    "invoice": "IV",
    "credit_note": "CN",
    "proforma": "PF",
    "receipt": "RC",
}
PATTERNS = {
    "day": re.compile(
        rf"(?P<series>({'|'.join(DAY_CODES.values())})-\d{{4}}-\d{{4}}-)(?P<value>\d{{3,}})"
    ),
    "year": re.compile(
        rf"(?P<series>[A-Z]{{2,4}}-({'|'.join(YEAR_CODES.values())})\d{{2}})"
        r"(?P<value>\d{3,})"
    ),
}


def series(preset: str, kind: str, entity: str, day: date) -> str:
    """The series of a kind of document on a day.

    :param str preset: ``day`` or ``year``
    :param str kind: a key of ``DAY_CODES``
    :param str entity: short code of the billing entity, for the yearly series

    >>> from datetime import date
    >>> series("day", "proforma", "HK", date(2026, 1, 2))
    'PF-2026-0102-'
    >>> series("year", "contract", "HK", date(2026, 1, 2))
    'HK-CT26'
    """
    if preset == "year":
        return f"{entity}-{YEAR_CODES[kind]}{day:%y}"
    return f"{DAY_CODES[kind]}-{day:%Y-%m%d}-"


def numbered(prefix: str, value: int) -> str:
    """The number itself.

    >>> numbered("TH-IV26", 1000)
    'TH-IV261000'
    """
    return f"{prefix}{value:0{DIGITS}d}"


def parse(number: str | None) -> tuple[str, int] | None:
    """The series and counter of one of our numbers, or None for a foreign one.

    >>> parse("C-2025-1006-001")
    ('C-2025-1006-', 1)
    >>> parse("TH-QT26012")
    ('TH-QT26', 12)
    >>> parse("BMAL-26-C-0866")
    """
    for pattern in PATTERNS.values():
        if found := pattern.fullmatch(number or ""):
            return found["series"], int(found["value"])
    return None
