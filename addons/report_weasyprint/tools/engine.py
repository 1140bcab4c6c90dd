"""HTML to PDF with WeasyPrint, fenced in. No ORM.

Limits come before layout, since layout is what a hostile text can make expensive; the
fetcher knows no network and no file system, only what the caller hands over.
"""

import io
import os
import re
from functools import lru_cache
from hashlib import sha256
from xml.etree import ElementTree

from fontTools.ttLib import TTFont
from lxml import etree
from lxml import html as lxml_html
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

MAX_BYTES = 20 * 1024 * 1024  # of HTML; a contract with 200 zones has 0.2 MB
# Each of these is some 20 seconds of layout: Odoo ends a worker after 60.
MAX_ELEMENTS = 20_000
MAX_LETTERS = 300_000  # about 100 pages
LINE_BREAK = 10  # letters that cost as much as a new line
MAX_UNBROKEN = 25_000_000  # squares of the lengths of texts that have nowhere to break
LONG_LETTER = 1000  # of that, what a letter of a long word costs
MAX_DEPTH = 100  # nesting; layout recurses
NO_PROSE = frozenset(("head", "style", "script", "svg"))
THAI_AND_LAO = frozenset(map(chr, range(0x0E00, 0x0F00)))
# No word of a language, but a link, a hash or an attack. Thai, Lao and East Asian
# scripts have no spaces and break elsewhere: there one letter repeated.
BREAKS_ANYWHERE = (
    r"\u0e00-\u0eff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uffdc"
)
LONG_WORD = re.compile(rf"[^\s{BREAKS_ANYWHERE}]{{32,}}|(\S)\1{{15,}}")
# Editors keep what was pasted apart with these; a whole line of them never ends.
GLUE = "\xa0\u2007\u202f"
GLUED = re.compile(f"[\\S{GLUE}]{{32,}}")
UNGLUE = str.maketrans(dict.fromkeys(GLUE, " "))
# Pango ends a line, or the parser the document, at what no keyboard has.
LINE_ENDS = re.compile("\r\n|[\x0b\x0c\x85\u2028\u2029]")
# The last two join letters and are not seen.
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\u2060\ufeff]")
# Other scripts than those of Europe, Thailand and Laos take up to eight times as long.
COSTLY = re.compile("[^\u0000-\u052f\u0e00-\u0eff\u1e00-\u20ff]")
COSTLY_LETTER = 8
PART = re.compile(r".{1,8}")
ARTICLE = "contains(concat(' ', @class, ' '), ' article ')"  # in XPath
REFERENCE = re.compile(r"^#(.+)|url\(\s*[\"']?#([^\"')]+)")  # within a drawing
# WeasyPrint looks for the next space in the whole rest of a text, for each line anew.
UNBROKEN = re.compile(r"\S{300,}")
# Cut before a vowel that begins a Thai or Lao syllable, or an East Asian letter:
# whether a line breaks there is up to Pango, as before.
PIECE = re.compile(
    r".{100,}?(?=[\u0e40-\u0e44\u0ec0-\u0ec4\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3])"
    r"|.+",
    re.DOTALL,
)


class DocumentTooLarge(ValueError):
    """A document over a limit.

    :param str limit: what there is too much of: ``size``, ``elements``, ``depth``,
        or letters ``unbroken`` by a space
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

        :raises ValueError: any address that is not ours to serve, or a drawing that
            multiplies itself
        """
        if url.startswith("data:"):
            response = super().fetch(url, headers)
            content, headers = response.read(), response.headers
        else:
            found = self.resolve(url) if self.resolve else None
            if found is None:
                raise ValueError(f"not allowed in a PDF: {url[:80]}")
            content, headers = found[0], {"Content-Type": found[1]}
        # whatever it is called: WeasyPrint tries all pictures as drawings, too
        check_drawing(content)
        return URLFetcherResponse(url, content, headers)


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


def check_drawing(content):
    """Refuse a drawing whose parts show each other more often than can be drawn.

    :param bytes content: SVG; anything else passes
    :raises ValueError: it is too much to draw
    """
    try:
        root = ElementTree.fromstring(content)  # as WeasyPrint does
    except (ElementTree.ParseError, ValueError):
        return
    by_id = {element.get("id"): element for element in root.iter()}
    drawn = {}

    def count(element):
        """How many elements are drawn for one, with what it refers to."""
        if element in drawn:
            return drawn[element]
        drawn[element] = 0  # what shows itself is not drawn again
        names = (
            found[1] or found[2]
            for _name, value in element.items()
            for found in REFERENCE.finditer(value)
        )
        shown = [by_id[name] for name in names if name in by_id]
        drawn[element] = 1 + sum(map(count, [*element, *shown]))
        return drawn[element]

    if count(root) > MAX_ELEMENTS:
        raise ValueError("too much to draw")


