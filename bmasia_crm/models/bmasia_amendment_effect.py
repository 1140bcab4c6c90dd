from odoo import fields, models

KINDS = [
    ("period", "Invoice to come"),
    ("change", "Further invoice"),
    ("credit", "Credit note"),
]


class BmasiaAmendmentEffect(models.Model):
    """An invoice or a credit note that an amendment makes, or what it changes of an
    invoice to come.
    """

    _name = "bmasia.amendment.effect"
    _description = "Effect of an Amendment"
    _inherit = ["document.entity.mixin"]
    _order = "amendment_id, date, id"
    _rec_name = "date"

    _entity_path = "amendment_id.company_id"

    amendment_id = fields.Many2one(
        "bmasia.amendment", required=True, index=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="amendment_id.currency_id")
    kind = fields.Selection(KINDS, "What", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    period_end = fields.Date("Until", readonly=True)
    amount_untaxed = fields.Monetary(
        "Net", readonly=True, help="What is billed more; negative: less, or credited."
    )
    bill_untaxed = fields.Monetary(
        "Invoice Then", readonly=True, help="Total of that invoice, before tax."
    )

    def _document_values(self):
        names = ("kind", "date", "period_end", "amount_untaxed", "bill_untaxed")
        return {name: self[name] for name in names}
