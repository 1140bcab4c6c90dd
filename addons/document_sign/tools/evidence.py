"""What an evidence pack prints, without the database: parts, files, moments."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from odoo.addons.document_flow.tools import typed

MEGABYTE = 1024 * 1024
LONG_WORD = re.compile(r"\S{32,}")
PIECE = 16  # letters of a digest or an address between which a line may break
FORM = "document-evidence-1"  # of ``as_json``, for who reads it in ten years
BROKEN_LINES = re.compile(r"[ \t]*\n\s*")


@dataclass(frozen=True)
class Part:
    """A heading of an evidence pack with what stands below it: a table, or rows of
    label and text where there are no columns.

    :param title: the heading
    :param rows: texts; a line end begins a new line
    :param columns: the headings of the table's columns
    :param widths: of the columns, in percent
    :param note: a sentence above
    """

    title: str
    rows: Sequence[Sequence[str]] = ()
    columns: Sequence[str] = ()
    widths: Sequence[int] = ()
    note: str = ""


@dataclass(frozen=True)
class File:
    """A file of an evidence pack.

    :param name: in the pack, unique
    :param title: as it is kept
    :param of: kind and number of its document
    :param day: when it was made
    :param sender: who sent it
    :param sha256: that the archive has of it
    :param content: as it is now
    :param moment: when it was made, in UTC
    """

    name: str
    title: str
    of: str
    day: str
    sender: str
    sha256: str
    content: bytes
    is_whole: bool
    moment: datetime


def breakable(text: object) -> Markup:
    """A text for a narrow column: words that no line has room for may break.

    >>> breakable("a < b")
    Markup('a &lt; b')
    >>> str(breakable("0" * 33)).count("<span")
    3

    :param text: anything
    """
    said = typed.text(text)
    parts, start = [], 0
    for word in LONG_WORD.finditer(said):
        parts.append(escape(said[start : word.start()]))
        parts += map(Markup('<span class="piece">%s</span>').__mod__, _pieces(word[0]))
        start = word.end()
    return Markup("").join([*parts, escape(said[start:])])


def _pieces(word: str) -> Iterator[str]:
    for start in range(0, len(word), PIECE):
        yield word[start : start + PIECE]


def lines(*texts: object) -> str:
    """What there is of some texts, each on a line of its own.

    >>> lines("a", None, " ", "b")
    'a\\nb'
    """
    said = (BROKEN_LINES.sub("\n", typed.text(text)) for text in texts)
    return "\n".join(text for text in said if text)


def both_times(moment: datetime | None, zone: str) -> str:
    """A moment in UTC, and as the clock of an entity shows it.

    >>> print(both_times(datetime(2026, 1, 31, 18, 5), "Asia/Bangkok"))
    2026-01-31 18:05:00 UTC
    2026-02-01 01:05:00 +07:00
    >>> both_times(None, "Asia/Bangkok")
    ''

    :param moment: in UTC
    :param zone: a time zone's name
    """
    if not moment:
        return ""
    there = moment.replace(microsecond=0, tzinfo=ZoneInfo("UTC"))
    here = there.astimezone(ZoneInfo(zone)).isoformat(" ")
    return f"{there:%Y-%m-%d %H:%M:%S} UTC\n{here[:19]} {here[19:]}"


def numbered(number: int, name: str) -> str:
    """The name of an attached file, unique by its number and in the table's order.

    >>> numbered(7, "Q-1 Hilton.pdf")
    '007 Q-1 Hilton.pdf'
    """
    return f"{number:03d} {typed.line(name)}"


def as_json(documents: Sequence[dict[str, Any]], files: Sequence[File]) -> bytes:
    """What a program needs to check a pack: the digests of all files, and all events
    with what their chains are reckoned over (``chain.py``).

    :param documents: each with ``kind``, ``number`` and ``events``
    """
    content = {
        "form": FORM,
        "files": [
            {"name": file.name, "document": file.of, "sha256": file.sha256}
            for file in files
        ],
        "documents": documents,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
