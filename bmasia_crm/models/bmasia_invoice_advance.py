from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.document_flow.tools.rows import serialize, window_of

from ..tools import money, rates, shares

NOT_OUT = ("draft", "cancelled")  # states of an invoice that nobody is asked to pay


class BmasiaInvoiceAdvanceMixin(models.AbstractModel):
    """What was paid before there was an invoice, and the invoice that deducts it.

    An advance on a quote, contract or proforma has had its receipt, and its tax with it
    (Thai Revenue Code, section 78/1). The invoice shows its whole price, deducts the
    advance below and asks for the rest, whose receipt has the rest of the tax.

    The model provides ``kind``, ``state``, ``contract_id``, ``allocation_ids`` and
    ``schedule_ids``.
    """

    _name = "bmasia.invoice.advance.mixin"
    _description = "Advances That an Invoice Deducts"

    currency_id = fields.Many2one("res.currency")
    proforma_id = fields.Many2one(
        "bmasia.invoice",
        "Proforma",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    deduct_advances = fields.Boolean(
        default=True,
        copy=False,
        help="When it is issued, what was paid in advance is taken off.",
    )
    amount_advance = fields.Monetary(
        "Paid in Advance",
        compute="_compute_amount_advance",
        help="On its contract, quote or proforma, and not deducted yet.",
    )

    @api.depends(
        *("kind", "state", "contract_ids", "quote_id", "proforma_id"), "deduct_advances"
    )
    def _compute_amount_advance(self):
        for invoice in self:
            is_open = invoice.kind == "invoice" and invoice.state == "draft"
            advances = invoice._open_advances() if is_open else ()
            invoice.amount_advance = money.add(use.amount_left for use in advances)

    def _open_advances(self):
        """The advances that this invoice would deduct, the oldest first."""
        self.ensure_one()
        contracts, proforma = self.contract_ids, self.proforma_id
        ways = []
        if contracts:
            ways.append(Domain("contract_id", "in", contracts.ids))
            ways.append(Domain("invoice_id.contract_ids", "in", contracts.ids))
        if quotes := contracts.quote_id | self.quote_id:
            ways.append(Domain("quote_id", "in", quotes.ids))
        if proforma:
            ways.append(Domain("invoice_id", "=", proforma.id))
        uses = self.env["bmasia.payment.allocation"].sudo()
        if not ways:
            return uses
        same = Domain("company_id", "=", self.company_id.id)
        same &= Domain("currency_id", "=", self.currency_id.id)
        found = uses._open_advances(same & Domain.OR(ways))
        return found.filtered(
            lambda use: not use.is_deposit
            or (self._is_last_of(use._contracts()) and self._is_last_of_quote())
        )

    def _is_last_of(self, contracts):
        """Whether no other period of contracts is still to be invoiced."""
        others = contracts.sudo().schedule_ids - self.schedule_ids
        return all(
            period.invoice_id and period.invoice_id.state != "draft"
            for period in others
            if period.amount_untaxed > 0
        )

    def _is_last_of_quote(self):
        """Whether nothing else of its quote is still to be invoiced."""
        quote = self.sudo().quote_id
        others = quote.invoice_ids.filtered(lambda each: each.state == "draft") - self
        return not (others or quote.amount_to_invoice)

    def _deduct_advances(self):
        """Take off what was paid in advance, up to the whole."""
        self.ensure_one()
        if self.kind != "invoice" or not self.deduct_advances:
            return
        advances = self._open_advances()
        if not advances:
            return
        serialize(advances)
        for advance in advances:
            amount = min(self._most_of_advance(advance), advance.amount_left)
            if amount > 0:
                advances.create(self._deducted(advance, amount))

    def _most_of_advance(self, advance):
        """What this can deduct of an advance: its open net, taxed as that was; of an
        invoice for several contracts, no more than it bills of the advance's own.
        """
        uses = self.allocation_ids.sudo().filtered(lambda use: use.state == "valid")
        had = (shares.read(use.tax_base) for use in uses)
        left = shares.subtract(self._rows_on(self.issue_date), *had)
        whole = shares.total(self._taxed_as(advance, left))
        contracts = advance._contracts()
        if not contracts or self.contract_ids <= contracts:
            return whole
        lines = self._priced_lines().filtered(
            lambda line: line.contract_line_id.contract_id in contracts
        )
        part = self._taxed_as(advance, self._tax_base(lines))
        had = (
            shares.read(use.tax_base)
            for use in uses
            if use.advance_id._contracts() & contracts
        )
        return min(whole, shares.total(shares.subtract(part, *had)))

    def _taxed_as(self, advance, rows):
        """Rows of this invoice at the rate of an advance."""
        taxed = [row.rate for row in shares.read(advance.tax_base) if row.tax]
        if not taxed:
            return rows
        return rates.restated(rows, self._printed_rate(), taxed[0])

    def _deducted(self, advance, amount):
        return {
            "advance_id": advance.id,
            "invoice_id": self.id,
            "customer_id": self.customer_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "date": max(self.issue_date, advance.date),
            "amount": amount,
        }

    def _deductions(self):
        """The advances that this invoice deducts."""
        uses = self.allocation_ids.sudo().filtered("advance_id")
        return uses.filtered(lambda use: use.state == "valid").sorted("id")

    def _totals_rows(self):
        """Its own rows; below them, what was paid in advance, and the rest."""
        rows = super()._totals_rows()
        deductions = self._deductions()
        if not deductions:
            return rows
        invoice = self.with_context(lang=self._get_print_lang())
        rows[-1] = {**rows[-1], "kind": "sum"}
        for use in deductions:
            label = invoice.env._(
                "Paid in advance, %(receipt)s of %(day)s",
                receipt=use.advance_id.receipt_id.name or "",
                day=invoice._format_day(use.advance_id.date, "d MMM"),
            )
            rows.append(invoice._row("withheld", label, -use.settled))
        if difference := self._advance_rate_change():
            label = invoice.env._("Difference in tax: the advance had another rate")
            rows.append(invoice._row("withheld", label, difference))
        rows.append(
            invoice._row("total", invoice.env._("To pay"), self._worded_amount())
        )
        return rows

    def _advance_rate_change(self):
        """What this comes to more or less, as advances had another rate."""
        issued = str(self.issue_date)
        changes = [row for row in self.rate_changes or () if row["date"] == issued]
        return money.add(row["amount"] for row in changes)

    def _worded_amount(self):
        """What stands on it in words: the amount that it asks for."""
        deducted = self._deductions().mapped("settled")
        total = money.add([self.amount_total, self._advance_rate_change()])
        return money.subtract(total, *deducted)

    def _document_values(self):
        values = super()._document_values()
        if deductions := self._deductions():
            values["advances"] = [
                {
                    "receipt": use.advance_id.receipt_id.name,
                    "date": use.advance_id.date,
                    "amount": use.settled,
                }
                for use in deductions
            ]
        return values

    def _issued_invoice(self):
        """The invoice that took the place of this proforma; empty before it is issued.

        :rtype: bmasia.invoice
        """
        self.ensure_one()
        if self.kind != "proforma":
            return self.browse()
        out = [("proforma_id", "=", self.id), ("state", "not in", NOT_OUT)]
        return self.search(out, order="id desc", limit=1)

    def action_invoice_proforma(self):
        """Make the invoice of a proforma, which deducts what was paid on that.

        :returns: the action that opens the draft
        :rtype: dict
        :raises UserError: it is no issued proforma
        """
        self.ensure_one()
        self.check_access("write")
        if self.kind != "proforma" or self.state != "issued":
            raise UserError(self.env._("Only an issued proforma becomes an invoice."))
        serialize(self)
        made = self.search(
            [("proforma_id", "=", self.id), ("state", "!=", "cancelled")], limit=1
        )
        if not made:
            made = self.sudo().copy({"kind": "invoice", "proforma_id": self.id})
            made = made.with_env(self.env)
            self.message_post(body=self.env._("Invoice: %s", made._get_html_link()))
        return window_of(made)
