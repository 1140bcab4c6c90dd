"""What would take too long to lay out is refused before anything is."""

import time
from base64 import b64encode

from odoo.tests import BaseCase, tagged

from ..tools.layout import engine
from ..tools.layout.articles import articles
from ..tools.layout.drawings import check_drawing
from ..tools.layout.limits import MAX_BYTES, MAX_ELEMENTS, DocumentTooLarge

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
TURNS = " ".join(f"{n % 9},{n % 7}" for n in range(1500))
PATH = f"M{TURNS}"


def drawing(body):
    return f'<svg {SVG} width="9" height="9">{body}</svg>'.encode()


def doubled(levels, begin='<rect id="p0" width="9" height="9"/>', times=4):
    """Parts of which each shows the one before several times."""
    parts = [begin]
    for level in range(1, levels):
        uses = f'<use href="#p{level - 1}"/>' * times
        parts.append(f'<g id="p{level}">{uses}</g>')
    return f"<defs>{''.join(parts)}</defs>"


MARKER = f'<marker id="m" markerWidth="9"><path d="{PATH}"/></marker>'
# Each multiplies something: what is drawn is far more than what is written.
BOMBS = {
    "use": f'{doubled(12)}<use href="#p11"/>',
    "use by xlink": doubled(12).replace("href", "xlink:href")
    + '<use xlink:href="#p11"/>',
    "pattern": doubled(12) + '<rect style="fill: url(#p11)" width="9" height="9"/>',
    "quoted": doubled(12) + "<rect fill=\"url('#p11')\" width='9' height='9'/>",
    "mask": doubled(12) + '<rect mask="url(#p11)" width="9" height="9"/>',
    "clip": doubled(12) + '<rect clip-path="url(#p11)" width="9" height="9"/>',
    "filter": doubled(12) + '<rect filter="url(#p11)" width="9" height="9"/>',
    "marker": f'<defs>{MARKER}</defs><path marker-mid="url(#m)" d="{PATH}"/>',
    "marker of a group": f'<g marker="url(#m)">{MARKER}<path d="{PATH}"/></g>',
    "marker by style": f'{MARKER}<path style="marker-mid: url(#m)" d="{PATH}"/>',
    "marker by a rule": f"<style>path {{ marker-mid: url(#m) }}</style>{MARKER}"
    f'<path d="{PATH}"/>',
    "marker of a used line": f'{MARKER}<defs><path id="p0" d="{PATH}"/></defs>'
    '<use href="#p0" marker-start="url(#m)"/>',
    "marker on a polyline": MARKER
    + f'<polyline marker-mid="url(#m)" points="{TURNS}"/>',
    "uses in a marker": doubled(8)
    + '<marker id="m"><use href="#p7"/></marker>'
    + f'<path marker-mid="url(#m)" d="{PATH}"/>',
    "pattern by a rule": "<style>rect { fill: url(#p11) }</style>"
    + doubled(12)
    + '<rect width="9" height="9"/>',
    "text along a path": f'<path id="p" d="{PATH}"/><text><textPath href="#p">'
    f"{'word ' * 500}</textPath></text>",
    "letters": f"<text>{'word ' * 50_000}</text>",
    "rules": f"<style>{'a b c { fill: red } ' * 5000}</style>{'<g/>' * 5000}",
    "depth": "<g>" * 5000 + "</g>" * 5000,
    "path": f'<path d="{PATH * 300}"/>',
}
ORDINARY = {
    "logo": f'<path d="{PATH}"/>' * 20,
    "arrow": '<marker id="m"><path d="M0,0 9,9 0,9z"/></marker>'
    '<path d="M0,0 L9,9 L2,2" marker-end="url(#m)"/>' * 3,
    "pattern": doubled(4) + '<rect fill="url(#p3)" width="9" height="9"/>',
    "gradient": '<linearGradient id="g"><stop offset="1"/></linearGradient>'
    '<rect fill="url(#g)" width="9" height="9"/>' * 50,
    "shows itself": '<g id="a"><use href="#a"/></g>',
}


