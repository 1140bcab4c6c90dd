"""What keeps an invoice in order: its date, and the credit notes that belong to it."""

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..tools import money, transitions
from .bmasia_invoice import COUNTED

# of the buyer, as a tax invoice must name them
LEGAL_IDENTITY = ("name", "branch", "vat", "address")
OLDEST = 366  # days; an older date is a slip, or is for nobody to choose


class BmasiaInvoice(models.Model):
    _inherit = "bmasia.invoice"

    # ------------------------------------------------------------
    # THE DATE
    # ------------------------------------------------------------

    def _check_date_in_order(self):
        """Numbers and dates of an entity's documents run in one order.

        :raises UserError: dated long ago, or before one that was issued already
        """
        if self.issue_date < self._today() - timedelta(days=OLDEST):
            raise UserError(
                self.env._(
                    "%s is more than a year ago. Choose the day on which it is issued.",
                    self._format_day(self.issue_date),
                )
            )
        later = self.sudo().search(
            [
                *(("company_id", "=", self.company_id.id), ("kind", "=", self.kind)),
                *(("name", "!=", False), ("issue_date", ">", self.issue_date)),
                ("id", "!=", self.id),
            ],
            order="issue_date desc",
            limit=1,
        )
        by_manager = (
            self.env.user.has_group(transitions.MANAGER) and self.backdate_reason
        )
        if later and not by_manager:
            raise UserError(
                self.env._(
                    "%(later)s is dated %(day)s already. Leave the date empty for "
                    "today; with an earlier date, a manager issues it and says why.",
                    later=later.name,
                    day=self._format_day(later.issue_date),
                )
            )

    # ------------------------------------------------------------
    # CREDIT NOTES
    # ------------------------------------------------------------

    def _customer_values(self):
        """A credit note names the buyer as the invoice does that it credits."""
        values = super()._customer_values()
        if self.reversed_id:
            original = self.reversed_id._customer()
            values.update({name: original[name] for name in LEGAL_IDENTITY})
        return values

    @api.constrains("kind", "reversed_id", "customer_id", "company_id", "currency_id")
    def _check_reversed(self):
        """A credit note is a part of its invoice: same customer, entity, currency."""
        for invoice in self:
            original = invoice.reversed_id
            strays = [
                invoice._fields[name]._description_string(self.env)
                for name in ("customer_id", "company_id", "currency_id")
                if original and invoice[name] != original[name]
            ]
            if strays:
                raise ValidationError(
                    self.env._(
                        "A credit note has these as its invoice %(invoice)s has them: "
                        "%(fields)s.",
                        invoice=original.display_name,
                        fields=", ".join(strays),
                    )
                )
            if bool(invoice.reversed_id) != (invoice.kind == "credit_note"):
                raise ValidationError(
                    self.env._(
                        "A credit note is created from its invoice, with Credit there."
                    )
                )

    def _check_credit_fits(self):
        self._check_reversed()
        invoice = self.reversed_id
        issued = invoice.issue_date
        if self.issue_date and issued and self.issue_date < issued:
            raise UserError(
                self.env._("A credit note cannot be older than its invoice.")
            )
        left = money.subtract(invoice.amount_total, invoice.amount_credited)
        if invoice.state not in COUNTED or self.amount_total > left:
            raise UserError(
                self.env._(
                    "Of %(invoice)s, at most %(amount)s can still be credited.",
                    invoice=invoice.display_name,
                    amount=invoice._format_money(left),
                )
            )
        self._check_credited_lines_fit()

    def _check_credited_lines_fit(self):
        invoice = self.reversed_id
        counted = invoice.credit_note_ids.filtered(lambda note: note.state in COUNTED)
        others = (counted - self).line_ids.grouped("reversed_line_id")
        for line in self.line_ids.filtered("reversed_line_id"):
            invoiced = line.reversed_line_id
            earlier = others.get(invoiced, line.browse())
            credited = money.add(earlier.mapped("amount_total"))
            if money.add([credited, line.amount_total]) > invoiced.amount_total:
                raise UserError(
                    self.env._(
                        "“%(line)s” was invoiced at %(amount)s, of which %(credited)s "
                        "is credited: more than the rest cannot be.",
                        line=invoiced.name,
                        amount=invoice._format_money(invoiced.amount_total),
                        credited=invoice._format_money(credited),
                    )
                )

    def _check_is_credited(self):
        if self.amount_credited < self.amount_total:
            raise UserError(
                self.env._("%s is not credited in full.", self.display_name)
            )

    def _settle_credit(self):
        """Credited in full is credited; in part, and the rest paid, is paid."""
        for invoice in self:
            whole = invoice.amount_credited >= invoice.amount_total
            if whole and invoice._has_transition("credited"):
                invoice._transition_to("credited")
        self._settle_payment()
