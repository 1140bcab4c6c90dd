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

from .report_table import Column, Row, Table
from .workbook import Sheet

BOM = "\ufeff"  # without it, Excel takes a CSV for the machine's own code page
# What makes a cell of a CSV a formula in Excel, LibreOffice or Google Sheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
WIDTHS = {"text": 24, "date": 12, "money": 16, "number": 10}


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
    sheet = Sheet(table.title)
    bold, plain = sheet.style(bold=True), sheet.style()
    sheet.add([table.title], [bold])
    for fact in table.facts:
        sheet.add(fact, [plain, plain])
    sheet.add([], [])
    columns = table.shown_columns()
    head = sheet.style(bold=True, line="bottom", wrap=True)
    sheet.add([column.label for column in columns], [head] * len(columns))
    sheet.freeze(len(table.facts) + 3, 1)
    sheet.widths([WIDTHS[column.kind] for column in columns])
    names = [column.name for column in columns]
    for is_sum, rows in ((False, table.rows), (True, table.total_rows())):
        looks: dict[str, list[int]] = {}
        for row in rows:
            code = row.get("currency") or ""
            if code not in looks:
                digits = table.places(code)
                looks[code] = [_look(sheet, c.kind, digits, is_sum) for c in columns]
            sheet.add([row.get(name) for name in names], looks[code])
    return sheet.to_bytes()


def _csv_value(table: Table, column: Column, row: Row) -> str:
    value = row.get(column.name)
    if value is None or value is False:
        return ""
    if column.kind == "money":
        return f"{value:.{table.places(row['currency'])}f}"
    if column.kind == "date" and isinstance(value, date):
        return value.isoformat()
    return str(value) if column.kind == "number" else harmless(str(value))


def _look(sheet: Sheet, kind: str, digits: int, is_sum: bool) -> int:
    """How a value of this kind looks."""
    number = {"date": "yyyy-mm-dd", "number": "#,##0.##"}.get(kind, "@")
    if kind == "money":
        number = "#,##0." + "0" * digits if digits else "#,##0"
    return sheet.style(number, bold=is_sum, line="top" if is_sum else "")
