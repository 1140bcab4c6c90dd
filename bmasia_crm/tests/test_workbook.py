"""A workbook as spreadsheets read it: values, looks, widths, what stays in sight."""

import io
import re
import zipfile
from datetime import date, datetime

from openpyxl import load_workbook

from odoo.tests import BaseCase, tagged

from ..tools import workbook
from ..tools.workbook import Sheet


def opened(sheet):
    """The sheet as a spreadsheet has it."""
    return load_workbook(io.BytesIO(sheet.to_bytes())).active


def part(sheet, name):
    """A file of the workbook."""
    with zipfile.ZipFile(io.BytesIO(sheet.to_bytes())) as book:
        return book.read(f"xl/{name}.xml").decode()


@tagged("post_install", "-at_install")
class TestValues(BaseCase):
    def cell(self, value, style=("General",)):
        sheet = Sheet("Due")
        sheet.add([value], [sheet.style(*style)])
        return opened(sheet)["A1"]

    def test_texts_figures_and_days(self):
        for value, style, shown in (
            ("=1+1", "General", "=1+1"),
            (" two  blanks ", "General", " two  blanks "),
            (107.5, "0.00", 107.5),
            (0, "0", 0),
            (True, "General", "True"),
            (date(2026, 11, 29), "yyyy-mm-dd", datetime(2026, 11, 29)),
            (date(1900, 3, 1), "yyyy-mm-dd", datetime(1900, 3, 1)),
        ):
            with self.subTest(value=value):
                self.assertEqual(self.cell(value, (style,)).value, shown)
        self.assertEqual(self.cell("=1+1").data_type, "s")

    def test_what_is_nothing_is_an_empty_cell(self):
        for value in (None, False, ""):
            sheet = Sheet("Due")
            sheet.add([value], [0])
            with self.subTest(value=value):
                self.assertIn(
                    '<c r="A1" s="0"/></row>', part(sheet, "worksheets/sheet1")
                )

    def test_a_text_is_as_long_as_excel_takes_it(self):
        for length, shown in ((32766, 32766), (32767, 32767), (32768, 32767)):
            with self.subTest(length=length):
                self.assertEqual(len(self.cell("x" * length).value), shown)

    def test_what_xml_cannot_write_is_left_out(self):
        for text, written in (
            ("\x00\x1f\ufffe\uffff", ""),
            # next to them
            ("\t\n \ufffd\U00010000", "\t\n \ufffd\U00010000"),
            ("\r", "&#13;"),
        ):
            with self.subTest(ascii(text)):
                self.assertEqual(workbook.escaped(text), written)

    def test_a_shorter_row_may_follow_a_longer_one(self):
        sheet = Sheet("Due")
        for row in (["a", "b", "c"], ["d"], ["e", "f"]):
            sheet.add(row, [0] * len(row))
        rows = [*opened(sheet).iter_rows(values_only=True)]
        self.assertEqual(rows, [("a", "b", "c"), ("d", None, None), ("e", "f", None)])


@tagged("post_install", "-at_install")
class TestLooks(BaseCase):
    def test_a_plain_cell_is_neither_bold_nor_wrapped_nor_underlined(self):
        sheet = Sheet("Due")
        sheet.add(["x"], [sheet.style()])
        cell = opened(sheet)["A1"]
        self.assertFalse(cell.font.b)
        self.assertFalse(cell.alignment.wrap_text)
        self.assertEqual(
            (cell.border.top.style, cell.border.bottom.style), (None, None)
        )

    def test_each_cell_has_the_look_it_was_given(self):
        sheet = Sheet("Due")
        looks = [
            ("General", False, "", False),
            ("0.00", True, "", False),
            ("0.00", False, "top", False),
            ("yyyy-mm-dd", False, "bottom", True),
        ]
        styles = [sheet.style(*look) for look in looks]
        self.assertEqual(styles, [0, 1, 2, 3])
        sheet.add([1, 2, 3, 4], styles)
        for cell, (number, bold, line, wrap) in zip(
            opened(sheet)[1], looks, strict=True
        ):
            with self.subTest(cell.coordinate):
                self.assertEqual(cell.number_format, number)
                self.assertEqual(bool(cell.font.b), bold)
                self.assertEqual(bool(cell.alignment.wrap_text), wrap)
                for side in ("left", "right", "top", "bottom"):
                    style = "thin" if side == line else None
                    self.assertEqual(getattr(cell.border, side).style, style, side)

    def test_the_same_look_is_one_style(self):
        sheet = Sheet("Due")
        first, other = sheet.style("0.00", bold=True), sheet.style("0.00")
        self.assertEqual(sheet.style("0.00", True, "", False), first)
        self.assertNotEqual(other, first)

    def test_number_formats_begin_where_those_of_excel_end(self):
        sheet = Sheet("Due")
        sheet.style("0.00")
        known = re.findall(r'<numFmt numFmtId="(\d+)"', part(sheet, "styles"))
        self.assertEqual(known, ["164", "165"])


@tagged("post_install", "-at_install")
class TestSheets(BaseCase):
    def test_the_first_rows_and_columns_stay_in_sight(self):
        for rows, columns, corner in ((3, 1, "B4"), (1, 2, "C2"), (1, 26, "AA2")):
            sheet = Sheet("Due")
            sheet.freeze(rows, columns)
            with self.subTest(corner):
                pane = opened(sheet).sheet_view.pane
                self.assertEqual(
                    (pane.topLeftCell, int(pane.ySplit), int(pane.xSplit)),
                    (corner, rows, columns),
                )

    def test_nothing_stays_in_sight_unless_it_is_said(self):
        self.assertIsNone(opened(Sheet("Due")).freeze_panes)

    def test_each_column_has_its_width(self):
        sheet = Sheet("Due")
        sheet.widths([12, 30.5])
        columns = opened(sheet).column_dimensions
        self.assertEqual((columns["A"].width, columns["B"].width), (12, 30.5))
        self.assertEqual(set(columns), {"A", "B"})

    def test_columns_without_a_width_have_the_usual_one(self):
        self.assertNotIn("<cols>", part(Sheet("Due"), "worksheets/sheet1"))

    def test_a_tab_has_a_name_that_excel_opens(self):
        for title, name in (
            ("Due", "Due"),
            ("x" * 31, "x" * 31),
            ("x" * 32, "x" * 31),
            ("'Due'", "Due"),
            ("", "Sheet"),
            ("R&D <1>", "R&D <1>"),
        ):
            with self.subTest(title):
                self.assertEqual(opened(Sheet(title)).title, name)
