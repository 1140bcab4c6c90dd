from odoo import fields, models


class BmasiaLockLog(models.Model):
    """Who closed or reopened the books of an entity, when and why."""

    _name = "bmasia.lock.log"
    _description = "Closed or Reopened"
    _inherit = ["document.entity.mixin"]
    _order = "id desc"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", "Billing Entity", required=True, readonly=True, index=True
    )
    date_before = fields.Date("Closed Until, Before", readonly=True)
    date_after = fields.Date("Closed Until", readonly=True)
    reason = fields.Char(readonly=True)
