"""A mail's HTML as mail programs show it: Gmail, Outlook's Word engine, phones. No ORM.

Word takes styles from attributes only, forgets the font within a table, and knows no
``max-width``; phones need a page that is as wide as they are; a dark screen turns what
sets no colours.
"""

import re
from typing import Any

from lxml import etree
from lxml import html as lxml_html

WIDTH = 600  # pixels that a line of text has at most
NARROWEST = 320  # pixels of the narrowest screen
# Arial first: Word prints Times where it does not know the first one. Tahoma has Thai.
FONT = "font-family:Arial,Tahoma,sans-serif;font-size:15px;line-height:1.5"
# What mail programs do differently unless they are told, by element.
SPACED = "margin:0 0 16px"
DEFAULTS = {
    **dict.fromkeys(("p", "blockquote", "pre"), f"{SPACED};{FONT}"),
    **dict.fromkeys(("ul", "ol"), f"{SPACED};padding:0 0 0 24px"),
    **dict.fromkeys(("div", "li", "td"), FONT),
    "th": f"{FONT};text-align:left;vertical-align:bottom",
    **dict.fromkeys(("h1", "h2", "h3", "h4"), f"{SPACED};{FONT};font-weight:bold"),
    "table": f"{SPACED};border-collapse:collapse",
}
FLUID = "max-width:100%;height:auto"
HIDDEN = re.compile(r"display\s*:\s*none", re.I)
COLOURS = re.compile(r"(?:^|;)\s*(?:color|background(?:-color)?)\s*:", re.I)
FIXED = re.compile(
    r"(?<![\w-])(?P<name>(?:min-)?width)\s*:\s*(?P<pixels>\d+)px\s*;?", re.I
)
FRAME = {
    "role": "presentation",
    "width": "100%",
    "border": "0",
    "cellpadding": "0",
    "cellspacing": "0",
}
GHOST = f'[if mso]><table role="presentation" width="{WIDTH}"><tr><td><![endif]'
GHOST_END = "[if mso]></td></tr></table><![endif]"


def mail_html(html: str | None, title: str = "") -> str:
    """A body as a document that mail programs show alike.

    A text is laid out as a letter; a mail with a design of its own keeps that, and fits
    a narrow screen.

    :param str html: a document or a part of one
    :param str title: the subject

    >>> print(mail_html('<p lang="th">x</p>', "Q-1")[:38])
    <!DOCTYPE html>
    <html lang="th"><head>
    >>> mail_html("")
    ''
    """
    html = html or ""
    parser = lxml_html.HTMLParser(encoding="utf-8")
    try:
        tree = lxml_html.document_fromstring(html.encode(), parser=parser)
    except etree.ParserError:  # nothing, or comments alone
        return html
    body = tree.find("body")
    if body is None:
        return html
    for element in body.iter():
        if isinstance(element.tag, str):
            _fit(element)
    page = lxml_html.Element("html")
    if lang := _language(tree, body):
        page.set("lang", lang.replace("_", "-"))
    if not _is_designed(body):
        _lay_out(body)
    page.append(_head(title, _has_colours(body)))
    page.append(body)
    return str(lxml_html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>"))


def _language(tree: Any, body: Any) -> str | None:
    first = next((child for child in body if isinstance(child.tag, str)), body)
    return tree.get("lang") or body.get("lang") or first.get("lang")


def _is_designed(body: Any) -> bool:
    """Whether a mail says itself how it looks: what was pasted in does not."""
    styles = body.xpath("@style | .//table/@style | .//td/@style")
    return any("font-family" in style for style in styles)


def _has_colours(body: Any) -> bool:
    """Whether a mail sets colours that a dark screen would get half right."""
    for element in body.iter():
        style = element.get("style") or ""
        if element.get("bgcolor") or element.get("color"):
            return True
        if COLOURS.search(style) and not HIDDEN.search(style):
            return True
    return False


def _head(title: str, has_colours: bool) -> Any:
    """What a program must know before it shows a mail."""
    head = lxml_html.Element("head")
    etree.SubElement(head, "meta", charset="utf-8")
    scheme = "light" if has_colours else "light dark"
    for name, content in (
        ("viewport", "width=device-width, initial-scale=1"),
        ("color-scheme", scheme),
        ("supported-color-schemes", scheme),
    ):
        etree.SubElement(head, "meta", name=name, content=content)
    etree.SubElement(head, "title").text = title
    return head


def _fit(element: Any) -> None:
    """Let an element be as narrow as its screen."""
    style = element.get("style") or ""
    if "width" in style:
        element.set("style", FIXED.sub(_narrowed, style))
    width = element.get("width") or ""
    if width.isdecimal() and int(width) > NARROWEST:
        element.set("width", "100%")
        _style(element, f"max-width:{width}px")
    if element.tag == "img":
        _style(element, FLUID)
        element.set("alt", element.get("alt") or "")


def _narrowed(found: re.Match[str]) -> str:
    if int(found["pixels"]) <= NARROWEST:
        return found[0]
    least = found["name"].lower().startswith("min")
    return "" if least else f"width:100%;max-width:{found['pixels']}px;"


def _style(element: Any, defaults: str) -> None:
    """Styles that the element's own ones overrule."""
    own = element.get("style")
    element.set("style", f"{defaults};{own}" if own else defaults)


def _lay_out(body: Any) -> None:
    """A letter: one font wherever it is read, and lines that are not too long."""
    for element in body.iter():
        if default := DEFAULTS.get(element.tag):
            _style(element, default)
    cell = lxml_html.Element("td", style=f"{FONT};padding:16px")
    cell.text, body.text = body.text, None
    cell.extend(list(body))
    style = f"width:100%;max-width:{WIDTH}px"
    table = lxml_html.Element("table", {**FRAME, "style": style})
    etree.SubElement(table, "tr").append(cell)
    body.extend((etree.Comment(GHOST), table, etree.Comment(GHOST_END)))
    _style(body, "margin:0;padding:0")
