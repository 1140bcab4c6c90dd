"""A report on the screen, as XLSX and as CSV: the same figures, days and texts."""

import csv
import io
from datetime import date, datetime
from types import SimpleNamespace

from openpyxl import load_workbook

from odoo.tests import BaseCase, tagged

from ..tools import sheets
from ..tools.report_table import Chosen, Column, Table

COLUMNS = [
    Column("who", "Customer"),
    Column("day", "Date", "date"),
    Column("due", "Due", "money"),
    Column("price", "Unit Price", "money", total=False),
    Column("count", "Invoices", "number"),
]
HILTON = {
    "who": "=Hilton",
    "day": date(2026, 11, 28),
    "due": 1234.5,
    "price": 10.0,
    "count": 3,
    "currency": "THB",
}
PARK = {"who": "Park", "due": 500.0, "count": 2.5, "currency": "JPY"}
NOTHING = {"who": "", "day": None, "due": None, "count": False, "currency": "THB"}
TABLE = Table(
    "Aged Receivables of a Long Name in All",
    COLUMNS,
    [HILTON, PARK, NOTHING],
    facts=[("As of", "28 Nov 2026"), ("Entity", "=BMAsia")],
    digits={"JPY": 0},
    word_total="Sum",
)


@tagged("post_install", "-at_install")
class TestTable(BaseCase):
    def test_money_is_added_up_by_currency(self):
        self.assertEqual(TABLE.summed(), ["due"])
        self.assertEqual(
            TABLE.total_rows(),
            [
                {"currency": "JPY", "due": 500.0, "who": "Sum"},
                {"currency": "THB", "due": 1234.5, "who": "Sum"},
            ],
        )
        tenths = [{"due": 0.1, "currency": "THB"}, {"due": 0.2, "currency": "THB"}]
        self.assertEqual(
            TABLE.with_rows(tenths).totals(), [{"currency": "THB", "due": 0.3}]
        )

    def test_what_has_no_money_needs_no_currency(self):
        counts = Table("Counts", [Column("n", "Count", "number")], [{"n": 1}])
        self.assertEqual(counts.totals(), [])
        self.assertEqual([c.label for c in counts.shown_columns()], ["Count"])
        self.assertEqual([c.name for c in TABLE.shown_columns()][-1], "currency")

    def test_figures_stand_on_the_right(self):
        self.assertEqual(
            [column.is_figure for column in COLUMNS], [False, False, True, True, True]
        )

    def test_an_entity_is_asked_for_by_its_id(self):
        chosen = Chosen(SimpleNamespace(id=7), None, date(2026, 11, 28))
        self.assertEqual(chosen.entity, 7)

    def test_values_as_people_read_them(self):
        for row, shown in (
            (HILTON, ["=Hilton", "28.11.", "1,234.50", "10.00", "3"]),
            (PARK, ["Park", "", "500", "", "2.5"]),
            (NOTHING, ["", "", "", "", ""]),
            ({"who": True, "count": "3 of 4"}, ["True", "", "", "", "3 of 4"]),
            ({"who": 2026, "count": 1200}, ["2026", "", "", "", "1,200"]),
            ({"who": 0.125, "count": 0}, ["0.125", "", "", "", "0"]),
        ):
            with self.subTest(row=row):
                texts = TABLE.texts(row, lambda day: f"{day.day}.{day.month}.")
                self.assertEqual(texts, shown)


@tagged("post_install", "-at_install")
class TestCsv(BaseCase):
    def test_the_file_line_by_line(self):
        self.assertEqual(
            sheets.to_csv(TABLE).decode("utf-8").splitlines(),
            [
                "\ufeffCustomer,Date,Due,Unit Price,Invoices,Currency",
                "'=Hilton,2026-11-28,1234.50,10.00,3,THB",
                "Park,,500,,2.5,JPY",
                ",,,,,THB",
                "Sum,,500,,,JPY",
                "Sum,,1234.50,,,THB",
            ],
        )

    def test_days_and_texts_in_columns_of_another_kind(self):
        table = TABLE.with_rows(
            [{**HILTON, "day": "-soon", "who": True, "count": "=1"}]
        )
        row = sheets.to_csv(table).decode().splitlines()[1]
        self.assertEqual(row, "True,'-soon,1234.50,10.00,=1,THB")
        table = TABLE.with_rows([{**HILTON, "who": datetime(2026, 1, 2, 3, 4)}])
        row = sheets.to_csv(table).decode().splitlines()[1]
        self.assertTrue(row.startswith("2026-01-02 03:04:00,"), row)


