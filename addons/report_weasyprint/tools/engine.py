"""HTML to PDF with WeasyPrint, fenced in. No ORM.

Limits come before layout, since layout is what a hostile text can make expensive; the
fetcher knows no network and no file system, only what the caller hands over.
"""

import io
import os
import re
from functools import lru_cache
from hashlib import sha256

from fontTools.ttLib import TTFont
from lxml import etree
from lxml import html as lxml_html
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

MAX_BYTES = 20 * 1024 * 1024  # of HTML; a contract with 200 zones has 0.2 MB
MAX_ELEMENTS = 100_000  # about a minute of layout
MAX_DEPTH = 100  # nesting; layout recurses
THAI_AND_LAO = frozenset(map(chr, range(0x0E00, 0x0F00)))
# No word of a language, but a link, a hash or an attack. Thai, Lao and East Asian
# scripts have no spaces and break elsewhere: there one letter repeated.
LONG_WORD = re.compile(r"[^\s\u0e00-\u0eff\u2e80-\uffff]{32}|(\S)\1{15}")


class DocumentTooLarge(ValueError):
    """A document over a limit.

    :param str limit: what there is too much of: ``size``, ``elements`` or ``depth``
    """

    def __init__(self, limit):
        super().__init__(limit)
        self.limit = limit


class ClosedFetcher(URLFetcher):
    """Serves ``data:`` addresses and what a resolver knows, nothing else.

    :param resolve: called with an address, returns ``(bytes, mimetype)`` or None
    """

    def __init__(self, resolve=None):
        super().__init__()
        self.resolve = resolve

    def fetch(self, url, headers=None):
        """Fetch one address of the document.

        :raises ValueError: any address that is not ours to serve
        """
        if url.startswith("data:"):
            return super().fetch(url, headers)
        found = self.resolve(url) if self.resolve else None
        if found is None:
            raise ValueError(f"not allowed in a PDF: {url[:80]}")
        content, mimetype = found
        return URLFetcherResponse(url, content, {"Content-Type": mimetype})


@lru_cache(maxsize=1)
def fonts():
    """One font configuration for the worker: making one scans the machine's fonts."""
    return FontConfiguration()


@lru_cache(maxsize=32)
def _compiled(path, modified):
    return CSS(filename=path, font_config=fonts(), url_fetcher=ClosedFetcher())


def stylesheet(path):
    """A print stylesheet, compiled once per worker and version of the file.

    :param str path: of the CSS file
    """
    return _compiled(path, os.stat(path).st_mtime_ns)


@lru_cache(maxsize=32)
def page_rules(size, margins):
    """The page of a paper format, as a stylesheet that a report's own may refine.

    :param str size: for CSS ``size``, such as ``210mm 297mm``
    :param tuple margins: top, right, bottom, left in millimetres
    """
    sides = " ".join(f"{side}mm" for side in margins)
    return CSS(string=f"@page {{ size: {size}; margin: {sides} }}", font_config=fonts())


def check_limits(text, tree):
    """Refuse what would keep a worker busy for too long.

    :raises DocumentTooLarge: naming the limit
    """
    if len(text) > MAX_BYTES:
        raise DocumentTooLarge("size")
    depth = elements = 0
    stack = [(tree, 1)]
    while stack:
        node, level = stack.pop()
        elements += 1
        depth = max(depth, level)
        if depth > MAX_DEPTH:
            raise DocumentTooLarge("depth")
        if elements > MAX_ELEMENTS:
            raise DocumentTooLarge("elements")
        stack.extend((child, level + 1) for child in node)


def mark_long_words(article):
    """Give each element with a word of more than 31 letters the class ``long-word``.

    Text that may break ``anywhere`` is measured letter by letter; a stylesheet can keep
    that for where it is needed.

    :param article: an element of lxml; comments are left alone
    """
    for element in article.iter(etree.Element):
        texts = [element.text, *(child.tail for child in element)]
        if any(LONG_WORD.search(text) for text in texts if text):
            element.set("class", f"{element.get('class', '')} long-word".strip())


