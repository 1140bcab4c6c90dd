"""Exports that a spreadsheet opens hold figures and words, no formulas."""

from odoo.addons.web.controllers.export import CSVExport

# Core writes an apostrophe before =, + and -; these start a formula, too, or hide one.
STARTS = ("@", "\t", "\r", "\n")


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
        """Core's, with the other signs that start a formula."""
        rows = [[harmless(cell) for cell in row] for row in rows]
        headers = [harmless(header) for header in columns_headers]
        return super().from_data(fields, headers, rows)
