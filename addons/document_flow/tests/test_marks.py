"""What is laid over a finished PDF: words across the page or in its margin, and codes
that are taken out of it.
"""

import io
import re

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from odoo.tests import BaseCase, tagged

from ..tools import copies, marks

A4 = (595.0, 842.0)
SMALL = (300.0, 400.0)  # its diagonal is 500


def pdf(*pages):
    """A PDF; each page is a list of words and of the rectangles of drawings."""
    result = io.BytesIO()
    canvas = Canvas(result)
    for size, contents in pages:
        canvas.setPageSize(size)
        for content in contents:
            if isinstance(content, str):
                canvas.drawString(20, 20, content)
                continue
            canvas.saveState()
            for number in range(content):
                canvas.rect(number, 1, 1, 1, stroke=0, fill=1)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return result.getvalue()


def texts(data):
    """The words on each page."""
    return [page.extract_text().split() for page in PdfReader(io.BytesIO(data)).pages]


def rectangles(data):
    """How many filled rectangles each page has."""
    pages = PdfReader(io.BytesIO(data)).pages
    return [len(re.findall(rb"\bre\s+f", p.get_contents().get_data())) for p in pages]


@tagged("post_install", "-at_install")
class TestWordsAcrossThePage(BaseCase):
    def test_words_are_as_large_as_the_diagonal_lets_them(self):
        for lines, size, points in (
            (["VOID"], A4, "110.0"),
            # 0.95 of 1031.02 points, of which each letter takes 0.72 of its size
            (["x" * 20], A4, "68.0"),
            (["x" * 20], SMALL, "33.0"),
            (["VOID", "x" * 20], SMALL, "33.0"),
        ):
            with self.subTest(lines=lines, size=size):
                html = marks.sheet(lines, "red", *size)
                self.assertIn(f"font: bold {points}pt/", html)

    def test_they_lie_along_the_diagonal_in_their_ink(self):
        for ink, colour in (
            ("grey", "rgba(140, 128, 115, 0.16)"),
            ("red", "rgba(190, 30, 30, 0.3)"),
        ):
            html = marks.sheet(["VOID", "<2026>"], ink, *A4)
            self.assertIn("rotate(-55deg)", html)
            self.assertIn(f"color: {colour};", html)
            self.assertIn("size: 595.0pt 842.0pt", html)
            self.assertIn("<p>VOID</p><p>&lt;2026&gt;</p>", html)

    def test_a_note_stands_upright_above_the_text(self):
        html = marks.sheet(["Replaced"], "note", *A4)
        self.assertIn("top: 6mm", html)
        self.assertNotIn("rotate", html)

    def test_each_page_gets_the_mark_of_its_size(self):
        document = pdf((A4, ["one"]), (SMALL, ["two"]))
        self.assertEqual(marks.page_sizes(document), {A4, SMALL})
        sheets = {
            A4: pdf((A4, ["LARGE"]), (A4, ["overflow"])),
            SMALL: pdf((SMALL, ["LITTLE"])),
        }
        found = texts(marks.marked(document, sheets))
        self.assertEqual(found, [["one", "LARGE"], ["two", "LITTLE"]])


@tagged("post_install", "-at_install")
class TestCodes(BaseCase):
    def marked(self, *contents, **options):
        sheets = {A4: pdf((A4, ["VOID"]))}
        return marks.marked(pdf((A4, contents)), sheets, **options)

    def test_codes_stay_unless_they_are_taken_out(self):
        for options, left in (
            ({}, [300]),
            ({"keep_codes": True}, [300]),
            ({"keep_codes": False}, [0]),
        ):
            with self.subTest(options):
                marked = self.marked("one", 150, "two", 150, "three", **options)
                self.assertEqual(rectangles(marked), left)
                self.assertEqual(texts(marked), [["one", "two", "three", "VOID"]])

    def test_what_is_no_code_stays(self):
        marked = self.marked("one", 99, keep_codes=False)
        self.assertEqual(rectangles(marked), [99])
        self.assertEqual(texts(marked), [["one", "VOID"]])

    def test_an_empty_page_has_none(self):
        writer, result = PdfWriter(), io.BytesIO()
        writer.add_blank_page(*A4)
        writer.write(result)
        sheets = {A4: pdf((A4, ["VOID"]))}
        marked = marks.marked(result.getvalue(), sheets, keep_codes=False)
        self.assertEqual(texts(marked), [["VOID"]])

    def test_where_codes_begin_and_end(self):
        square, half = [b"re", b"f"] * 100, [b"re", b"f"] * 60
        code = [b"q", *square, b"Q"]
        for operators, found in (
            ([b"q", *code, b"Q"], [(0, 204)]),
            ([b"q", *code, *code, b"Q"], [(0, 406)]),
            ([*code, *code], [(0, 202), (202, 404)]),
            ([b"q", *code, b"Tj", b"Q", *code], [(1, 203), (205, 407)]),
            ([*half, b"q", *half, b"Q"], []),
            ([*code, b"q", *half, b"Q"], [(0, 202)]),
            ([b"q", *half, b"Tj", *half, b"Q"], []),
            ([b"Q", *code], [(1, 203)]),
            ([*square], []),
        ):
            with self.subTest(found=found):
                self.assertEqual(list(marks._codes(operators)), found)


@tagged("post_install", "-at_install")
class TestWordsInTheMargin(BaseCase):
    def test_a_word_stands_a_margin_below_the_edge(self):
        html = copies.corner("<COPY>", *A4)
        self.assertIn("size: 595.0pt 842.0pt", html)
        self.assertIn("margin: 14pt 0 0", html)
        self.assertIn("<p>&lt;COPY&gt;</p>", html)

    def test_all_pages_come_once_for_each_word(self):
        document = pdf((A4, ["one"]), (SMALL, ["two"]))
        sheets = {
            (word, *size): pdf((size, [word, str(int(size[0]))]), (size, ["overflow"]))
            for word in ("ORIGINAL", "COPY")
            for size in (A4, SMALL)
        }
        found = texts(copies.stamped(document, ["ORIGINAL", "COPY"], sheets))
        self.assertEqual(
            [sorted(words) for words in found],
            [
                ["595", "ORIGINAL", "one"],
                ["300", "ORIGINAL", "two"],
                ["595", "COPY", "one"],
                ["300", "COPY", "two"],
            ],
        )