EVIL = [f"{sign}1+1" for sign in ("=", "+", "-", "@", "\t=", "\r=", "\n=")]


@tagged("post_install", "-at_install")
class TestNothingRuns(BaseCase):
    """What people type, and what reports are called, is text for every spreadsheet."""

    def table(self, text):
        rows = [{"who": text, "due": 5.0, "currency": text}]
        columns = [Column("who", text), Column("due", "Due", "money")]
        facts = [(text, text)]
        return Table(
            "Report", columns, rows, facts, word_total=text, word_currency=text
        )

    def test_a_csv_cell_that_would_run_begins_with_an_apostrophe(self):
        for text in EVIL:
            with self.subTest(repr(text)):
                file = sheets.to_csv(self.table(text)).decode("utf-8-sig")
                cells = [cell for row in csv.reader(io.StringIO(file)) for cell in row]
                self.assertEqual(cells.count(f"'{text}"), 6)
                for cell in cells:
                    self.assertFalse(cell.startswith(sheets.FORMULA_STARTS), cell)

    def test_a_workbook_has_no_formula(self):
        for text in EVIL:
            with self.subTest(repr(text)):
                book = load_workbook(io.BytesIO(sheets.to_xlsx(self.table(text))))
                cells = [cell for row in book.active for cell in row]
                self.assertFalse([cell for cell in cells if cell.data_type == "f"])
                said = [str(cell.value or "").endswith(text.strip()) for cell in cells]
                self.assertEqual(sum(said), 8)


@tagged("post_install", "-at_install")
class TestXlsx(BaseCase):
    def setUp(self):
        super().setUp()
        self.sheet = load_workbook(io.BytesIO(sheets.to_xlsx(TABLE))).active

    def row(self, number):
        return [cell.value for cell in self.sheet[number]]

    def test_every_cell(self):
        self.assertEqual(self.sheet.title, "Aged Receivables of a Long Name")
        self.assertEqual(self.sheet.max_row, 10)
        for number, values in (
            (1, [TABLE.title]),
            (2, ["As of", "28 Nov 2026"]),
            (3, ["Entity", "=BMAsia"]),
            (4, []),
            (5, ["Customer", "Date", "Due", "Unit Price", "Invoices", "Currency"]),
            (6, ["=Hilton", datetime(2026, 11, 28), 1234.5, 10, 3, "THB"]),
            (7, ["Park", None, 500, None, 2.5, "JPY"]),
            (8, [None, None, None, None, None, "THB"]),
            (9, ["Sum", None, 500, None, None, "JPY"]),
            (10, ["Sum", None, 1234.5, None, None, "THB"]),
        ):
            with self.subTest(number=number):
                filled = values + [None] * (6 - len(values))
                self.assertEqual(self.row(number), filled)

    def test_texts_are_strings_whatever_they_begin_with(self):
        self.assertEqual(self.sheet["A6"].data_type, "s")
        self.assertEqual(self.sheet["B3"].data_type, "s")

    def test_figures_have_the_decimals_of_their_currency(self):
        for cell, number in (
            ("A6", "@"),
            ("B6", "yyyy-mm-dd"),
            ("C6", "#,##0.00"),
            ("E6", "#,##0.##"),
            ("C7", "#,##0"),
            ("C9", "#,##0"),
            ("C10", "#,##0.00"),
        ):
            with self.subTest(cell):
                self.assertEqual(self.sheet[cell].number_format, number)

    def test_headings_and_sums_stand_out(self):
        for cell, bold, top, bottom in (
            ("A1", True, None, None),
            ("A2", False, None, None),
            ("A5", True, None, "thin"),
            ("A6", False, None, None),
            ("C6", False, None, None),
            ("A9", True, "thin", None),
            ("C10", True, "thin", None),
        ):
            with self.subTest(cell):
                found = self.sheet[cell]
                self.assertEqual(found.font.bold, bold)
                border = found.border
                self.assertEqual((border.top.style, border.bottom.style), (top, bottom))
        self.assertTrue(self.sheet["A5"].alignment.wrap_text)

    def test_headings_and_the_first_column_stay_in_sight(self):
        self.assertEqual(self.sheet.freeze_panes, "B6")

    def test_columns_are_as_wide_as_their_kind_needs(self):
        widths = [self.sheet.column_dimensions[letter].width for letter in "ABCE"]
        self.assertEqual([int(width) for width in widths], [24, 12, 16, 10])
