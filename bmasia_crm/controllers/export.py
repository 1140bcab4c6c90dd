"""Exports that a spreadsheet opens hold figures and words, no formulas."""

import xlsxwriter

from odoo.addons.web.controllers.export import CSVExport

# Core writes an apostrophe before =, + and -; these start a formula, too, or hide one.
STARTS = ("@", "\t", "\r", "\n")
BOM = "\ufeff"  # without it, Excel takes a CSV for the machine's own code page
# Core writes every text that begins with = as a formula, in lists and pivots alike.
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False}


def harmless(cell):
    """A cell as no spreadsheet runs it.

    >>> harmless("@SUM(1)"), harmless("\\t=1"), harmless("Hilton"), harmless(5)
    ("'@SUM(1)", "'\\t=1", 'Hilton', 5)
    """
    if isinstance(cell, bytes):
        cell = cell.decode()
    is_formula = isinstance(cell, str) and cell.startswith(STARTS)
    return f"'{cell}" if is_formula else cell


class HarmlessExport(CSVExport):
    def from_data(self, fields, columns_headers, rows):
        """Core's, with the other signs that start a formula, and in UTF-8 for Excel."""
        rows = [[harmless(cell) for cell in row] for row in rows]
        headers = [harmless(header) for header in columns_headers]
        return BOM + super().from_data(fields, headers, rows)


class PlainWorkbook(xlsxwriter.Workbook):
    """A workbook in which a text that somebody typed stays a text."""

    def __init__(self, filename=None, options=None):
        super().__init__(filename, {**PLAIN, **(options or {})})


# Core's exports of lists and of pivots, and other addons', ask for this name.
xlsxwriter.Workbook = PlainWorkbook