def articles(text):
    """Split a rendered report into its records.

    :param str text: HTML with one ``div.article`` per record
    :returns: a list of ``(res_id or None, HTML of a whole document)``
    """
    if len(text) > MAX_BYTES:
        raise DocumentTooLarge("size")
    root = lxml_html.document_fromstring(
        text, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    )
    check_limits(text, root)
    found = root.xpath("//div[contains(concat(' ', @class, ' '), ' article ')]")
    if not found:
        return [(None, text)]
    head = root.find("head")
    title = head.findtext("title") if head is not None else ""
    documents = []
    for article in found:
        mark_long_words(article)
        # a record's own language: papers of several may be printed at once
        page = lxml_html.Element(
            "html", lang=article.get("lang") or root.get("lang") or ""
        )
        new_head = etree.SubElement(page, "head")
        name = etree.SubElement(new_head, "title")
        name.text = article.get("data-title") or title or ""
        if author := article.get("data-author"):
            etree.SubElement(new_head, "meta", name="author", content=author)
        body = etree.SubElement(page, "body")
        body.append(article)
        res_id = article.get("data-oe-id")
        source = lxml_html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
        documents.append((int(res_id) if res_id else None, source))
    return documents


class ThaiFonts(dict):
    """The fonts of a document, each with :class:`ThaiLetters`."""

    def __setitem__(self, key, font):
        font.to_unicode = ThaiLetters(font)
        return super().__setitem__(key, font)


class ThaiLetters(dict):
    """Which text each glyph of a font stands for, so that Thai can be copied and found.

    Shaping splits SARA AM (U+0E33) into NIKHAHIT and SARA AA. WeasyPrint gives a glyph
    the text that it stood for first, which makes every later SARA AA of the document a
    SARA AM, or the other way round; here a Thai or Lao glyph stands for its own letter.
    """

    def __init__(self, font):
        super().__init__()
        self.font = font

    def __setitem__(self, glyph, text):
        if not text or any(letter in THAI_AND_LAO for letter in text):
            text = thai_glyphs(self.font).get(glyph, text)
        return super().__setitem__(glyph, text)


_GLYPHS_BY_FONT = {}  # a worker prints with a handful of fonts


def thai_glyphs(font):
    """The glyphs of a font that are Thai or Lao letters.

    :param weasyprint.pdf.fonts.Font font: before it is subset
    :returns: ``{glyph id: letter}``
    """
    if font.hash not in _GLYPHS_BY_FONT:
        face = TTFont(io.BytesIO(font.file_content), fontNumber=font.index, lazy=True)
        letters = {
            name: chr(code)
            for code, name in face.getBestCmap().items()
            if chr(code) in THAI_AND_LAO
        }
        # "maithoThai.small" is a MAI THO as well
        names = face.getGlyphOrder() if letters else ()
        _GLYPHS_BY_FONT[font.hash] = {
            glyph: letters[name.split(".")[0]]
            for glyph, name in enumerate(names)
            if name.split(".")[0] in letters
        }
    return _GLYPHS_BY_FONT[font.hash]


def render(source, stylesheets=(), resolve=None, variant=None):
    """Lay a document out.

    :param str source: HTML
    :param stylesheets: compiled ones
    :param resolve: see :class:`ClosedFetcher`
    :param str variant: e.g. ``pdf/a-3b``
    :rtype: bytes
    """
    html = HTML(string=source, url_fetcher=ClosedFetcher(resolve), base_url="odoo:/")
    options = {
        "pdf_variant": variant,
        # what an archive keeps is to be read by machines as well
        "pdf_tags": bool(variant),
        # the same paper prints to the same bytes
        "pdf_identifier": sha256(source.encode()).digest()[:16],
    }
    document = html.render(
        stylesheets=list(stylesheets), font_config=fonts(), **options
    )
    document.fonts = ThaiFonts()
    stream = io.BytesIO()
    document.write_pdf(stream, **options)
    return stream.getvalue()
