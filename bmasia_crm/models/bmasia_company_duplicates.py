from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_domain_extract, escape_psql

# Mail providers whose domain says nothing about the company.
PUBLIC_DOMAINS = {"gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com"}
DUPLICATES_SHOWN = 5
# Companies with a key in common, unless both are branches, and different ones.
IN_COMMON = """
WITH keys AS (
    SELECT id, branch_key, tax_key, '#' || tax_key AS key
    FROM bmasia_company WHERE active AND tax_key IS NOT NULL
    UNION SELECT id, branch_key, tax_key, name_key
    FROM bmasia_company WHERE active AND name_key IS NOT NULL
    UNION SELECT id, branch_key, tax_key, legal_key
    FROM bmasia_company WHERE active AND legal_key IS NOT NULL
)
SELECT one.id FROM keys one JOIN keys other ON other.key = one.key
WHERE other.id != one.id
AND (one.tax_key = other.tax_key AND one.branch_key != other.branch_key) IS NOT TRUE
"""


class BmasiaCompanyDuplicatesMixin(models.AbstractModel):
    """The same customer entered twice: who it could be.

    Gives the possible duplicates by name, tax ID, and domain of mail and website: on
    the form before it is saved, of a whole import, and as a filter of the list. A
    branch is no duplicate of another branch.

    The model provides the company's fields and ``bmasia.company.keys.mixin``.
    """

    _name = "bmasia.company.duplicates.mixin"
    _description = "Duplicates of a Company"

    duplicate_ids = fields.Many2many(
        "bmasia.company", compute="_compute_duplicate_ids", string="Possible Duplicates"
    )
    has_duplicates = fields.Boolean(
        "Possible Duplicate",
        compute="_compute_has_duplicates",
        search="_search_has_duplicates",
    )

    # ------------------------------------------------------------
    # WHO IT COULD BE
    # ------------------------------------------------------------

    @api.depends(
        "name",
        "legal_name",
        "vat",
        "branch",
        "email",
        "website",
        "parent_id",
        "contact_ids.email",
    )
    def _compute_duplicate_ids(self):
        everybody = self.env[self._name].with_context(active_test=False)
        for company in self:
            other = Domain("id", "!=", company._origin.id)
            found = everybody.browse()
            # one by one: each by its index
            for same in company._same():
                found |= everybody.search(same & other)
            found = found.filtered(company._may_be_same)
            company.duplicate_ids = found[:DUPLICATES_SHOWN]

    def _same(self):
        """Who could be the same: by tax id, name, or domain of mail and website."""
        yield from self._same_tax_id()
        yield from self._same_name()
        yield from self._same_mail_domain()

    def _may_be_same(self, other):
        """Whether these are not two branches of one company."""
        branches = {self.branch_key, other.branch_key} - {False}
        return len(branches) < 2 or not self.tax_key or self.tax_key != other.tax_key

    def _same_name(self):
        for name in {(self.name or "").strip(), (self.legal_name or "").strip()} - {""}:
            # A single word, as of a chain, is part of too many names.
            pattern = f"%{escape_psql(name)}%" if " " in name else escape_psql(name)
            yield Domain("name", "=ilike", pattern)
            yield Domain("legal_name", "=ilike", pattern)
        if keys := {self.name_key, self.legal_key} - {False}:
            yield Domain("name_key", "in", keys)
            yield Domain("legal_key", "in", keys)

    def _same_tax_id(self):
        """Whatever blanks and dashes somebody typed."""
        if self.tax_key:
            yield Domain("tax_key", "=", self.tax_key)

    def _same_mail_domain(self):
        """Members of one group have it in common; there it says nothing."""
        domains = set(map(email_domain_extract, self.contact_ids.mapped("email")))
        domains |= {email_domain_extract(self.email), self._web_domain()}
        group = self.parent_id or self._origin
        others = Domain("parent_id", "not in", group.ids) & Domain(
            "id", "not in", group.ids
        )
        for domain in domains - PUBLIC_DOMAINS - {False, ""}:
            mail = f"%@{escape_psql(domain)}"
            yield others & Domain("email", "=ilike", mail)
            yield others & Domain("partner_id.child_ids.email", "=ilike", mail)
            for before in ("", "%//", "%."):
                for after in ("", "/%"):
                    pattern = f"{before}{escape_psql(domain)}{after}"
                    yield others & Domain("website", "=ilike", pattern)

    def _web_domain(self):
        host = (self.website or "").split("://")[-1].split("/")[0].lower()
        return host.removeprefix("www.")

    # ------------------------------------------------------------
    # OF MANY
    # ------------------------------------------------------------

    def _compute_has_duplicates(self):
        twice = self.search([("id", "in", self.ids), ("has_duplicates", "=", True)])
        for company in self:
            company.has_duplicates = company in twice

    @api.model
    def _search_has_duplicates(self, operator, value):
        """By name and tax ID, among those that are not archived."""
        if operator != "in":
            return NotImplemented
        self.flush_model(["active", "name_key", "legal_key", "tax_key", "branch_key"])
        return Domain("id", "any!", SQL(IN_COMMON))

    @api.model
    def load(self, fields, data):
        """Import as Odoo does, and tell which companies may be here already: in the
        system, or in the same file. None is left out for that.

        :param list fields: paths of the columns
        :param list data: the rows
        :returns: Odoo's answer, and ``duplicates`` where there are: a list of
            ``{"id", "duplicate_ids"}``
        :rtype: dict
        """
        answer = super().load(fields, data)
        companies = self.browse(answer["ids"] or ())
        twice = companies.filtered("has_duplicates")
        if twice:
            answer["duplicates"] = [
                {"id": company.id, "duplicate_ids": company.duplicate_ids.ids}
                for company in twice
            ]
            twice._tell_of_duplicates()
        return answer

    def _tell_of_duplicates(self):
        """In the browser of who imports: messages of an import would stop it."""
        names = ", ".join(self[:DUPLICATES_SHOWN].mapped("name"))
        if len(self) > DUPLICATES_SHOWN:
            names += " …"
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Imported, but perhaps here already"),
                "message": self.env._(
                    "%(count)s companies have the name or tax ID of another one: "
                    "%(names)s. All were imported; the filter “Possible Duplicates” of "
                    "the companies shows them.",
                    count=len(self),
                    names=names,
                ),
            },
        )
