"""HTML to PDF, without Odoo.

Every module here is imported by the children that lay documents out, where there is no
Odoo; ``limits``, ``articles``, ``drawings`` and ``frames`` are used by the parent as
well, so they import no WeasyPrint.
"""
