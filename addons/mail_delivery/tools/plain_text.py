"""A mail's HTML as the text that is read where HTML is not. No ORM."""

import re
from typing import Any

from lxml import html as lxml_html

BLANKS = re.compile(r"[ \t\r\n\f]+")
PARAGRAPHS = frozenset(
    {"p", "table", "ul", "ol", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4"}
)
LINES = frozenset({"div", "tr", "li", "section", "h5", "h6", "dt", "dd"})
UNREAD = frozenset({"head", "style", "script", "title", "template"})
HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.I)
CELLS = frozenset({"td", "th"})
BETWEEN_CELLS = " | "
DASHES = re.compile(r"\s*^-- ?$\s*", re.M)
SIGNATURE = "\n\n-- \n"  # RFC 3676 4.3: with a blank at the end
SCHEME = re.compile(r"^(?:mailto|tel|https?):(?://)?", re.I)


def plain_text(html: str | None) -> str:
    """The text of a mail: a sentence on one line, a blank line between paragraphs, an
    address behind each link, and nothing that is there for the eye only.

    >>> print(plain_text("<p>It comes to <b>1</b>\\n  in all.</p><p>Kind regards</p>"))
    It comes to 1 in all.
    <BLANKLINE>
    Kind regards
    >>> print(plain_text('See <a href="https://x.io">here</a>.<br/>Bye'))
    See here <https://x.io>.
    Bye
    >>> plain_text("<table><tr><th>No.</th><th>Due</th></tr></table>")
    'No. | Due'
    >>> plain_text(None), plain_text("<!-- nothing -->")
    ('', '')
    """
    if not (html or "").strip():
        return ""
    writer = _Writer()
    for part in lxml_html.fragments_fromstring(f"<div>{html}</div>"):
        writer.element(part)
    return writer.text()


def _is_data(table: Any) -> bool:
    """Whether a table shows data, and does not merely lay out."""
    return table.get("role") != "presentation" and table.find(".//th") is not None


class _Writer:
    """Collects lines; blanks collapse as in a browser."""

    def __init__(self) -> None:
        self.lines = [""]

    def text(self) -> str:
        """What was collected."""
        body = "\n".join(line.strip() for line in self.lines)
        body = DASHES.sub(SIGNATURE, body, count=1)
        return re.sub(r"\n{3,}", "\n\n", body).strip()

    def element(self, node: Any) -> None:
        if not isinstance(node.tag, str):
            return
        tag = node.tag.rpartition("}")[2]
        if tag in UNREAD or HIDDEN.search(node.get("style") or ""):
            return
        self._before(tag, node)
        if tag == "table" and _is_data(node):
            self._rows(node)
        elif tag == "a":
            self._link(node)
        else:
            self._content(node, keep=tag == "pre")
        self._after(tag)

    def _content(self, node: Any, keep: bool = False) -> None:
        self._add(node.text, keep)
        for child in node:
            self.element(child)
            self._add(child.tail, keep)

    def _before(self, tag: str, node: Any) -> None:
        if tag == "br":
            self.lines.append("")
        elif tag in PARAGRAPHS:
            self._gap()
        elif tag in LINES:
            self._new_line()
        if tag == "li":
            self.lines[-1] += self._bullet(node)
        elif tag == "img":
            self._add(node.get("alt"))

    def _after(self, tag: str) -> None:
        if tag in PARAGRAPHS:
            self._gap()
        elif tag in LINES:
            self._new_line()
        elif tag in CELLS:
            self._add(" ")

    def _bullet(self, node: Any) -> str:
        parent = node.getparent()
        if parent is None or parent.tag != "ol":
            return "- "
        return f"{parent.findall('li').index(node) + 1}. "

    def _rows(self, table: Any) -> None:
        """A table of data: a line for each row."""
        for row in table.iter("tr"):
            cells = [self._on_one_line(cell) for cell in row if cell.tag in CELLS]
            self._new_line()
            self.lines[-1] += BETWEEN_CELLS.join(cells).rstrip(BETWEEN_CELLS)

    def _on_one_line(self, node: Any) -> str:
        inner = _Writer()
        inner._content(node)
        return " ".join(inner.text().split())

    def _link(self, node: Any) -> None:
        """The words of a link and where it leads, unless they say that."""
        url, start = (node.get("href") or "").strip(), len(self.lines[-1])
        lines = len(self.lines)
        self._content(node)
        if not url or url.startswith("#"):
            return
        words = self.lines[-1][start:] if len(self.lines) == lines else ""
        said = SCHEME.sub("", words.strip()).rstrip("/")
        if said != SCHEME.sub("", url).rstrip("/"):
            self._add(f" <{url}>")

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
