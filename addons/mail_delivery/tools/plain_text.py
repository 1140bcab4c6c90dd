"""A mail's HTML as the text that is read where HTML is not. No ORM."""

import re
from itertools import count
from typing import Any

from lxml import html as lxml_html

BLANKS = re.compile(r"[ \t\r\n\f]+")
PARAGRAPHS = frozenset(
    {"p", "table", "ul", "ol", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4"}
)
LINES = frozenset({"div", "tr", "li", "section", "h5", "h6", "dt", "dd"})
UNREAD = frozenset({"head", "style", "script", "title", "template"})
MARKS = {"b": "*", "strong": "*", "em": "/", "i": "/", "h1": "*", "h2": "*", "h3": "*"}


def plain_text(html: str | None) -> str:
    """The text of a mail: a sentence on one line, a blank line between paragraphs.

    Links are numbered and follow at the end, as in Odoo's own conversion.

    >>> print(plain_text("<p>It comes to <b>1</b>\\n  in all.</p><p>Kind regards</p>"))
    It comes to *1* in all.
    <BLANKLINE>
    Kind regards
    >>> print(plain_text('See <a href="https://x.io">here</a><br/>Bye'))
    See here [1]
    Bye
    <BLANKLINE>
    [1] https://x.io
    >>> plain_text(None), plain_text("<!-- nothing -->")
    ('', '')
    """
    if not (html or "").strip():
        return ""
    writer = _Writer()
    for part in lxml_html.fragments_fromstring(f"<div>{html}</div>"):
        writer.element(part)
    return writer.text()


class _Writer:
    """Collects lines; blanks collapse as in a browser."""

    def __init__(self) -> None:
        self.lines = [""]
        self.links: list[tuple[int, str]] = []
        self.numbers = count(1)

    def text(self) -> str:
        """What was collected, with its links."""
        body = "\n".join(line.strip() for line in self.lines).strip()
        body = re.sub(r"\n{3,}", "\n\n", body)
        links = "\n".join(f"[{number}] {url}" for number, url in self.links)
        return f"{body}\n\n{links}".strip() if links else body

    def element(self, node: Any) -> None:
        if not isinstance(node.tag, str):
            return
        tag = node.tag.rpartition("}")[2]
        if tag in UNREAD:
            return
        self._before(tag)
        mark = MARKS.get(tag, "") if node.text_content().strip() else ""
        self.lines[-1] += mark
        self._add(node.text, keep=tag == "pre")
        for child in node:
            self.element(child)
            self._add(child.tail, keep=tag == "pre")
        if mark:
            self.lines[-1] = f"{self.lines[-1].rstrip()}{mark}"
        self._link(tag, node)
        self._after(tag)

    def _before(self, tag: str) -> None:
        if tag == "br":
            self.lines.append("")
        elif tag in PARAGRAPHS:
            self._gap()
        elif tag in LINES:
            self._new_line()
        if tag == "li":
            self.lines[-1] += "- "

    def _after(self, tag: str) -> None:
        if tag in PARAGRAPHS:
            self._gap()
        elif tag in LINES:
            self._new_line()
        elif tag in ("td", "th"):
            self._add(" ")

    def _link(self, tag: str, node: Any) -> None:
        url = node.get("href") if tag == "a" else None
        if url and not url.startswith("#"):
            number = next(self.numbers)
            self.links.append((number, url))
            self.lines[-1] += f" [{number}]"
        elif tag == "img" and node.get("alt"):
            self._add(node.get("alt"))

    def _add(self, text: str | None, keep: bool = False) -> None:
        if not text:
            return
        if keep:
            first, *rest = text.split("\n")
            self.lines[-1] += first
            self.lines += rest
            return
        text = BLANKS.sub(" ", text)
        if not self.lines[-1] or self.lines[-1].endswith(" "):
            text = text.lstrip(" ")
        self.lines[-1] += text

    def _new_line(self) -> None:
        if self.lines[-1].strip():
            self.lines.append("")

    def _gap(self) -> None:
        self._new_line()
        if any(self.lines):
            self.lines.append("")
