"""What an SVG drawing costs, reckoned before it is drawn."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

from .limits import MAX_ELEMENTS, DocumentTooLarge

REFERENCE = re.compile(r"^\s*#(.+)|url\(\s*[\"']?#([^\"')]+)")  # within a drawing
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.I)
MARKED = frozenset(("path", "line", "polyline", "polygon"))
MARKERS = ("marker", "marker-start", "marker-mid", "marker-end")
SPREAD = ("spreadMethod", "spreadmethod")
MAX_PATHS = 1_000_000  # letters of all paths; a map of a country has as many
MAX_MATCHES = 1_000_000  # of rules of a stylesheet with elements
SEGMENTS = 50  # numbers of a path that cost as much as an element
LETTERS = 10  # of text that do
REPEATED = 200  # what a gradient costs that repeats itself


def check_drawing(content: bytes) -> bool:
    """Refuse a drawing whose parts show each other more often than can be drawn.

    :param bytes content: SVG; anything else passes
    :returns: whether this is a drawing
    :raises DocumentTooLarge: it is too much to draw
    """
    try:
        root = ElementTree.fromstring(content)  # as WeasyPrint does
    except (ElementTree.ParseError, ValueError):
        return False
    check_tree(root)
    return _name(root) == "svg"


def check_tree(root: Any) -> None:
    """The same for a drawing within a page.

    :param root: an element of ElementTree or lxml
    :raises DocumentTooLarge: it is too much to draw
    """
    try:
        cost = _Cost(root)
        if cost.of(root, ()) > MAX_ELEMENTS:
            raise DocumentTooLarge("drawing")
    except RecursionError as error:
        raise DocumentTooLarge("drawing") from error


class _Cost:
    """How many elements are drawn for one, with all that it refers to.

    ``use``, patterns, masks, clips, filters and gradients are drawn once for each
    element that refers to them; a marker once for each vertex of each line that has it,
    be it set on the line, on a group around it or by a rule of a stylesheet; each
    letter of a text along a path looks at all of the path.
    """

    def __init__(self, root: Any) -> None:
        elements = [e for e in root.iter() if isinstance(e.tag, str)]
        self.by_id = {e.get("id"): e for e in elements if e.get("id")}
        self.known: dict[tuple[Any, ...], int] = {}
        rules = " ".join(e.text or "" for e in elements if _name(e) == "style")
        if (
            sum(len(_path(element)) for element in elements) > MAX_PATHS
            or rules.count("{") * len(elements) > MAX_MATCHES
        ):
            raise DocumentTooLarge("drawing")
        # whatever a rule refers to may be on every element that is drawn
        by_rules = tuple(self._referred([rules]))
        self.marking = tuple(e for e in by_rules if _name(e) == "marker")
        self.painting = tuple(e for e in by_rules if _name(e) != "marker")

    def of(self, element: Any, markers: tuple[Any, ...]) -> int:
        """The elements that are drawn for one.

        :param markers: that the elements around it give to lines in it
        """
        markers = self._markers(element) or markers
        key = (element, markers)
        if key not in self.known:
            self.known[key] = 0  # what shows itself is not drawn again
            self.known[key] = self._reckon(element, markers)
        return self.known[key]

    def _reckon(self, element: Any, markers: tuple[Any, ...]) -> int:
        shown = self._shown(element)
        inner = [child for child in element if isinstance(child.tag, str)]
        cost = 1 + _segments(element) // SEGMENTS
        cost += len(element.text or "") // LETTERS
        if {"repeat", "reflect"} & set(map(element.get, SPREAD)):
            cost += REPEATED
        for part in (*inner, *shown, *self.painting):
            cost += self.of(part, markers)
        if _name(element) in MARKED:
            each = sum(self.of(m, ()) for m in {*markers, *self.marking})
            cost += each * (2 + _segments(element))
        if _name(element) == "textpath":
            followed = sum(map(_segments, shown))
            cost += len("".join(element.itertext())) * followed // SEGMENTS
        return cost

    def _shown(self, element: Any) -> list[Any]:
        values = (value for name, value in element.items() if name not in MARKERS)
        return [e for e in self._referred(values) if _name(e) != "marker"]

    def _markers(self, element: Any) -> tuple[Any, ...]:
        values = [element.get(name) for name in (*MARKERS, "style")]
        referred = self._referred(filter(None, values))
        return tuple(e for e in referred if _name(e) == "marker")

    def _referred(self, values: Iterable[str]) -> Iterator[Any]:
        for value in values:
            for found in REFERENCE.finditer(value):
                if (name := found[1] or found[2]) in self.by_id:
                    yield self.by_id[name]


def _name(element: Any) -> str:
    """Of a tag, in small letters: where a page holds a drawing, all tags are."""
    return str(element.tag).rpartition("}")[2].lower()


def _path(element: Any) -> str:
    return str(element.get("d") or element.get("points") or "")


def _segments(element: Any) -> int:
    """At most how many segments a line has: an arc has seven numbers, others fewer."""
    return len(NUMBER.findall(_path(element)))
