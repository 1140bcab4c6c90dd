from odoo import api, fields, models
from odoo.exceptions import ValidationError


class BmasiaBillingNoteLine(models.Model):
    """An invoice on a billing note, with what was due of it then."""

    _name = "bmasia.billing.note.line"
    _description = "Invoice on a Billing Note"
    _inherit = ["document.part.mixin"]
    _order = "note_id, issue_date, id"

    _entity_path = "note_id.company_id"
    _document_field, _listed_as = "note_id", "line_ids"

    note_id = fields.Many2one(
        "bmasia.billing.note", required=True, index=True, ondelete="cascade"
    )
    invoice_id = fields.Many2one(
        "bmasia.invoice", required=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="note_id.currency_id")
    issue_date = fields.Date(related="invoice_id.issue_date", store=True)
    due_date = fields.Date(related="invoice_id.due_date")
    property_name = fields.Char(related="invoice_id.property_name")
    invoice_total = fields.Monetary(related="invoice_id.amount_total", string="Total")
    amount = fields.Monetary(
        "To Pay",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="What was due when it was billed.",
    )
    amount_due = fields.Monetary(related="invoice_id.amount_due", string="Still Due")

    _once = models.UniqueIndex(
        "(note_id, invoice_id)", "An invoice stands on a billing note once."
    )

    @api.depends("invoice_id")
    def _compute_amount(self):
        for line in self:
            line.amount = line.invoice_id.amount_due

    @api.constrains("invoice_id", "note_id", "amount")
    def _check_invoice(self):
        for line in self:
            note, invoice = line.note_id, line.invoice_id
            names = ("customer_id", "company_id", "currency_id")
            if any(note[name] != invoice[name] for name in names):
                raise ValidationError(
                    self.env._(
                        "%s is of another customer, entity or currency: it needs a "
                        "billing note of its own.",
                        invoice.display_name,
                    )
                )
            if invoice.kind != "invoice" or not 0 < line.amount <= invoice.amount_total:
                raise ValidationError(
                    self.env._("%s is not to be paid.", invoice.display_name)
                )
            others = self.sudo().search(
                [
                    ("invoice_id", "=", invoice.id),
                    ("note_id", "!=", note.id),
                    ("note_id.state", "!=", "cancelled"),
                ],
                limit=1,
            )
            if others and note.state != "cancelled":
                raise ValidationError(
                    self.env._(
                        "%(invoice)s is on %(note)s already. Cancel that one to bill "
                        "it again.",
                        invoice=invoice.display_name,
                        note=others.note_id.display_name,
                    )
                )
