"""A word in the upper margin of each page of a finished PDF: original, or copy.

Laid out like everything else, so that any language has its letters and its font is
embedded. The bytes that were archived are only read.
"""

import io
from collections.abc import Mapping, Sequence
from html import escape

from pypdf import PdfReader, PdfWriter

MARGIN = 14  # points between the upper edge and the word


def corner(word: str, width: float, height: float) -> str:
    """The HTML of one page that holds the word and nothing else.

    :param float width: of the page, in points
    :param float height: of the page, in points

    >>> "<p>COPY</p>" in corner("COPY", 595, 842)
    True
    """
    return f"""<html><head><style>
        @page {{ size: {width}pt {height}pt; margin: 0 }}
        body {{ margin: 0; text-align: center }}
        p {{ display: inline-block; margin: {MARGIN}pt 0 0; padding: 1pt 8pt;
            border: 0.6pt solid; color: rgb(90, 90, 90);
            font: bold 9pt/1.3 "Noto Sans", "Noto Sans Thai", "Noto Sans CJK SC",
            sans-serif }}
        </style></head><body><p>{escape(word)}</p></body></html>"""


def stamped(
    pdf: bytes, words: Sequence[str], sheets: Mapping[tuple[str, float, float], bytes]
) -> bytes:
    """A PDF with all pages once for each word, which stands on each of them.

    :param bytes pdf: what is stamped
    :param words: as original and copy, in the order in which they are printed
    :param sheets: a PDF of one page for each word and size of page
    """
    writer = PdfWriter()
    for word in words:
        start = len(writer.pages)
        writer.append(PdfReader(io.BytesIO(pdf)))
        for page in writer.pages[start:]:
            size = (float(page.mediabox.width), float(page.mediabox.height))
            page.merge_page(PdfReader(io.BytesIO(sheets[(word, *size)])).pages[0])
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()
