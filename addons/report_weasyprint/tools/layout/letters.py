"""What can be copied from a PDF and found in it: the text as it was typed.

Shaping takes letters apart and puts them together: Thai SARA AM (U+0E33) is drawn as
two signs with a tone mark between them, Khmer and Indian vowels stand before what they
follow. A glyph says which letters it is for all of a font, so that cannot tell; a span
with ``ActualText`` around such a group of glyphs does.
"""

import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fontTools.ttLib import TTFont
from weasyprint.draw import text as draw

PIECE = re.compile(r"<([0-9a-f]*)>|([^<>]+)")
RIGHT_TO_LEFT = frozenset(("R", "AL"))


class Fonts(dict[Any, Any]):
    """The fonts of a document, each with :class:`Letters`."""

    def __setitem__(self, key: Any, font: Any) -> None:
        font.to_unicode = Letters(font)
        dict.__setitem__(self, key, font)


class Letters(dict[int, str]):
    """Which text each glyph of a font stands for, and which glyphs were drawn for
    which text.

    WeasyPrint asks before each glyph whether its text is known; it never is here, so
    that every one is told.
    """

    def __init__(self, font: Any) -> None:
        super().__init__()
        self.font = font

    def __contains__(self, glyph: object) -> bool:
        return False

    def __setitem__(self, glyph: int, text: str) -> None:
        if _LINE:
            _LINE[-1].drawn.append((glyph, text, self))
        if glyph not in self.keys():
            own = "" if self.font.bitmap else own_letters(self.font).get(glyph, "")
            self.update({glyph: own or text})

    def text_of(self, glyph: int) -> str:
        """The text that a glyph stands for on its own."""
        return self.get(glyph, "")


_OWN_BY_FONT: dict[str, dict[int, str]] = {}  # a process prints with a handful of them


def own_letters(font: Any) -> dict[int, str]:
    """The letters that the glyphs of a font are made for, whatever they are used for.

    :param weasyprint.pdf.fonts.Font font: before it is subset
    """
    if font.hash not in _OWN_BY_FONT:
        face = TTFont(io.BytesIO(font.file_content), fontNumber=font.index, lazy=True)
        letters: dict[str, str] = {}
        for code, name in face.getBestCmap().items():
            if unicodedata.decomposition(chr(code)).startswith("<"):
                continue  # another form of another letter
            letters.setdefault(name, chr(code))
        names = face.getGlyphOrder()
        _OWN_BY_FONT[font.hash] = {
            # "maithoThai.small" is a MAI THO as well
            glyph: letters[name.split(".")[0]]
            for glyph, name in enumerate(names)
            if name.split(".")[0] in letters
        }
    return _OWN_BY_FONT[font.hash]


@dataclass
class _Group:
    """Glyphs that are drawn for one text together."""

    text: str = ""
    glyphs: list[int] = field(default_factory=list)
    plain: bool = True

    def absorb(self, other: "_Group") -> None:
        """Draw another one's glyphs and text with one's own, in one span."""
        self.text += other.text
        self.glyphs += other.glyphs
        self.plain = False


class _Line:
    """Stands in for the stream of a page while one line of text is drawn.

    What is shown is kept until the line is complete: only then it is known which glyphs
    belong together.
    """

    HELD = ("show_text", "set_text_rise", "set_font_size")

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.drawn: list[tuple[int, str, Letters]] = []
        self.held: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        if name in self.HELD:
            return lambda *arguments: self.held.append((name, arguments))
        return getattr(self.stream, name)

    def finish(self) -> None:
        """Show what was held, with spans where a text is more than its glyphs."""
        groups = list(self._groups())
        if all(group.plain for group in groups):
            for name, arguments in self.held:
                getattr(self.stream, name)(*arguments)
            return
        _Shown(self.stream, groups).show(self.held)

    def _groups(self) -> Iterator[_Group]:
        """The first or last glyph of a group has its text, by its direction; a mark
        goes with its letter, or extraction takes it for a line of its own.
        """
        groups: list[_Group] = []
        waiting = _Group()
        for glyph, text, letters in self.drawn:
            if not text and groups and not waiting.glyphs and _is_rtl(groups[-1].text):
                groups[-1].glyphs.append(glyph)
                groups[-1].plain = False
                continue
            waiting.glyphs.append(glyph)
            if text:
                waiting.text = text
                single = len(waiting.glyphs) == 1
                waiting.plain = single and letters.text_of(glyph) == text
                if groups and _is_mark(text) and not _is_rtl(groups[-1].text):
                    groups[-1].absorb(waiting)
                else:
                    groups.append(waiting)
                waiting = _Group()
        if waiting.glyphs:
            groups.append(waiting)
        return _joined(groups)


