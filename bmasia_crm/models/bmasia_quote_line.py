from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.document_flow.models.document_part_mixin import DocumentPartMixin
from odoo.addons.document_flow.tools import figures, typed

from ..tools import money, options


class BmasiaQuoteLine(models.Model):
    """A line of a quote: what is offered, how much of it, at which price; once it is
    accepted, how much of it is invoiced without a contract. An optional one counts once
    the customer has chosen it.
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
    is_optional = fields.Boolean(
        "Optional",
        help="Printed beside the total, which counts it once the customer chooses it.",
    )
    is_chosen = fields.Boolean(
        "Chosen",
        readonly=True,
        copy=False,
        help="By the customer, with the answer.",
    )
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
        *("amount_untaxed", "kind", "display_type", "is_optional", "is_chosen"),
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

    # ------------------------------------------------------------
    # OPTIONAL
    # ------------------------------------------------------------

    def _counts(self):
        return super()._counts() and (self.is_chosen or not self.is_optional)

    @api.depends("quote_id.line_ids.is_optional", "quote_id.line_ids.is_chosen")
    def _compute_tax(self):
        return super()._compute_tax()

    @api.constrains("is_optional", "display_type", "unit_price")
    def _check_optional(self):
        """Whatever is chosen, nothing gets below zero."""
        for line in self.filtered("is_optional"):
            if line.display_type:
                raise ValidationError(
                    self.env._("A section or a note has no price to choose.")
                )
            if line.unit_price < 0:
                raise ValidationError(
                    self.env._(
                        "“%s” takes something off: that is not optional. Offer the "
                        "lower price on a line of its own.",
                        line.name,
                    )
                )

    def _note_choice(self, is_chosen):
        """Past the line's own ``write``: what the customer has got is closed.

        :param bool is_chosen: whether the customer chose it
        """
        values = {"is_chosen": is_chosen}
        return super(DocumentPartMixin, self.sudo()).write(values)

    def _printed_kind(self):
        """What ``tools/options.py`` calls it."""
        if self.display_type:
            is_section = self.display_type == "line_section"
            return options.SECTION if is_section else options.NOTE
        return options.OPTION if self.is_optional else options.LINE

    def _document_values(self):
        return {**super()._document_values(), "is_optional": self.is_optional}

    def _option_title(self):
        """The first line of its description, and how many.

        :rtype: str
        """
        title = typed.line((self.name or "").strip().partition("\n")[0])
        if self.quantity == 1:
            return title
        return f"{figures.number(self.quantity)} × {title}"

    @api.depends_context("with_amount")
    @api.depends("name", "quantity", "amount_untaxed")
    def _compute_display_name(self):
        """In a list to choose from, with what it costs, net."""
        if not self.env.context.get("with_amount"):
            return super()._compute_display_name()
        for line in self:
            amount = line._document()._format_money(line.amount_untaxed)
            line.display_name = f"{line._option_title()}: {amount}"
        return None

    # ------------------------------------------------------------
    # INVOICED
    # ------------------------------------------------------------

    def _accepted_for_invoices(self):
        """What was accepted and is in no contract, net."""
        if not self._counts():
            return 0.0
        taken = (each._taken_of_quote() for each in self.contract_line_ids)
        return money.subtract(self.amount_untaxed, *taken)

    def _is_once(self):
        """Whether it is accepted, or would be, and charged once."""
        return self.kind == "one_time" and self._counts()

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
        if not self.display_type and not self._counts():
            raise UserError(
                self.env._("“%s” is optional, and was not chosen.", self.name)
            )
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
