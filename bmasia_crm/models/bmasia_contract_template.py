from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.document_flow.tools import variables

from .bmasia_zone import PLATFORMS

# Tables and blocks that a section can end with.
BLOCKS = [
    ("services", "Services and Fees"),
    ("locations", "Table of Locations"),
    ("zones", "Table of Zones"),
    ("participations", "Table of Participation Agreements"),
    ("bank", "Bank Account"),
]
MISSING = Markup('<mark class="text-danger">%s</mark>')


class BmasiaContractTemplate(models.Model):
    """The text of a kind of contract, in ordered sections."""

    _name = "bmasia.contract.template"
    _description = "Contract Template"
    _inherit = ["document.input.mixin", "document.entity.mixin"]
    _order = "sequence, name, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", "Billing Entity")
    country_id = fields.Many2one(
        "res.country",
        "Law of",
        help="Proposed where the seller is in this country.",
    )
    category = fields.Selection(
        [
            ("standard", "Standard"),
            ("master", "Master Agreement"),
            ("participation", "Participation Agreement"),
        ],
        default="standard",
        required=True,
    )
    platform = fields.Selection(
        PLATFORMS,
        "Product",
        help="What it sells, where the contract lists no location.",
    )
    is_sample = fields.Boolean(
        "Sample Text", help="Shipped with the system; to be checked by your lawyer."
    )
    section_ids = fields.One2many(
        "bmasia.contract.section", "template_id", "Sections", copy=True
    )
    preview_contract_id = fields.Many2one(
        "bmasia.contract",
        "Preview With",
        compute="_compute_preview_contract_id",
        readonly=False,
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    def _may_stay(self, contract):
        """Whether a contract keeps this text, whoever chose it: it is of its kind, and
        not made for another billing entity."""
        self.ensure_one()
        return self.category == contract.category and (
            self.company_id in (contract.company_id, self.company_id.browse())
        )

    @api.model
    def _for_contract(self, contract):
        """The template to propose: what is made for its entity before what its country
        has in common, for its product, in its language; else none.

        :param contract: ``bmasia.contract``, which may be new
        :rtype: bmasia.contract.template
        """
        country = contract.company_id.sudo().country_id
        sold = {*contract.line_ids._zones_by_platform(), False}
        fitting = self.search([("category", "=", contract.category)]).filtered(
            lambda template: template._may_stay(contract)
            and template.country_id in (country, country.browse())
            and template.platform in sold
        )
        return fitting.sorted(
            lambda template: (
                not template.company_id,
                not template.country_id,
                not template.platform,
                not template._has_language(contract.lang),
            )
        )[:1]

    def _has_language(self, lang):
        """Whether the clauses are written in a language, not English in its place."""
        if not lang or lang.startswith("en"):
            return True
        english, own = self.with_context(lang="en_US"), self.with_context(lang=lang)
        return english.section_ids.mapped("body") != own.section_ids.mapped("body")

    @api.depends_context("lang")
    def _compute_preview_contract_id(self):
        """The latest contract that uses it, else the latest one of its entity; rather
        one in the language in which the clauses are read here.
        """
        contracts = self.env["bmasia.contract"]
        in_lang = Domain("lang", "=", self.env.lang)
        for template in self:
            own = Domain("template_id", "=", template._origin.id)
            company = template.company_id
            others = Domain("company_id", "=", company.id) if company else Domain.TRUE
            template.preview_contract_id = next(
                filter(
                    None,
                    (
                        contracts.search(domain, order="id desc", limit=1)
                        for domain in (own & in_lang, others & in_lang, own, others)
                    ),
                ),
                contracts,
            )

    @api.depends(
        "preview_contract_id",
        "platform",
        "section_ids.sequence",
        "section_ids.name",
        "section_ids.body",
        "section_ids.platform",
        "section_ids.company_id",
    )
    def _compute_preview(self):
        """The clauses with a real contract's values; what has none is marked."""
        for template in self:
            contract = template.preview_contract_id
            values = contract._template_values() if contract else {}
            sections = template.section_ids.sorted("sequence")
            if contract:
                sections = sections.filtered(
                    lambda section, of=contract, by=template: section._applies_to(
                        of, by
                    )
                )
            clauses = (
                section._with_values(values, f"{number}. ")
                for number, section in enumerate(sections, 1)
            )
            template.preview = Markup().join(clauses)

    @api.model
    def variables(self, contract_id=False):
        """The closed list of variables, for the picker beside a clause.

        :param int contract_id: whose values to show as examples
        :returns: list of dicts ``name``, ``label`` and ``example``
        :raises AccessError: the contract is not this user's to read
        :raises UserError: no id
        """
        self.env["document.input.mixin"]._check_argument(
            "contract_id", contract_id, "id"
        )
        contract = self.env["bmasia.contract"].browse(contract_id or []).exists()
        if contract:
            contract.check_access("read")
        values = contract._template_values() if contract else {}
        return [
            {"name": name, "label": label, "example": str(values.get(name) or "")}
            for name, label in self.env["bmasia.contract"]._template_variables().items()
        ]


class BmasiaContractSection(models.Model):
    """One numbered clause of a template. Its text may hold ``{{variables}}``."""

    _name = "bmasia.contract.section"
    _description = "Section of a Contract Template"
    _inherit = ["document.input.mixin", "document.entity.mixin"]
    _order = "sequence, id"

    _entity_path = "template_id.company_id"

    sequence = fields.Integer(default=10)
    template_id = fields.Many2one(
        "bmasia.contract.template", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Heading", required=True, translate=True)
    # printed with our stylesheet: no classes of it, no style that moves a text away
    body = fields.Html(
        translate=True,
        sanitize_overridable=False,
        sanitize_style=True,
        strip_classes=True,
    )
    block = fields.Selection(BLOCKS, "Followed By")
    platform = fields.Selection(
        PLATFORMS, "Only With", help="Printed only where the contract has this product."
    )
    company_id = fields.Many2one(
        "res.company", "Only From", help="Printed only on this entity's contracts."
    )
    preview_contract_id = fields.Many2one(related="template_id.preview_contract_id")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("name", "body", "preview_contract_id")
    def _compute_preview(self):
        """This clause with a real contract's values, while it is being written."""
        for section in self:
            contract = section.preview_contract_id
            section.preview = contract and section._with_values(
                contract._template_values()
            )

    def _applies_to(self, contract, template):
        """Whether a contract has this clause, by its entity and its products."""
        self.ensure_one()
        if self.company_id and self.company_id != contract.company_id:
            return False
        return not self.platform or self.platform in contract._platforms(template)

    def _with_values(self, values, number=""):
        """This clause as HTML, with values or marked names in place of variables; what
        stops a print is marked as well."""
        heading, body = (
            variables.fill_or_mark(html, values, MISSING)
            for html in (escape(self.name or ""), self.body)
        )
        return Markup(f"<h4>{number}{heading}</h4>{body}")
