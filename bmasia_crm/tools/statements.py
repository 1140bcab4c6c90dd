"""Bank statements as CSV: bytes to dated amounts, or a list of what cannot be read.

A mapping names the columns by their headings; the heading row is found, wherever it
stands. Thai banks export UTF-8 (with a byte order mark) or Windows-874, days before
months, years of either era.

>>> mapping = Mapping(date="Date", credit="Deposit", debit="Withdrawal", text="Details")
>>> rows = b'Date,Withdrawal,Deposit,Details\\r\\n25-11-26,,"1,070.00",INV'
>>> found = read(rows, mapping)
>>> found[0].day, found[0].amount, found[0].text
(datetime.date(2026, 11, 25), Decimal('1070.00'), 'INV')
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

DELIMITERS = ",;\t|"
QUOTE = '"'
MAX_ROWS = 20_000  # of one file; more is no statement of a month
MAX_CELL = 10_000  # characters
BUDDHIST_ERA = 543
FIRST_BUDDHIST_YEAR = 2400  # a year of four figures above this is of that era
FIRST_SHORT_BUDDHIST = 60  # of two figures: 69 is 2569, 26 is 2026
ORDERS = ("dmy", "mdy", "ymd")
PARTS = re.compile(
    r"\s*(\d{1,2}|\d{4})[-/. ]\s*(\w+|[ก-๙.]+?)"
    r"[-/. ]\s*(\d{1,2}|\d{4})(?:[ T].*)?\s*"
)
MONTHS = {
    name: number
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "ม.ค ก.พ มี.ค เม.ย พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย ธ.ค",
    )
    for number, name in enumerate(names.split(), start=1)
}
# Rows that sum up, where the date stands in others.
SUMMARY = re.compile(
    r"(total|sub ?total|balance|opening|closing|beginning|ending|รวม|ยอด|สิ้นสุด|end of)",
    re.I,
)
AMOUNT = re.compile(r"[-+]?\d{1,3}(?:,\d{3})*(?:\.\d+)?|[-+]?\d*\.?\d+")


class StatementError(ValueError):
    """A file that cannot be read. Carries what is wrong, as ``(reason, values)``."""

    def __init__(self, reason: str, **values: object) -> None:
        self.reason = reason
        self.values = values
        super().__init__(f"{reason} {values}")


@dataclass(frozen=True)
class Mapping:
    """The headings of a bank's columns; empty: it has no such column.

    :param str amount: signed amounts; else ``credit`` and ``debit``
    :param str text: headings of everything that tells who paid and what for, separated
        by commas
    :param str order: of day, month and year: ``dmy``, ``mdy`` or ``ymd``
    """

    date: str
    amount: str = ""
    credit: str = ""
    debit: str = ""
    reference: str = ""
    text: str = ""
    order: str = "dmy"

    def columns(self) -> list[str]:
        """The headings that a file must have."""
        names = (self.date, self.amount, self.credit, self.debit)
        return [name for name in names if name] or [self.date]


@dataclass(frozen=True)
class Line:
    """One movement. Money that came in is positive."""

    row: int
    day: date
    amount: Decimal
    reference: str
    text: str


@dataclass(frozen=True)
class BadCell:
    """A cell that cannot be read."""

    row: int
    column: str
    value: str


def decode(data: bytes) -> str:
    """The text of a file.

    :raises StatementError: ``empty``, ``binary`` or ``encoding``

    >>> decode("\ufeffวันที่".encode())
    'วันที่'
    >>> decode("วันที่".encode("cp874"))
    'วันที่'
    >>> decode(b"PK\\x03\\x04")
    Traceback (most recent call last):
    odoo.addons.bmasia_crm.tools.statements.StatementError: binary {}
    """
    if not data.strip():
        raise StatementError("empty")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(data, "utf-16")
    if data[:2] == b"PK" or data[:4] in (b"%PDF", b"\xd0\xcf\x11\xe0") or b"\0" in data:
        raise StatementError("binary")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(data, "cp874")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise StatementError("encoding") from None


def rows(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """The cells of a file, for each delimiter that it may have."""
    lines = text.splitlines()
    if len(lines) > MAX_ROWS or any(len(line) > MAX_CELL for line in lines):
        raise StatementError("large", rows=MAX_ROWS)
    for delimiter in DELIMITERS:
        if delimiter in text:
            reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
            yield delimiter, [[cell.strip() for cell in row] for row in reader]


def _plain(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def table(text: str, mapping: Mapping) -> tuple[int, dict[str, int], list[list[str]]]:
    """The heading row, its columns and all rows.

    :raises StatementError: ``columns``, with those that are missing and those there are
    """
    wanted = {name: _plain(name) for name in mapping.columns()}
    best: tuple[list[str], list[str]] = ([*wanted], [])
    for _delimiter, found in rows(text):
        for number, row in enumerate(found):
            headings = [_plain(cell) for cell in row]
            missing = [name for name in wanted if wanted[name] not in headings]
            if not missing:
                places = {plain: headings.index(plain) for plain in headings if plain}
                return number, places, found
            filled = [cell for cell in row if cell]
            if len(missing) < len(best[0]) or (not best[1] and len(filled) > 1):
                best = (missing, filled)
    raise StatementError("columns", missing=best[0], there=best[1])


def read(data: bytes, mapping: Mapping) -> list[Line]:
    """The movements of a statement, in the order of the file.

    :raises StatementError: also ``cells`` (each that cannot be read), ``quotes`` and
        ``nothing``
    """
    text = decode(data)
    head, places, found = table(text, mapping)
    if text.count(QUOTE) % 2 and any("\n" in cell for row in found for cell in row):
        raise StatementError("quotes")  # one never closes, and has swallowed rows
    lines: list[Line] = []
    bad: list[BadCell] = []
    for number, row in enumerate(found[head + 1 :], start=head + 2):
        cells = _Cells(row, places)
        day = cells.get(mapping.date)
        if not any(row) or SUMMARY.search(day):
            continue
        if not day and (not cells.moves(mapping) or any(map(SUMMARY.search, row))):
            continue  # more words of the row above, or a sum
        if _plain(day) == _plain(mapping.date):  # headings of a further page
            continue
        line = _line(number, cells, mapping, bad)
        if line and line.amount:
            lines.append(line)
    if bad:
        raise StatementError("cells", cells=bad)
    if not lines:
        raise StatementError("nothing")
    return lines


class _Cells:
    """A row by its headings."""

    def __init__(self, row: list[str], places: dict[str, int]) -> None:
        self.row, self.places = row, places

    def get(self, heading: str) -> str:
        place = self.places.get(_plain(heading), len(self.row))
        return self.row[place] if place < len(self.row) else ""

    def moves(self, mapping: Mapping) -> bool:
        """Whether it has an amount."""
        headings = (mapping.amount, mapping.credit, mapping.debit)
        return any(parse_amount(self.get(heading)) for heading in headings)


def _line(
    number: int, cells: _Cells, mapping: Mapping, bad: list[BadCell]
) -> Line | None:
    day = parse_day(cells.get(mapping.date), mapping.order)
    if not day:
        bad.append(BadCell(number, mapping.date, cells.get(mapping.date)))
    total = Decimal(0)
    columns = ((mapping.amount, False), (mapping.credit, False), (mapping.debit, True))
    for heading, goes_out in columns:
        text = cells.get(heading)
        amount = parse_amount(text)
        if amount is None:
            bad.append(BadCell(number, heading, text))
            continue
        # some banks print withdrawals with a sign, in a column of their own
        total += -abs(amount) if goes_out else amount
    if not day:
        return None
    words = [cells.get(each.strip()) for each in mapping.text.split(",")]
    text = " · ".join(dict.fromkeys(filter(None, words)))
    return Line(number, day, total, cells.get(mapping.reference), text)


def parse_day(text: str, order: str = "dmy") -> date | None:
    """A day as banks write it; None where that is none.

    >>> [str(parse_day(day)) for day in ("25/11/2026", "25-11-26", "25/11/2569 10:05")]
    ['2026-11-25', '2026-11-25', '2026-11-25']
    >>> [str(parse_day(day)) for day in ("25 Nov 2026", "25 พ.ย. 69", "2026-11-25")]
    ['2026-11-25', '2026-11-25', '2026-11-25']
    >>> parse_day("11/25/2026", "mdy"), parse_day("31/02/2026")
    (datetime.date(2026, 11, 25), None)
    """
    parts = PARTS.fullmatch(text.strip())
    if not parts:
        return None
    # a year that stands first tells the order by itself
    order = "ymd" if len(parts[1]) == 4 else order
    named = dict(zip(order, parts.groups(), strict=True))
    month = named["m"].rstrip(".").casefold()[:4]
    number = MONTHS.get(month) or MONTHS.get(month[:3])
    try:
        year = _year(named["y"])
        return date(year, number or int(named["m"]), int(named["d"]))
    except ValueError:
        return None


def _year(text: str) -> int:
    year = int(text)
    if len(text) <= 2:
        year += 2500 if year >= FIRST_SHORT_BUDDHIST else 2000
    return year - BUDDHIST_ERA if year > FIRST_BUDDHIST_YEAR else year


def parse_amount(text: str) -> Decimal | None:
    """An amount as banks write it; zero where there is none, None for anything else.

    >>> texts = ("1,070.00", "+5", "(20.50)", "30-", "-", "")
    >>> [str(parse_amount(text)) for text in texts]
    ['1070.00', '5', '-20.50', '-30', '0', '0']
    >>> str(parse_amount("THB 10.00")), parse_amount("1.070,00"), parse_amount("ten")
    ('10.00', None, None)
    """
    plain = re.sub(r"^(THB|฿|บาท)\s*|\s*(THB|฿|บาท)$", "", text.strip(), flags=re.I)
    plain = plain.replace("\u00a0", "").replace(" ", "")
    if plain in ("", "-", "--"):
        return Decimal(0)
    negative = plain.startswith("(") and plain.endswith(")")
    if negative:
        plain = plain[1:-1]
    if plain.endswith("-"):
        negative, plain = True, plain[:-1]
    if not AMOUNT.fullmatch(plain):
        return None
    try:
        amount = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None
    return -abs(amount) if negative else amount
