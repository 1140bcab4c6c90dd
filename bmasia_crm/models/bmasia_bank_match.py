from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import money


class BmasiaBankMatch(models.Model):
    """An invoice that a line of a bank statement pays, or a part of it."""

    _name = "bmasia.bank.match"
    _description = "Invoice That a Bank Line Pays"
    _inherit = ["document.input.mixin", "document.entity.mixin"]
    _order = "id"

    _entity_path = "line_id.company_id"

    line_id = fields.Many2one(
        "bmasia.bank.statement.line", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="line_id.currency_id")
    invoice_id = fields.Many2one(
        "bmasia.invoice", required=True, index=True, ondelete="cascade"
    )
    amount_due = fields.Monetary(related="invoice_id.amount_due")
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, precompute=True
    )
    withholding_amount = fields.Monetary(
        "Withheld", help="Tax that the customer withheld."
    )

    _once = models.UniqueIndex(
        "(line_id, invoice_id)", "This line pays the invoice already."
    )

    @api.depends("invoice_id")
    def _compute_amount(self):
        for match in self:
            others = match.line_id.match_ids - match
            left = money.subtract(match.line_id.amount, *others.mapped("amount"))
            match.amount = match.amount or max(min(left, match.amount_due), 0.0)

    @api.constrains("line_id", "invoice_id", "amount", "withholding_amount")
    def _check_match(self):
        for match in self:
            line, invoice = match.line_id, match.invoice_id
            if (invoice.company_id, invoice.currency_id) != (
                line.company_id,
                line.currency_id,
            ):
                raise ValidationError(
                    self.env._(
                        "%s is of another entity or currency than the account.",
                        invoice.display_name,
                    )
                )
            if match.amount < 0 or match.withholding_amount < 0:
                raise ValidationError(
                    self.env._("The amount of a payment cannot be negative.")
                )
            if money.add(line.match_ids.mapped("amount")) > line.amount:
                raise ValidationError(
                    self.env._(
                        "%s would be more than the money received.", line.display_name
                    )
                )

    def _check_line_open(self):
        if any(match.line_id.state == "booked" for match in self):
            raise UserError(self.env._("This line is booked. Void its payment."))

    @api.model_create_multi
    def create(self, vals_list):
        matches = super().create(vals_list)
        matches._check_line_open()
        return matches

    def write(self, vals):
        self._check_line_open()
        result = super().write(vals)
        self._check_line_open()  # it may have another line now
        return result

    def unlink(self):
        self._check_line_open()
        return super().unlink()
