"""Words over the pages of a finished PDF, and codes taken out of it.

What marks a print is laid out like everything else, so that any language has its
letters and its font is embedded; here it is laid over the pages. The bytes that were
archived are only read.
"""

import io
from collections.abc import Iterator, Sequence
from html import escape

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ContentStream

ANGLE = 55  # degrees; along the diagonal of an upright page
CODE = 100  # rectangles at least; the smallest QR code has some 150 runs of black
# What a drawing of rectangles in one colour is made of, and nothing else is.
PLAIN = frozenset(
    b"q Q cm gs g rg d J j M w re W n f f*".split(),
)
INKS = {"grey": "rgba(140, 128, 115, 0.16)", "red": "rgba(190, 30, 30, 0.3)"}
NOTE = """
    div { position: absolute; top: 6mm; left: 20mm; right: 20mm; text-align: center;
        color: #b01e1e; font: 8pt/1.3 "Noto Sans", "Noto Sans Thai",
        "Noto Sans CJK SC", sans-serif }
    p { margin: 0 } p:first-child { font-weight: bold; font-size: 10pt }"""


def sheet(lines: Sequence[str], ink: str, width: float, height: float) -> str:
    """The HTML of one page that holds a mark and nothing else.

    :param lines: the words, the first one large
    :param str ink: a key of ``INKS``; or ``note``, small words above the text
    :param float width: of the page, in points
    :param float height: of the page, in points

    >>> "<p>VOID</p>" in sheet(["VOID"], "red", 595, 842)
    True
    """
    words = "".join(f"<p>{escape(line)}</p>" for line in lines)
    style = NOTE if ink == "note" else _across(lines, INKS[ink], width, height)
    return f"""<html><head><style>
        @page {{ size: {width}pt {height}pt; margin: 0 }} body {{ margin: 0 }}
        {style}
        </style></head><body><div>{words}</div></body></html>"""


def _across(lines: Sequence[str], colour: str, width: float, height: float) -> str:
    longest = max(len(line) for line in lines)
    # a word fills the diagonal, and a short one is not larger than a hand
    size = min(110.0, 0.95 * (width**2 + height**2) ** 0.5 / (0.72 * longest))
    return f"""
        div {{ position: absolute; left: -50%; width: 200%; top: 0; height: {height}pt;
            display: flex; flex-direction: column; justify-content: center;
            text-align: center; transform: rotate(-{ANGLE}deg); color: {colour};
            font: bold {size:.1f}pt/1.25 "Noto Sans", "Noto Sans Thai",
            "Noto Sans CJK SC", sans-serif }}
        p {{ margin: 0; white-space: nowrap }}
        p + p {{ font-size: 45% }}"""


def page_sizes(pdf: bytes) -> set[tuple[float, float]]:
    """The sizes of a PDF's pages, in points.

    :raises pypdf.errors.PdfReadError: no PDF
    """
    return {_size(page) for page in PdfReader(io.BytesIO(pdf)).pages}


def marked(
    pdf: bytes, marks: dict[tuple[float, float], bytes], keep_codes: bool = True
) -> bytes:
    """A PDF with a mark over each page.

    :param bytes pdf: what is marked
    :param marks: a PDF of one page for each size of page, as ``page_sizes`` tells them
    :param bool keep_codes: False takes out drawings that a camera could read
    """
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    for page in writer.pages:
        if not keep_codes:
            _take_codes_out(writer, page)
        page.merge_page(PdfReader(io.BytesIO(marks[_size(page)])).pages[0])
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def _size(page: PageObject) -> tuple[float, float]:
    return float(page.mediabox.width), float(page.mediabox.height)


def _take_codes_out(writer: PdfWriter, page: PageObject) -> None:
    """Leave out each drawing that consists of many rectangles alone."""
    content = page.get_contents()
    if content is None:
        return
    stream = ContentStream(content, writer)
    operations = stream.operations
    codes = list(_codes([operator for _operands, operator in operations]))
    if not codes:
        return
    for start, end in reversed(codes):
        del operations[start:end]
    stream.operations = operations
    page.replace_contents(stream)


def _codes(operators: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Where the codes lie: the outermost saved states that hold rectangles alone.

    >>> square = [b"re", b"f"]
    >>> list(_codes([b"q", b"Tj", b"q", *square * 100, b"Q", b"Q"]))
    [(2, 204)]
    >>> list(_codes([b"q", *square * 99, b"Q"]))
    []
    """
    opened: list[tuple[int, int, bool]] = []  # start, rectangles before it, is plain
    rectangles, found = 0, list[tuple[int, int]]()
    for place, operator in enumerate(operators):
        rectangles += operator == b"re"
        if operator == b"q":
            opened.append((place, rectangles, True))
        elif operator not in PLAIN:
            opened = [(start, before, False) for start, before, _plain in opened]
        elif operator == b"Q" and opened:
            start, before, plain = opened.pop()
            if plain and rectangles - before >= CODE:
                found = [code for code in found if code[0] < start]
                found.append((start, place + 1))
    yield from found
