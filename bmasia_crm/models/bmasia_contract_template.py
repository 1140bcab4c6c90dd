from odoo import fields, models


class BmasiaContractTemplate(models.Model):
    """The text of a kind of contract, in ordered sections."""

    _name = "bmasia.contract.template"
    _description = "Contract Template"
    _order = "sequence, name, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", "Billing Entity")
    category = fields.Selection(
        [
            ("standard", "Standard"),
            ("master", "Master Agreement"),
            ("participation", "Participation Agreement"),
        ],
        default="standard",
        required=True,
    )
    section_ids = fields.One2many(
        "bmasia.contract.section", "template_id", "Sections", copy=True
    )


class BmasiaContractSection(models.Model):
    """One numbered clause of a template. Its text may hold ``{{variables}}``."""

    _name = "bmasia.contract.section"
    _description = "Section of a Contract Template"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    template_id = fields.Many2one(
        "bmasia.contract.template", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Heading", required=True, translate=True)
    body = fields.Html(translate=True, sanitize_overridable=False)
