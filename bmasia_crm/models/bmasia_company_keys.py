from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.document_flow.tools.folding import squeezed

from ..tools import company_names

SHORTEST_KEY = 4  # letters; fewer are found anywhere
LONGEST_KEY = 500  # letters; some are several once they are folded, and an index ends


class BmasiaCompanyKeysMixin(models.AbstractModel):
    """By what a company is found: what was typed, without all that is typed in several
    ways.

    Gives keys of names, tax ID and branch, by which duplicates are looked up, and a
    search that finds "danang" and "da nang" alike.

    The model provides ``name``, ``legal_name``, ``vat`` and ``branch``.
    """

    _name = "bmasia.company.keys.mixin"
    _description = "Keys of a Company"

    name_key = fields.Char(
        "Name as Compared",
        compute="_compute_name_keys",
        store=True,
        index=True,
        exportable=False,
    )
    legal_key = fields.Char(
        "Legal Name as Compared",
        compute="_compute_name_keys",
        store=True,
        index=True,
        exportable=False,
    )
    search_key = fields.Char(
        "Names as Searched",
        compute="_compute_name_keys",
        store=True,
        index="trigram",
        exportable=False,
    )
    tax_key = fields.Char(
        "Tax ID as Compared",
        compute="_compute_tax_keys",
        store=True,
        index=True,
        exportable=False,
    )
    branch_key = fields.Char(
        "Branch as Compared",
        compute="_compute_tax_keys",
        store=True,
        exportable=False,
    )

    @api.depends("name", "legal_name", "vat")
    def _compute_name_keys(self):
        for company in self:
            name, legal = company.name or "", company.legal_name or ""
            company.name_key = company_names.name_key(name)[:LONGEST_KEY] or False
            company.legal_key = company_names.name_key(legal)[:LONGEST_KEY] or False
            company.search_key = company_names.search_key(
                name, legal, squeezed(company.vat or "")
            )

    @api.depends("vat", "branch")
    def _compute_tax_keys(self):
        for company in self:
            tax_key = company_names.tax_key(company.vat or "")
            company.tax_key = tax_key[:LONGEST_KEY] or False
            company.branch_key = company_names.branch_key(company.branch or "") or False

    @api.model
    def _search_display_name(self, operator, value):
        """By part of a name or tax ID, and by the beginning of a word whatever blanks
        are in what follows."""
        if operator == "not ilike":
            return ~Domain(self._search_display_name("ilike", value))
        domain = Domain(super()._search_display_name(operator, value))
        typed = squeezed(value) if operator == "ilike" and value else ""
        if len(typed) >= SHORTEST_KEY:
            domain |= Domain("search_key", "ilike", f"|{typed}")
        return domain
