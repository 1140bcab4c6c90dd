from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import money


class BmasiaQuoteLine(models.Model):
    """A line of a quote: what is offered, how much of it, at which price; once it is
    accepted, how much of it is invoiced without a contract.
    """

    _name = "bmasia.quote.line"
    _description = "Line of a Quote"
    _inherit = ["bmasia.document.line.mixin"]

    _document_field = "quote_id"
    _entity_path = "quote_id.company_id"

    quote_id = fields.Many2one(
        "bmasia.quote", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="quote_id.currency_id")
    invoice_line_ids = fields.One2many(
        "bmasia.invoice.line", "quote_line_id", "Invoiced By", readonly=True, copy=False
    )
    contract_line_ids = fields.One2many(
        "bmasia.contract.line",
        "quote_line_id",
        "In Contracts",
        readonly=True,
        copy=False,
    )
    amount_invoiced = fields.Monetary(
        "Invoiced",
        compute="_compute_amount_to_invoice",
        help="Net, without a contract, less what was credited.",
    )
    amount_to_invoice = fields.Monetary(
        "Left To Invoice",
        compute="_compute_amount_to_invoice",
        help="Net: charged once, and neither invoiced nor in a contract.",
    )

    @api.depends(
        *("amount_untaxed", "kind", "display_type"),
        *("invoice_line_ids.amount_untaxed", "invoice_line_ids.invoice_id.state"),
        "invoice_line_ids.invoice_id.credit_note_ids.state",
        *("contract_line_ids.quote_amount", "contract_line_ids.contract_id.state"),
    )
    def _compute_amount_to_invoice(self):
        for line in self:
            line.amount_invoiced = money.add(
                each._left_to_credit() for each in line._billed_by()
            )
            whole = line._accepted_for_invoices()
            left = money.subtract(whole, line.amount_invoiced)
            is_open = line._is_once() and left * line.amount_untaxed > 0
            line.amount_to_invoice = left if is_open else 0.0

    def _accepted_for_invoices(self):
        """What was accepted and is in no contract, net."""
        taken = (each._taken_of_quote() for each in self.contract_line_ids)
        return money.subtract(self.amount_untaxed, *taken)

    def _is_once(self):
        return self.kind == "one_time" and not self.display_type

    def _billed_by(self):
        """The lines of invoices that count, drafts included; of one that is issued anew
        the new one's.
        """
        found = self.invoice_line_ids.filtered(lambda each: each.invoice_id._is_bill())
        old = found.invoice_id.replaces_id
        return found.filtered(lambda each: each.invoice_id not in old)

    def _open(self):
        """Those that are charged once, of which something is left to invoice."""
        return self.filtered(lambda line: line._is_open())

    def _is_open(self):
        if self.amount_untaxed or not self._is_once():
            return bool(self.amount_to_invoice)
        # a present is on one document
        taken = self.contract_line_ids.filtered(
            lambda each: each.contract_id.state != "cancelled"
        )
        return not (self._billed_by() or taken)

    # ------------------------------------------------------------
    # ON AN INVOICE, IN A CONTRACT
    # ------------------------------------------------------------

    def _read_part(self, amount, percent):
        """How much of this is invoiced now, net.

        :param amount: as it was asked for; None: by percent
        :param percent: of what was accepted; None: what is left
        :raises UserError: more than that is left, or it is not charged once
        """
        if not self._is_once():
            raise UserError(
                self.env._(
                    "“%s” is not charged once: a contract invoices it.", self.name
                )
            )
        part = self.amount_to_invoice
        if amount is not None:
            part = float(money.to_currency(amount, self._rounding()))
        elif percent is not None:
            part = self._percentage(percent)
        self._check_part(part)
        return part

    def _percentage(self, percent):
        """So many percent of what was accepted."""
        share = money.exact(self.amount_untaxed) * money.exact(percent) / 100
        return float(money.to_currency(share, self._rounding()))

    def _part_of(self, percent):
        """The same, but no more than is left."""
        return min(self._percentage(percent), self.amount_to_invoice, key=abs)

    def _check_part(self, part):
        whole, left = self.amount_untaxed, self.amount_to_invoice
        fits = 0 < part <= left if whole > 0 else left <= part < 0
        if not (fits if whole else self._is_open()):
            document = self._document()
            raise UserError(
                self.env._(
                    "Of “%(line)s”, %(whole)s was accepted and %(left)s is left to "
                    "invoice. Choose an amount up to that.",
                    line=self.name,
                    whole=document._format_money(whole),
                    left=document._format_money(left),
                )
            )

    def _invoiced_values(self, part):
        """The line of an invoice or contract that takes a part of this one.

        :param part: net
        """
        values = {**self._copied_values(), "quote_line_id": self.id}
        if part == self.amount_untaxed:
            return values
        if quantity := self._quantity_of(part):
            return {**values, "quantity": quantity}
        document = self._document()
        env = self.with_context(lang=document._get_print_lang()).env
        words = env._(
            "%(part)s of %(whole)s",
            part=document._format_figure(part),
            whole=document._format_figure(self.amount_untaxed),
        )
        one = {"quantity": 1.0, "unit_price": part, "discount": 0.0, "list_value": 0.0}
        return {**values, **one, "name": f"{self.name}\n{words}"}

    def _quantity_of(self, part):
        """How many whole units come to a part, or 0 where none do."""
        quantity = round(self.quantity * part / self.amount_untaxed)
        at = (quantity, self.unit_price, self.discount)
        comes_to = money.amounts(*at, rounding=self._rounding()).untaxed
        return quantity if comes_to == part else 0

    def _contracted_values(self):
        """The line of a contract that takes over what is left of this one."""
        if not self._is_once():
            return self._copied_values()
        left = self.amount_to_invoice
        return {**self._invoiced_values(left), "quote_amount": left}
