"""Tables as files that Excel opens: figures and dates are such, texts stay texts.

What a customer is called is typed by people; a spreadsheet must not run it. XLSX writes
it as a string, CSV puts an apostrophe before what would start a formula.

>>> from odoo.addons.bmasia_crm.tools.report_table import Column, Table
>>> table = Table("Due", [Column("who", "Who"), Column("due", "Due", "money")], [
...     {"who": "=1+1", "due": 5.0, "currency": "THB"}])
>>> print(to_csv(table).decode("utf-8-sig").replace("\\r", ""), end="")
Who,Due,Currency
'=1+1,5.00,THB
Total,5.00,THB
"""

import csv
import io
from datetime import date
from typing import Any

import xlsxwriter

from .report_table import Column, Row, Table

BOM = "\ufeff"  # without it, Excel takes a CSV for the machine's own code page
# What makes a cell of a CSV a formula in Excel, LibreOffice or Google Sheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Nothing that is typed becomes a formula or a link.
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False}
WIDTHS = {"text": 24, "date": 12, "money": 16, "number": 10}
MAX_SHEET_NAME = 31


def harmless(text: str) -> str:
    """A text as no spreadsheet runs it.

    >>> harmless("@SUM(1)"), harmless("Hilton"), harmless("-1 Road")
    ("'@SUM(1)", 'Hilton', "'-1 Road")
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def to_csv(table: Table) -> bytes:
    """The table as CSV, which Excel opens with a double click."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    columns = table.shown_columns()
    writer.writerow([harmless(column.label) for column in columns])
    for row in [*table.rows, *table.total_rows()]:
        writer.writerow([_csv_value(table, column, row) for column in columns])
    return (BOM + stream.getvalue()).encode()


def to_xlsx(table: Table) -> bytes:
    """The table as a workbook of one sheet."""
    stream = io.BytesIO()
    # row by row to a file: a month's journal has tens of thousands
    book = xlsxwriter.Workbook(stream, {"constant_memory": True, **PLAIN})
    sheet = book.add_worksheet(table.title[:MAX_SHEET_NAME])
    bold = book.add_format({"bold": True})
    sheet.write_string(0, 0, table.title, bold)
    line = 1
    for label, value in table.facts:
        sheet.write_string(line, 0, label)
        sheet.write_string(line, 1, value)
        line += 1
    line += 1
    columns, formats = table.shown_columns(), _Formats(book)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for place, column in enumerate(columns):
        sheet.write_string(line, place, column.label, head)
        sheet.set_column(place, place, WIDTHS[column.kind])
    sheet.freeze_panes(line + 1, 1)
    sums = table.total_rows()
    for is_sum, rows in ((False, table.rows), (True, sums)):
        for row in rows:
            line += 1
            digits = table.places(row.get("currency") or "")
            for place, column in enumerate(columns):
                how = formats.of(column.kind, digits, is_sum)
                _write(sheet, line, place, row.get(column.name), how)
    book.close()
    return stream.getvalue()


def _csv_value(table: Table, column: Column, row: Row) -> str:
    value = row.get(column.name)
    if value is None or value is False:
        return ""
    if column.kind == "money":
        return f"{value:.{table.places(row['currency'])}f}"
    if column.kind == "date" and isinstance(value, date):
        return value.isoformat()
    return str(value) if column.kind == "number" else harmless(str(value))


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, int, bool], Any] = {}

    def of(self, kind: str, digits: int, bold: bool) -> Any:
        """How a value of this kind looks."""
        digits = digits if kind == "money" else 0
        if (kind, digits, bold) not in self._made:
            number = {"date": "yyyy-mm-dd", "number": "#,##0.##"}.get(kind, "@")
            if kind == "money":
                number = "#,##0." + "0" * digits if digits else "#,##0"
            look: dict[str, Any] = {"num_format": number}
            if bold:
                look |= {"bold": True, "top": 1}
            self._made[kind, digits, bold] = self._book.add_format(look)
        return self._made[kind, digits, bold]


def _write(sheet: Any, line: int, place: int, value: Any, how: Any) -> None:
    if value is None or value is False or value == "":
        sheet.write_blank(line, place, None, how)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, how)
    elif isinstance(value, str):
        sheet.write_string(line, place, value, how)
    else:
        sheet.write_number(line, place, value, how)
