from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.document_flow.tools.ours import OURS


class BmasiaInvoiceReissueMixin(models.AbstractModel):
    """An invoice whose particulars were wrong, issued anew by another one.

    Gives both sides, and the substitutes of a lost original: see
    ``bmasia.reissue.mixin``. What was paid, written off or set off goes over to the new
    document, and so do the billing periods of its contracts.
    """

    _name = "bmasia.invoice.reissue.mixin"
    _description = "Invoices That Are Issued Anew"
    _inherit = ["bmasia.reissue.mixin"]

    replaces_id = fields.Many2one(
        "bmasia.invoice", readonly=True, copy=False, index="btree_not_null"
    )
    replaced_by_id = fields.Many2one(
        "bmasia.invoice", readonly=True, copy=False, index="btree_not_null"
    )
    substitute_ids = fields.Many2many(
        "ir.attachment",
        "bmasia_invoice_substitute_rel",
        string="Substitutes",
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )

    def _check_can_replace(self):
        result = super()._check_can_replace()
        if self.credit_note_ids.filtered(lambda note: note.state != "draft"):
            raise UserError(
                self.env._(
                    "%s has credit notes, which name it: it stays.", self.display_name
                )
            )
        return result

    def _fresh_particulars(self):
        # the buyer as put right on this one may be what is wrong
        context = {"fresh_particulars": OURS, "lang": self._get_print_lang()}
        return self.with_context(**context)._customer_values()

    def _issue_anew(self, values, reason):
        """The same invoice: lines, day, what was paid, and its billing periods."""
        made = self.copy(
            {
                **values,
                "issue_date": self.issue_date,
                "due_date": self.due_date,
                "tax_invoice_asked": self.tax_invoice_asked,
                "reversed_id": self.reversed_id.id,
                "quote_id": self.quote_id.id,
                "advance_id": self.advance_id.id,
                "proforma_id": self.proforma_id.id,
                "credit_reason": self.credit_reason,
                "credit_ground": self.credit_ground,
                "credit_event_date": self.credit_event_date,
                "tax_given": self.tax_given,
                "deduct_advances": False,
                "line_ids": [
                    Command.create(line._same_values()) for line in self.line_ids
                ],
            }
        )
        periods, uses = self.schedule_ids, self.allocation_ids
        set_off = self.set_off_ids
        uses.write({"invoice_id": made.id})
        self.write_off_ids.write({"invoice_id": made.id})
        set_off.write({"credit_note_id": made.id})
        self._reopen_payment()
        self.replaced_by_id = made
        self._transition_to("cancelled", cancel_reason=reason)
        periods.invoice_id = made
        made._issue_document()
        if self.credit_note_ids:
            self._hand_credits_on(made)
        return made
