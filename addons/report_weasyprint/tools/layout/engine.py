"""HTML to PDF with WeasyPrint, fenced in.

The fetcher knows no network and no file system, only what the caller hands over.
"""

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

import pydyf
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from . import letters, pictures, streams
from .articles import HEADINGS, path_of
from .attached import Attached
from .limits import MAX_PIXELS, DocumentTooLarge

RESOLUTION = 300  # dots per inch that a picture has at most, as it is printed
LOGGER = logging.getLogger("weasyprint")
LOGGER.setLevel(logging.ERROR)  # else a warning for each CSS property it does not know
# else a line for each step of a layout, and for each font that is subset
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
logging.getLogger("fontTools").setLevel(logging.WARNING)
LEFT_OUT = ("Failed to render SVG", "Failed to load image")  # says WeasyPrint
streams.mend()
Files = Mapping[str, tuple[bytes, str]]


@dataclass(frozen=True)
class Printed:
    """A finished document, and what its reader will not find in it."""

    pdf: bytes
    missing_letters: str = ""  # that no font has: they print as boxes
    missing_pictures: tuple[str, ...] = ()  # addresses that are not ours to serve


class ClosedFetcher(URLFetcher):
    """Serves ``data:`` addresses and what it was given, nothing else.

    :param files: contents and media types by path
    """

    def __init__(self, files: Files | None = None) -> None:
        super().__init__()
        self.files = files or {}
        self.room = MAX_PIXELS
        self.missing: list[str] = []
        self.refused: list[tuple[str, str]] = []  # limit, address

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Fetch one address of the document.

        :raises ValueError: any address that is not ours to serve, or a picture that
            costs too much or cannot be read
        """
        if url.startswith("data:"):
            response = super().fetch(url, headers)
            content, kind = response.read(), response.headers.get_content_type()
        else:
            if (found := self.files.get(path_of(url))) is None:
                self.missing.append(url)
                raise ValueError(f"not allowed in a PDF: {url[:80]}")
            content, kind = found
        content, kind = self._checked(url, content, kind)
        return URLFetcherResponse(url, content, {"Content-Type": kind})

    def _checked(self, url: str, content: bytes, kind: str) -> tuple[bytes, str]:
        """A picture as it prints, whatever its declared type: so does WeasyPrint."""
        try:
            content, kind, pixels = pictures.printable(content, room=self.room)
        except DocumentTooLarge as error:
            if error.limit == "unreadable" and not kind.startswith("image/"):
                return content, kind  # a stylesheet or a font
            self.refused.append((error.limit, url))
            raise
        self.room -= pixels
        return content, kind


@lru_cache(maxsize=1)
def fonts() -> FontConfiguration:
    """One font configuration for the process: making one scans the machine's fonts."""
    return FontConfiguration()


@lru_cache(maxsize=32)
def stylesheet(text: str) -> CSS:
    """A stylesheet, compiled once per process.

    :param str text: CSS
    """
    return CSS(string=text, font_config=fonts(), url_fetcher=ClosedFetcher())


def render(
    source: str,
    sheets: tuple[str, ...] = (),
    files: Files | None = None,
    variant: str | None = None,
    attached: Sequence[Attached] = (),
) -> Printed:
    """Lay a document out.

    :param str source: HTML
    :param sheets: stylesheets as text
    :param files: see :class:`ClosedFetcher`
    :param str variant: e.g. ``pdf/a-3b``
    :param attached: files that travel in it, byte for byte
    :raises DocumentTooLarge: a picture cannot be printed
    """
    fetcher = ClosedFetcher(files)
    html = HTML(string=source, url_fetcher=fetcher, base_url="odoo:/")
    options = _options(source, variant)
    stream = io.BytesIO()
    with _failures(fetcher):
        document = html.render(
            stylesheets=[stylesheet(sheet) for sheet in sheets],
            font_config=fonts(),
            **options,
        )
        _check(fetcher, html)
        document.fonts = letters.Fonts()
        options["attachments"] = _attachments(attached)
        document.write_pdf(stream, finisher=_name_files, **options)
        _check(fetcher, html)
    missing = {code for font in document.fonts.values() for code in font.missing}
    return Printed(
        stream.getvalue(),
        "".join(map(chr, sorted(missing))),
        tuple(dict.fromkeys(fetcher.missing)),
    )


def _options(source: str, variant: str | None) -> dict[str, Any]:
    return {
        "pdf_variant": variant,
        # who does not see the page is read its headings, tables and pictures
        "pdf_tags": True,
        # the same document prints to the same bytes
        "pdf_identifier": sha256(source.encode()).digest()[:16],
        "dpi": RESOLUTION,
    }


def _attachments(attached: Sequence[Attached]) -> list[Attachment]:
    """Files as WeasyPrint takes them, in the order that PDF asks of names."""
    return [
        Attachment(
            file_obj=io.BytesIO(file.content),
            name=file.name,
            description=file.description,
            relationship=file.relationship,
            created=file.moment,
            modified=file.moment,
        )
        for file in sorted(attached, key=lambda file: file.key())
    ]


def _name_files(_document: Any, pdf: Any) -> None:
    """WeasyPrint writes names of other letters than English ones as bytes that readers
    take for others, and lists each file twice among those of a PDF/A-3.
    """
    files = [each for each in pdf.objects if _is_file(each)]
    for file in files:
        name = str(file["UF"].string)
        file["F"] = pydyf.String(name.encode("ascii", "replace").replace(b"?", b"_"))
    if "EmbeddedFiles" in pdf.catalog.get("Names", {}):
        number = int(pdf.catalog["Names"]["EmbeddedFiles"].split()[0])
        names = {file.reference: file["UF"] for file in files}
        pairs = [(names[found], found) for found in pdf.objects[number]["Names"][1::2]]
        pdf.objects[number]["Names"][:] = [part for pair in pairs for part in pair]
    if listed := pdf.catalog.get("AF"):
        listed[:] = dict.fromkeys(listed)


def _is_file(thing: Any) -> bool:
    return isinstance(thing, dict) and thing.get("Type") == "/Filespec"


@contextmanager
def _failures(fetcher: ClosedFetcher) -> Iterator[None]:
    """Note pictures that WeasyPrint leaves out, and drawings that break off."""

    def note(record: logging.LogRecord) -> bool:
        if str(record.msg).startswith(LEFT_OUT):
            address = str(record.args[0]) if isinstance(record.args, tuple) else ""
            if address not in fetcher.missing:
                fetcher.refused.append(("unreadable", address))
        return False  # who prints gets a sentence instead

    LOGGER.addFilter(note)
    try:
        yield
    finally:
        LOGGER.removeFilter(note)


def _check(fetcher: ClosedFetcher, html: HTML) -> None:
    if fetcher.refused:
        limit, address = fetcher.refused[0]
        raise DocumentTooLarge(limit, _place(html.etree_element, address))


def _place(tree: Any, address: str) -> str:
    """How a person finds a picture: its own text, else the heading above it."""
    heading = ""
    for element in tree.iter():
        if element.tag in HEADINGS:
            heading = " ".join("".join(element.itertext()).split())
        elif address in (element.get("src"), element.get("data"), element.get("href")):
            return str(element.get("alt") or element.get("title") or heading)
    return heading
