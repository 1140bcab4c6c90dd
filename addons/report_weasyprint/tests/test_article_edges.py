"""Where a report begins to be too large; what of it is asked for, cut and turned."""

from unittest.mock import patch

from lxml import html as lxml_html

from odoo.tests import BaseCase, tagged

from ..tools.layout import articles as engine
from ..tools.layout.limits import DocumentTooLarge


def tree(source):
    return lxml_html.fragment_fromstring(source)


class ArticleCase(BaseCase):
    def assertTooLarge(self, limit, call, *arguments, place=""):
        with self.assertRaises(DocumentTooLarge) as refused:
            call(*arguments)
        found = refused.exception
        self.assertEqual((found.limit, found.place), (limit, place))


@tagged("post_install", "-at_install")
class TestLimits(ArticleCase):
    def test_what_a_text_costs(self):
        for text, cost in (
            (None, 0),
            ("", 0),
            ("ab", 2),
            ("ไทย", 3),
            # a new line as much as ten letters, a letter of East Asia as eight
            ("a\nb", 13),
            ("日", 8),
            ("日\n日", 27),
        ):
            with self.subTest(text):
                self.assertEqual(engine._cost(text), cost)

    def test_each_limit_is_reached_before_it_is_passed(self):
        for name, most, fine, over, limit in (
            ("MAX_BYTES", 10, "<p>abc</p>", "<p>abcd</p>", "size"),
            ("MAX_LETTERS", 5, "<p>abcde</p>", "<p>abcdef</p>", "size"),
            ("MAX_LETTERS", 5, "<p>ab<b>c</b>de</p>", "<p>ab<b>c</b>def</p>", "size"),
            ("MAX_LETTERS", 5, "<p><script>abcdefgh</script></p>", None, None),
            (
                "MAX_ELEMENTS",
                3,
                "<p><b></b><i></i></p>",
                "<p><b></b><i></i><u></u></p>",
                "elements",
            ),
            (
                "MAX_DEPTH",
                3,
                "<p><b><i></i></b></p>",
                "<p><b><i><u></u></i></b></p>",
                "depth",
            ),
        ):
            with self.subTest(name, limit=limit), patch.object(engine, name, most):
                engine.check_limits(fine, tree(fine))
                if over:
                    self.assertTooLarge(limit, engine.check_limits, over, tree(over))

    def test_squares_of_tables_count_as_elements(self):
        table = "<table><tr><td colspan='3'></td></tr></table>"
        self.patch(engine, "MAX_ELEMENTS", 5)
        engine.check_limits(table, tree(table))
        self.patch(engine, "MAX_ELEMENTS", 4)
        self.assertTooLarge("span", engine.check_limits, table, tree(table))

    def test_a_report_is_refused_before_it_is_parsed(self):
        self.patch(engine, "MAX_BYTES", 10)
        self.assertEqual(len(engine.articles("<p>abc</p>")), 1)
        self.assertTooLarge("size", engine.articles, "<p>abcd</p>")

    def test_five_thousand_letters_without_a_space_are_a_text(self):
        self.assertEqual(engine.MAX_UNBROKEN, 5000**2)


@tagged("post_install", "-at_install")
class TestSpans(ArticleCase):
    def test_squares_that_cells_take(self):
        rows = "<tr>{}</tr><tr></tr>"
        for table, squares in (
            (rows.format("<td></td>"), 0),
            (rows.format("<td colspan='3'></td>"), 2),
            (rows.format("<th colspan='3' rowspan='2'></th>"), 5),
            # no cell spans more rows than there are
            (rows.format("<td rowspan='99'></td>"), 1),
            (rows.format("<td rowspan='0'></td>"), 1),
            (rows.format("<td colspan='2'></td><td colspan='3'></td>"), 3),
            ("<col span='4'>", 3),
            ("<colgroup span='4'></colgroup>", 3),
        ):
            source = f"<table>{table}</table>"
            with self.subTest(table):
                engine.check_spans(tree(source), squares)
                with self.assertRaises(DocumentTooLarge) as refused:
                    engine.check_spans(tree(source), squares - 1)
                self.assertEqual(refused.exception.limit, "span")

    def test_the_heading_above_is_named(self):
        source = (
            "<div><h2> Rooms <b>and</b>  zones</h2><table><col span='2'></table></div>"
        )
        self.assertTooLarge(
            "span", engine.check_spans, tree(source), 0, place="Rooms and zones"
        )

    def test_a_cell_outside_a_table_spans_itself(self):
        row = lxml_html.Element("tr")
        cell = lxml_html.Element("td", rowspan="5")
        row.append(cell)
        engine.check_spans(row, 0)
        self.assertEqual(cell.get("rowspan"), "1")

    def test_a_span_is_written_back_as_it_is_taken(self):
        for name, value, spans, written in (
            ("colspan", None, 1, None),
            ("colspan", "3", 3, "3"),
            ("colspan", " +007x", 7, "7"),
            ("colspan", "-3", 1, "1"),
            ("colspan", "x", 1, "1"),
            ("colspan", "0", 1, "0"),
            ("colspan", "12", 10, "10"),
            ("rowspan", "0", 10, "0"),
            ("rowspan", "2", 2, "2"),
        ):
            cell = lxml_html.Element("td")
            if value is not None:
                cell.set(name, value)
            with self.subTest(name=name, value=value):
                self.assertEqual(engine._limited(cell, name, 10), spans)
                self.assertEqual(cell.get(name), written)

    def test_every_drawing_is_checked_and_nothing_else(self):
        checked = []

        def check(element):
            checked.append(element.tag)
            if element.get("width"):
                raise DocumentTooLarge("drawing")

        self.patch(engine, "check_tree", check)
        source = "<div><h1>Plan</h1><p>x</p><svg></svg>{}</div>"
        engine.check_spans(tree(source.format("")), 0)
        self.assertEqual(checked, ["svg"])
        large = tree(source.format("<svg width='1'></svg>"))
        self.assertTooLarge("drawing", engine.check_spans, large, 0, place="Plan")


