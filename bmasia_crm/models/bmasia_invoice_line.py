from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.document_flow.tools import figures
from odoo.addons.document_flow.tools.rows import serialize

from ..tools import money
from .bmasia_invoice_payment import COUNTED
from .bmasia_line_tax_mixin import TAXED

NO_PERIOD = {"period_start": False, "period_end": False}


class BmasiaInvoiceLine(models.Model):
    """A line of an invoice: what it takes from a line of a contract or quote; on a
    credit note, of which line it takes something back.
    """

    _name = "bmasia.invoice.line"
    _description = "Line of an Invoice"
    _inherit = ["bmasia.document.line.mixin"]

    _document_field = "invoice_id"
    _entity_path = "invoice_id.company_id"

    invoice_id = fields.Many2one(
        "bmasia.invoice", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    contract_line_id = fields.Many2one(
        "bmasia.contract.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What this line bills.",
    )
    quote_line_id = fields.Many2one(
        "bmasia.quote.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What this line bills of an accepted quote.",
    )
    schedule_id = fields.Many2one(
        "bmasia.contract.schedule",
        "Billing Period",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The row of the billing schedule that this line is of.",
    )
    period_start = fields.Date(
        "Service From",
        readonly=True,
        copy=False,
        help="Where the invoice bills several periods: over these days it is earned.",
    )
    period_end = fields.Date("Service Until", readonly=True, copy=False)
    is_venue = fields.Boolean(
        readonly=True,
        copy=False,
        help="A section with the name of a venue: the sum of its lines is printed.",
    )
    reversed_line_id = fields.Many2one(
        "bmasia.invoice.line",
        "Original Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def write(self, vals):
        self._hold_quotes()
        return super().write(vals)

    def unlink(self):
        quotes = self._hold_quotes()
        result = super().unlink()
        quotes._check_invoiced()
        return result

    def _hold_quotes(self):
        """One change after the other: each looks at what the one before has left."""
        quotes = self.quote_line_id.quote_id
        if quotes:
            serialize(quotes)
        return quotes

    @api.constrains("amount_untaxed", "quote_line_id")
    def _check_quoted(self):
        """Never more than was accepted: of a line, and of the quote."""
        for line in self.quote_line_id:
            billed = money.add(line._billed_by().mapped("amount_untaxed"))
            over = money.subtract(line._accepted_for_invoices(), line.amount_invoiced)
            if over * line.amount_untaxed < 0:
                raise ValidationError(
                    self.env._(
                        "“%(line)s” was accepted at %(whole)s, and its invoices come "
                        "to %(billed)s. For more, write a quote, or add a line.",
                        line=line.name,
                        whole=line._document()._format_money(line.amount_untaxed),
                        billed=line._document()._format_money(billed),
                    )
                )
        self.quote_line_id.quote_id._check_invoiced()

    def _same_values(self):
        """This line on a document that is issued anew: taxed as it was."""
        taxed = {name: self[name] for name in TAXED}
        names = ("is_venue", "period_start", "period_end")
        values = {
            **{name: self[name] for name in names},
            "contract_line_id": self.contract_line_id.id,
            "quote_line_id": self.quote_line_id.id,
            "schedule_id": self.schedule_id.id,
            "reversed_line_id": self.reversed_line_id.id,
        }
        return {**self._copied_values(), **taxed, **values}

    def _credited_values(self):
        """This line on a credit note, which has its own period or its invoice's."""
        return {**self._same_values(), **NO_PERIOD, "reversed_line_id": self.id}

    def _to_credit(self, quantity=None):
        """What is credited of this: itself, the net, and the values of the new line.

        :param quantity: None: all of it
        :raises UserError: there are not so many
        """
        values = self._credited_values()
        if quantity is None:
            return self, self.amount_untaxed, values
        if not 0 < quantity <= self.quantity:
            raise UserError(
                self.env._(
                    "Of “%(line)s”, %(quantity)s were invoiced. Credit as many, or "
                    "fewer.",
                    line=self.name,
                    quantity=figures.number(self.quantity),
                )
            )
        part = self._net_of(quantity)
        return self, part, {**values, "quantity": quantity}

    def _net_of(self, quantity):
        """What another quantity of this comes to, net."""
        at = (quantity, self.unit_price, self.discount)
        return money.amounts(
            *at, rounding=self._rounding(), years=self._years()
        ).untaxed

    def _credited_part_values(self):
        """This line where only a part of it is credited: one unit, at what it comes to.

        The description says what it was; the caller gives the price.
        """
        values = {**self._same_values(), **NO_PERIOD}
        values.update({"quantity": 1.0, "discount": 0.0})
        values.update({"date_from": False, "date_to": False, "list_value": 0.0})
        return {**values, "kind": "one_time"}

    def _left_to_credit(self):
        """What no credit note that counts has of this line yet, net."""
        notes = self.invoice_id.credit_note_ids
        notes = notes.filtered(lambda note: note.state in COUNTED)
        credited = notes.line_ids.filtered(lambda line: line.reversed_line_id == self)
        return money.subtract(self.amount_untaxed, *credited.mapped("amount_untaxed"))

    def _is_taken_back(self):
        return bool(self.reversed_line_id)