def _joined(groups: list[_Group]) -> Iterator[_Group]:
    """Neighbours that both need a span share it: fewer bytes, and no word is torn. So
    does a letter after a mark: a mark is drawn to the left of where its letter ends,
    which would look like a gap behind the span.
    """
    last = None
    for group in groups:
        if last and not last.plain and _belongs(last, group):
            last.absorb(group)
            continue
        if last:
            yield last
        last = group
    if last:
        yield last


def _belongs(span: _Group, group: _Group) -> bool:
    if _is_rtl(span.text) or _is_rtl(group.text):
        return False
    return not group.plain or _is_mark(span.text[-1])


def _is_mark(text: str) -> bool:
    """Whether this is drawn over, below or around the letter before it."""
    return unicodedata.category(text[0]).startswith("M")


def _is_rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in text)


class _Shown:
    """Writes glyphs, opening and closing spans between them."""

    def __init__(self, stream: Any, groups: list[_Group]) -> None:
        self.stream = stream
        self.groups = iter(groups)
        self.group: _Group | None = None
        self.left = 0  # glyphs of the group that are still to come

    def show(self, held: list[tuple[str, tuple[Any, ...]]]) -> None:
        for name, arguments in held:
            if name == "show_text":
                self._pieces(arguments[0])
            else:
                getattr(self.stream, name)(*arguments)
        self._close()

    def _pieces(self, text: str) -> None:
        shown = ""
        for glyphs, number in PIECE.findall(text):
            if number:
                apart = shown and not shown.endswith(">")
                shown += f" {number}" if apart else number
                continue
            width = len(glyphs) if len(glyphs) < 4 else 4
            for at in range(0, len(glyphs), width or 1):
                if not self.left:
                    shown = self._next(shown)
                self.left -= 1
                glyph = f"<{glyphs[at : at + width]}>"
                joins = shown.endswith(">")
                shown = shown[:-1] + glyph[1:] if joins else shown + glyph
        self._flush(shown)

    def _next(self, shown: str) -> str:
        """Begin the next group; what is before it is shown outside of its span."""
        group = next(self.groups)
        if not group.plain or (self.group and not self.group.plain):
            self._flush(shown)
            shown = ""
            self._close()
        self.group, self.left = group, len(group.glyphs)
        if not group.plain:
            actual = group.text.encode("utf-16-be").hex()
            properties = f"<</ActualText <feff{actual}>>>"
            self.stream.begin_marked_content("Span", properties)
        return shown

    def _flush(self, shown: str) -> None:
        if shown:
            self.stream.show_text(shown)

    def _close(self) -> None:
        if self.group and not self.group.plain:
            self.stream.end_marked_content()
        self.group = None


_LINE: list[_Line] = []  # the one that is being drawn


def _drawing_lines(original: Callable[..., Any]) -> Callable[..., Any]:
    def draw_first_line(stream: Any, *arguments: Any) -> Any:
        line = _Line(stream)
        _LINE.append(line)
        try:
            emojis = original(line, *arguments)
        finally:
            _LINE.pop()
        line.finish()
        return emojis

    return draw_first_line


draw.draw_first_line = _drawing_lines(draw.draw_first_line)