@tagged("post_install", "-at_install")
class TestLimits(BaseCase):
    def refusal(self, body):
        with self.assertRaises(DocumentTooLarge) as refusal:
            articles(f"<html><body>{body}</body></html>")
        return refusal.exception

    def test_limits_come_before_layout(self):
        hostile = (
            ("depth", "<div>" * 200 + "x" + "</div>" * 200),
            ("elements", "<b></b>" * (MAX_ELEMENTS + 1)),
            ("size", f"<img src='data:{'x' * MAX_BYTES}'>"),
            ("size", "word " * 100_000),
            ("size", "\n" * 50_000),
            ("size", "a\u2028" * 50_000),
            ("size", "\U0001f600 " * 50_000),
            ("unbroken", "\u0e01\u0e02" * 5000),
            ("unbroken", "https://" * 5000),
        )
        for limit, body in hostile:
            with self.subTest(limit, body=body[:20]):
                self.assertEqual(self.refusal(body).limit, limit)

    def test_tables_count_by_the_squares_that_their_cells_cover(self):
        wide = "<td colspan='1000'>x</td>"
        rows = f"<tr>{'<td rowspan=200 colspan=200>x</td>'}</tr>" + "<tr></tr>" * 200
        columns = "<col span='1000'>" * 30
        for body in (
            f"<tr>{wide * 30}</tr>",
            f"<tr>{wide}</tr>" * 30,
            rows,
            f"{columns}<tr><td>x</td></tr>",
            f"<colgroup span='1000'></colgroup>{columns}<tr><td>x</td></tr>",
            "<tr><th colspan=' +1000000 x'>x</th></tr>" * 30,
            "<tr>" + "<td rowspan='0' colspan='99'>x</td></tr><tr>" * 40 + "</tr>",
        ):
            with self.subTest(body[:60]):
                refused = self.refusal(f"<h2>Fees  of</h2><table>{body}</table>")
                self.assertEqual((refused.limit, refused.place), ("span", "Fees of"))

    def test_a_cell_spans_at_most_what_browsers_let_it(self):
        for said in ("1000000", "٣", "-1", "", "x", "1_0", "9" * 5000):
            source = (
                f"<table><tr><td colspan='{said}' rowspan='{said}'>kept</td></tr>"
                "<tr><td>x</td></tr></table>"
            )
            start = time.perf_counter()
            printed = engine.render(articles(source)[0].source)
            self.assertLess(time.perf_counter() - start, 10, said)
            self.assertTrue(printed.pdf)

    def test_no_drawing_multiplies_itself(self):
        for name, body in BOMBS.items():
            with self.subTest(name), self.assertRaises(DocumentTooLarge) as refusal:
                check_drawing(drawing(body))
                self.assertEqual(refusal.exception.limit, "drawing")
            with self.subTest(name, inside="a page"):
                inside = drawing(body).decode()
                refused = self.refusal(f"<h1>Clause</h1>{inside}")
                self.assertIn(refused.limit, {"drawing", "depth"})

    def test_ordinary_drawings_are_drawn(self):
        for name, body in ORDINARY.items():
            with self.subTest(name):
                check_drawing(drawing(body))
        self.assertFalse(check_drawing(b"\x89PNG"))
        self.assertFalse(check_drawing(b"<svg"))

    def test_the_refusal_names_the_picture_or_the_heading_above(self):
        bomb = b64encode(drawing(BOMBS["marker"])).decode()
        kinds = ("image/svg+xml", "image/png", "text/css", "font/ttf", "text/plain")
        for kind in kinds:  # what it calls itself does not matter
            picture = f"<img src='data:{kind};base64,{bomb}'"
            for rest, place in ((" alt='Map'>", "Map"), (">", "Where we are")):
                with self.assertRaises(DocumentTooLarge) as refusal:
                    engine.render(f"<h2>Where <b>we</b> are</h2>{picture}{rest}")
                refused = refusal.exception
                self.assertEqual((refused.limit, refused.place), ("drawing", place))