def check_limits(text, tree):
    """Refuse what would keep a worker busy for too long.

    :raises DocumentTooLarge: naming the limit
    """
    if len(text) > MAX_BYTES:
        raise DocumentTooLarge("size")
    elements = letters = 0
    stack = [(tree, 1)]
    while stack:
        node, level = stack.pop()
        elements += 1
        for words in (node.tail, node.text if node.tag not in NO_PROSE else None):
            if words:
                letters += len(words) + LINE_BREAK * words.count("\n")
                letters += (COSTLY_LETTER - 1) * len(COSTLY.findall(words))
        if level > MAX_DEPTH:
            raise DocumentTooLarge("depth")
        if elements > MAX_ELEMENTS:
            raise DocumentTooLarge("elements")
        if letters > MAX_LETTERS:
            raise DocumentTooLarge("size")
        stack.extend((child, level + 1) for child in node)


def cut_long_words(tree):
    """Let words that are too long for a column break, and lay long texts out fast.

    A word of more than 31 letters is cut into parts between which a line may break;
    ``overflow-wrap: anywhere`` would do that, and measure all of the text letter by
    letter. Text of scripts without spaces is cut where nobody sees it.

    :param tree: an element of lxml; comments, styles and drawings are left alone
    :raises DocumentTooLarge: there is too much to cut
    """
    effort, stack = 0, [tree]
    while stack:
        element = stack.pop()
        children = list(element)
        stack += [child for child in children if child.tag not in NO_PROSE]
        for child in children:
            child.tail, spans, spent = _cut(child.tail)
            effort += spent
            for span in reversed(spans):
                child.addnext(span)
        if isinstance(element.tag, str):
            element.text, spans, spent = _cut(element.text)
            effort += spent
            for position, span in enumerate(spans):
                element.insert(position, span)
        if effort > MAX_UNBROKEN:
            raise DocumentTooLarge("unbroken")


def _cut(text):
    """What stays of a text, the elements that follow it, and their effort."""
    if not text:
        return text, [], 0
    text = GLUED.sub(lambda run: run.group().translate(UNGLUE), text)
    if not (UNBROKEN.search(text) or LONG_WORD.search(text)):
        return text, [], 0
    spans, effort, start = [], 0, 0
    for word in (*LONG_WORD.finditer(text), None):
        end = word.start() if word else len(text)
        pieces = PIECE.findall(text[start:end])
        spans += [_span(piece) for piece in pieces]
        effort += sum(len(run) ** 2 for p in pieces for run in UNBROKEN.findall(p))
        if word:
            spans += [_span(part, True) for part in PART.findall(word.group())]
            effort += LONG_LETTER * len(word.group())
            start = word.end()
    return "", spans, effort


def _span(text, breaks=False):
    span = lxml_html.Element("span")
    if breaks:
        span.set("style", "display: inline-block")
    span.text = text
    return span


def articles(text):
    """Split a rendered report into its records.

    :param str text: HTML with one ``div.article`` per record
    :returns: a list of ``(res_id or None, HTML of a whole document)``
    """
    if len(text) > MAX_BYTES:
        raise DocumentTooLarge("size")
    text = CONTROLS.sub("", LINE_ENDS.sub("\n", text))
    root = lxml_html.document_fromstring(
        text, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    )
    check_limits(text, root)
    cut_long_words(root)
    for link in root.iter("a", "link"):
        # would put a file into the PDF that nobody sees on the page
        link.attrib.pop("rel", None)
    # the outermost ones: a text of a record may say anything
    found = root.xpath(f"//div[{ARTICLE}][not(ancestor::div[{ARTICLE}])]")
    if not found:
        return [(None, _source(root))]
    head = root.find("head")
    title = head.findtext("title") if head is not None else ""
    documents = []
    for article in found:
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
        documents.append((int(res_id) if res_id else None, _source(page)))
    return documents


def _source(tree):
    return lxml_html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")


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
