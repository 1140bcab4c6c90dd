"""Entries of a journal as QuickBooks reads them (IIF).

Tabs between the columns, one block for each entry, days as DD/MM/YYYY, and letters of
ASCII alone: QuickBooks reads an IIF file in the machine's own code page.

>>> lines = [Line("Accounts Receivable (THB)", 107.0), Line("Sales", -100.0),
...          Line("Output VAT", -7.0)]
>>> entry = Entry("INVOICE", date(2026, 11, 30), "INV-1", "Café Zürich", lines)
>>> text = to_iif([entry]).decode().replace("\\t", "|").replace("\\r", "")
>>> print(text.split("\\n", 3)[3])
TRNS|INVOICE|30/11/2026|Accounts Receivable (THB)|Cafe Zurich|107.00|INV-1|INV-1
SPL|INVOICE|30/11/2026|Sales|Cafe Zurich|-100.00|INV-1|INV-1
SPL|INVOICE|30/11/2026|Output VAT|Cafe Zurich|-7.00|INV-1|INV-1
ENDTRNS|||||||
<BLANKLINE>
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

COLUMNS = ("TRNSTYPE", "DATE", "ACCNT", "NAME", "AMOUNT", "DOCNUM", "MEMO")
NEWLINE = "\r\n"


@dataclass(frozen=True)
class Line:
    """One account's part of an entry; what is credited is negative."""

    account: str
    amount: float


@dataclass(frozen=True)
class Entry:
    """One entry, whose lines sum to zero."""

    kind: str
    day: date
    number: str
    name: str
    lines: list[Line]
    memo: str = ""


def ascii_only(text: str) -> str:
    """A text in letters that every code page has, in one cell.

    >>> ascii_only("Café\\tZürich"), ascii_only("บริษัท ABC"), ascii_only("“A” – B")
    ('Cafe Zurich', 'ABC', '"A" - B')
    """
    for sign, plain in (("“", '"'), ("”", '"'), ("–", "-"), ("’", "'"), ("·", "-")):
        text = text.replace(sign, plain)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.split())


def to_iif(entries: Iterable[Entry]) -> bytes:
    """The file.

    :param entries: whose lines sum to zero each
    """
    lines = [_row(head, COLUMNS) for head in ("!TRNS", "!SPL")]
    lines.append(_row("!ENDTRNS", [""] * len(COLUMNS)))
    for entry in entries:
        for number, line in enumerate(entry.lines):
            head = "SPL" if number else "TRNS"
            lines.append(_row(head, _cells(entry, line)))
        lines.append(_row("ENDTRNS", [""] * len(COLUMNS)))
    return (NEWLINE.join(lines) + NEWLINE).encode("ascii")


def _cells(entry: Entry, line: Line) -> list[str]:
    return [
        entry.kind,
        entry.day.strftime("%d/%m/%Y"),
        ascii_only(line.account),
        ascii_only(entry.name),
        f"{line.amount:.2f}",
        ascii_only(entry.number),
        ascii_only(entry.memo or entry.number),
    ]


def _row(head: str, cells: Iterable[str]) -> str:
    return "\t".join([head, *cells])
