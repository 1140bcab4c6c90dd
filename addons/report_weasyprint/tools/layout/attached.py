"""Files that travel in a PDF. No WeasyPrint here: who prints makes these."""

from codecs import BOM_UTF16_BE
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# What a file is to its PDF (ISO 32000-2, 7.11.3).
SOURCE, DATA = "Source", "Data"
START = datetime(1970, 1, 1, tzinfo=UTC)  # the same document prints to the same bytes


@dataclass(frozen=True)
class Attached:
    """A file that is attached to a PDF.

    :param name: unique in the PDF
    :param content: what comes out again, byte for byte
    :param description: what a reader's program shows beside the name
    :param relationship: of ISO 32000-2, as ``Source`` or ``Data``
    :param moment: when it was made, in UTC
    """

    name: str
    content: bytes
    description: str = ""
    relationship: str = DATA
    moment: datetime = START

    def head(self) -> dict[str, Any]:
        """All but the content, as JSON takes it.

        >>> file = Attached("a.txt", b"x", moment=datetime(2026, 1, 31))
        >>> Attached.of(file.head(), b"x") == file
        True
        """
        return {
            "name": self.name,
            "description": self.description,
            "relationship": self.relationship,
            "moment": self.moment.isoformat(),
        }

    def key(self) -> bytes:
        """The name as PDF writes it, which is what PDF sorts names by.

        >>> Attached("a", b"").key(), Attached("ก", b"").key()
        (b'a', b'\\xfe\\xff\\x0e\\x01')
        """
        if self.name.isascii():
            return self.name.encode()
        return BOM_UTF16_BE + self.name.encode("utf-16-be")

    @classmethod
    def of(cls, head: dict[str, Any], content: bytes) -> "Attached":
        """As :meth:`head` says it.

        :param head: of the file
        :param content: of the file
        """
        moment = datetime.fromisoformat(head["moment"])
        return cls(content=content, **{**head, "moment": moment})
