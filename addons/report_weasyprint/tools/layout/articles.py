"""A rendered report, taken apart into documents that can be laid out.

No WeasyPrint here: this much is done by who prints, before anything is laid out.
"""

import re
import unicodedata
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml import html as lxml_html

from .drawings import check_tree
from .limits import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_LETTERS,
    DocumentTooLarge,
)

LINE_BREAK = 10  # letters that cost as much as a new line
MAX_UNBROKEN = 25_000_000  # squares of the lengths of texts that have nowhere to break
LONG_LETTER = 1000  # of that, what a letter of a long word costs
NO_PROSE = frozenset(("head", "style", "script", "svg"))
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
# Eight letters with what is drawn as one with each: marks, skin tones, joined emoji.
PART = re.compile(
    "(?:.(?:\u200d.|[\u0300-\u036f\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff])*){1,8}"
)
ARTICLE = "contains(concat(' ', @class, ' '), ' article ')"  # in XPath
# WeasyPrint looks for the next space in the whole rest of a text, for each line anew.
UNBROKEN = re.compile(r"\S{300,}")
# Cut before a vowel that begins a Thai or Lao syllable, or an East Asian letter:
# whether a line breaks there is up to Pango, as before.
PIECE = re.compile(
    r".{100,}?(?=[\u0e40-\u0e44\u0ec0-\u0ec4\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3])"
    r"|.+",
    re.DOTALL,
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Elements that decide for themselves in which direction they are read.
BLOCKS = HEADINGS | frozenset(
    ("p", "div", "li", "td", "th", "dd", "dt", "blockquote", "pre", "caption")
)
RIGHT_TO_LEFT = frozenset(("R", "AL"))
# Which of an element's attributes name a picture.
SOURCES = ("src", "href", "data", "{http://www.w3.org/1999/xlink}href", "xlink:href")
INTEGER = re.compile(r"\s*\+?0*(\d{1,9})")
STYLED = re.compile(r"url\(\s*[\"']?([^\"')]+)")


class Article(NamedTuple):
    """One record of a report, as a document of its own."""

    res_id: int | None
    source: str  # HTML
    wanted: frozenset[str]  # paths of the pictures that it asks for


def check_limits(text: str, tree: Any) -> None:
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
        letters += _cost(node.tail)
        letters += _cost(node.text if node.tag not in NO_PROSE else None)
        if level > MAX_DEPTH:
            raise DocumentTooLarge("depth")
        if elements > MAX_ELEMENTS:
            raise DocumentTooLarge("elements")
        if letters > MAX_LETTERS:
            raise DocumentTooLarge("size")
        stack.extend((child, level + 1) for child in node)
    check_spans(tree, MAX_ELEMENTS - elements)


def _cost(text: str | None) -> int:
    """Letters of a text, as many as it costs."""
    if not text:
        return 0
    costly = (COSTLY_LETTER - 1) * len(COSTLY.findall(text))
    return len(text) + LINE_BREAK * text.count("\n") + costly


def check_spans(tree: Any, room: int) -> None:
    """Refuse tables whose cells span more than can be laid out, and drawings that
    multiply themselves. A span beyond the table does not count.

    :param int room: squares of all tables that there may be
    :raises DocumentTooLarge: naming the limit and the heading above
    """
    heading = ""
    rows: dict[Any, int] = {}
    for element in tree.iter():
        if element.tag in HEADINGS:
            heading = " ".join("".join(element.itertext()).split())
        elif element.tag in ("td", "th"):
            group = element.getparent().getparent()
            if group not in rows:
                rows[group] = len(group) if group is not None else 1
            columns = _limited(element, "colspan", MAX_COLUMNS)
            room -= columns * _limited(element, "rowspan", rows[group]) - 1
        elif element.tag in ("col", "colgroup"):
            room -= _limited(element, "span", MAX_COLUMNS) - 1
        elif element.tag == "svg":
            try:
                check_tree(element)
            except DocumentTooLarge as error:
                raise DocumentTooLarge(error.limit, heading) from error
        if room < 0:
            raise DocumentTooLarge("span", heading)


def _limited(element: Any, name: str, most: int) -> int:
    """How many squares a cell spans, which is written back as it is taken.

    :returns: at least 1
    """
    value = element.get(name)
    if value is None:
        return 1
    found = INTEGER.match(value)
    number = min(int(found[1]), most) if found else 1
    element.set(name, str(number))
    # 0 rows means: down to the last one
    return max(most if name == "rowspan" and number == 0 else number, 1)


def set_directions(tree: Any) -> None:
    """Have each paragraph below ``dir="auto"`` read in the direction of its first
    letter that has one, as browsers do; WeasyPrint knows ``ltr`` and ``rtl`` only.

    :param tree: an element of lxml
    """
    for element in tree.iter():
        if (
            isinstance(element.tag, str)
            and (element.get("dir") or "").lower() == "auto"
        ):
            for block in element.iter(*BLOCKS):
                if block is element or not block.get("dir"):
                    block.set("dir", _direction(block))
            element.set("dir", _direction(element))


def _direction(element: Any) -> str:
    for letter in "".join(element.itertext()):
        kind = unicodedata.bidirectional(letter)
        if kind == "L":
            return "ltr"
        if kind in RIGHT_TO_LEFT:
            return "rtl"
    return "ltr"


def wanted_by(tree: Any) -> frozenset[str]:
    """The paths of the pictures that a document asks for.

    :returns: in the form of :func:`path_of`
    """
    addresses: set[str] = set()
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag != "a":
            addresses.update(filter(None, map(element.get, SOURCES)))
        styles = element.get("style") or ""
        if element.tag == "style":
            styles += element.text or ""
        addresses.update(STYLED.findall(styles))
    return frozenset(path_of(a) for a in addresses if not a.startswith("data:"))


def path_of(address: str) -> str:
    """The path of an address, in one form for who asks and who answers.

    >>> path_of("/web/image/7?unique=1"), path_of("odoo:/web/static/a%20b.png")
    ('web/image/7', 'web/static/a b.png')
    """
    parts = urlsplit(address.strip())
    if parts.netloc or parts.scheme not in ("", "odoo"):
        return ""  # somewhere else
    return unquote(parts.path).lstrip("/")


def cut_long_words(tree: Any) -> None:
    """Let words that are too long for a column break, and lay long texts out fast.

    A word of more than 31 letters is cut into parts between which a line may break;
    ``overflow-wrap: anywhere`` would do that, and measure all of the text letter by
    letter. Text of scripts without spaces is cut where nobody sees it.

    :param tree: an element of lxml; comments, styles and drawings are skipped
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


def _cut(text: str | None) -> tuple[str | None, list[Any], int]:
    """The rest of a text, the elements that follow it, and their effort."""
    if not text:
        return text, [], 0
    text = GLUED.sub(lambda run: run.group().translate(UNGLUE), text)
    if not (UNBROKEN.search(text) or LONG_WORD.search(text)):
        return text, [], 0
    spans: list[Any] = []
    effort = start = 0
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


def _span(text: str, breaks: bool = False) -> Any:
    span = lxml_html.Element("span")
    if breaks:
        span.set("style", "display: inline-block")
    span.text = text
    return span


def articles(text: str) -> list[Article]:
    """Split a rendered report into its records.

    :param str text: HTML with one ``div.article`` per record
    :rtype: list[Article]
    """
    root = _parsed(text)
    # the outermost ones: a text of a record may say anything
    found = root.xpath(f"//div[{ARTICLE}][not(ancestor::div[{ARTICLE}])]")
    if not found:
        return [_article(None, root)]
    head = root.find("head")
    title = head.findtext("title") if head is not None else ""
    return [_page_of(article, root.get("lang"), title) for article in found]


def _parsed(text: str) -> Any:
    """A rendered report as a tree that can be laid out.

    :raises DocumentTooLarge: it is over a limit
    """
    if len(text) > MAX_BYTES:
        raise DocumentTooLarge("size")
    text = CONTROLS.sub("", LINE_ENDS.sub("\n", text))
    root = lxml_html.document_fromstring(
        text, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    )
    check_limits(text, root)
    set_directions(root)
    cut_long_words(root)
    for link in root.iter("a", "link"):
        # would put a file into the PDF that nobody sees on the page
        if "rel" in link.attrib:
            del link.attrib["rel"]
    return root


def _page_of(article: Any, lang: str | None, title: str | None) -> Article:
    """A record as a document of its own.

    :param str lang: of the report; a record may have its own
    :param str title: of the report; a record may have its own
    """
    page = lxml_html.Element("html", lang=article.get("lang") or lang or "")
    head = etree.SubElement(page, "head")
    name = etree.SubElement(head, "title")
    name.text = article.get("data-title") or title or ""
    if author := article.get("data-author"):
        etree.SubElement(head, "meta", name="author", content=author)
    body = etree.SubElement(page, "body")
    body.append(article)
    res_id = article.get("data-oe-id")
    return _article(int(res_id) if res_id else None, page)


def _article(res_id: int | None, tree: Any) -> Article:
    source = lxml_html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    return Article(res_id, source, wanted_by(tree))