@tagged("post_install", "-at_install")
class TestDirections(BaseCase):
    def test_each_paragraph_is_read_in_its_own(self):
        for text, direction in (
            ("abc", "ltr"),
            ("ไทย", "ltr"),
            ("עברית", "rtl"),
            ("العربية", "rtl"),
            ("1. עברית abc", "rtl"),
            ("(abc) עברית", "ltr"),
            ("123", "ltr"),
            ("", "ltr"),
        ):
            for tag in ("p", "h2", "li"):
                div = tree(f"<div dir='auto'><{tag}>{text}</{tag}><i>x</i></div>")
                engine.set_directions(div)
                with self.subTest(text, tag=tag):
                    self.assertEqual(div[0].get("dir"), direction)
                    self.assertIsNone(div[1].get("dir"))

    def test_only_below_an_element_that_asks_for_it(self):
        div = tree(
            "<div><!-- x --><p>עברית</p>"
            "<div dir='AUTO'><p dir='ltr'>עברית</p><p>עברית</p></div></div>"
        )
        engine.set_directions(div)
        found = [(block.tag, block.get("dir")) for block in div.iter("p", "div")]
        self.assertEqual(
            found,
            [("div", None), ("p", None), ("div", "rtl"), ("p", "ltr"), ("p", "rtl")],
        )


@tagged("post_install", "-at_install")
class TestPictures(BaseCase):
    def test_what_a_document_asks_for(self):
        for source, wanted in (
            ("<div><!-- x --><img src='/a.png'><img src='b.png'></div>", "a.png b.png"),
            ("<div><a href='/a.png'>x</a></div>", ""),
            (
                "<div><a href='/a.png' style='background: url(c.png)'>x</a></div>",
                "c.png",
            ),
            ("<div><style>p { background: url('d.png') }</style></div>", "d.png"),
            ("<div><style></style><p>url(e.png)</p></div>", ""),
            ("<div><object data='f.svg'></object></div>", "f.svg"),
            ("<div><img src='data:image/png;base64,x'></div>", ""),
        ):
            with self.subTest(source):
                self.assertEqual(
                    engine.wanted_by(tree(source)), frozenset(wanted.split())
                )

    def test_paths(self):
        for address, path in (
            ("odoo:/web/a%20b.png", "web/a b.png"),
            (" /a.png?unique=1 ", "a.png"),
            ("//example.com/a.png", ""),
            ("https://example.com/a.png", ""),
            ("file:/etc/passwd", ""),
        ):
            with self.subTest(address):
                self.assertEqual(engine.path_of(address), path)


@tagged("post_install", "-at_install")
class TestLongWords(ArticleCase):
    def cut(self, source):
        found = tree(source)
        engine.cut_long_words(found)
        return lxml_html.tostring(found, encoding="unicode")

    def spans(self, letter, count):
        full = f'<span style="display: inline-block">{letter * 8}</span>'
        rest = f'<span style="display: inline-block">{letter * (count % 8)}</span>'
        return full * (count // 8) + (rest if count % 8 else "")

    def test_a_word_of_more_than_31_letters_is_cut_into_eights(self):
        word = "ab" * 4
        spans = f'<span style="display: inline-block">{word}</span>' * 4
        for text, cut in (
            (word * 4, spans),
            ((word * 4)[:-1], (word * 4)[:-1]),
            (f"see {word * 4} there", f"<span>see </span>{spans}<span> there</span>"),
            ("x" * 17, self.spans("x", 17)),
            ("x" * 15, "x" * 15),
            ("short", "short"),
        ):
            with self.subTest(text):
                self.assertEqual(self.cut(f"<p>{text}</p>"), f"<p>{cut}</p>")
                # also after an element, in order
                self.assertEqual(
                    self.cut(f"<p>a<b>b</b>{text}<i></i>{text}</p>"),
                    f"<p>a<b>b</b>{cut}<i></i>{cut}</p>",
                )

    def test_there_is_a_limit_to_what_is_cut(self):
        thai = "กข" * 150  # no vowel before which it could be cut
        for source, effort in (
            (f"<div><b>x</b><p>short</p><p></p>{'ab' * 16}</div>", 32 * 1000),
            (f"<div><b>x</b>short<p>{'ab' * 16}</p></div>", 32 * 1000),
            (f"<div><b>x</b><p>{thai}</p></div>", 300**2),
            (f"<div>{thai}<b>x</b>{thai}</div>", 2 * 300**2),
            (f"<div>{thai[1:]}</div>", 0),
        ):
            with self.subTest(effort=effort):
                self.patch(engine, "MAX_UNBROKEN", effort)
                self.cut(source)
                self.patch(engine, "MAX_UNBROKEN", effort - 1)
                self.assertTooLarge("unbroken", self.cut, source)


@tagged("post_install", "-at_install")
class TestPages(BaseCase):
    def test_a_record_has_its_own_title_or_the_report_s(self):
        for head, data, title in (
            ("<title>Quotes</title>", "", "Quotes"),
            ("<title>Quotes</title>", "data-title='Q-1'", "Q-1"),
            ("", "data-title='Q-1'", "Q-1"),
            ("", "", ""),
        ):
            with self.subTest(head=head, data=data):
                [page] = engine.articles(
                    f"<html><head>{head}</head><body>"
                    f"<div class='article' {data}>x</div></body></html>"
                )
                self.assertIn(f"<title>{title}</title>", page.source)
