from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.document_flow.tools.rows import serialize, window_of

from ..tools import money


class BmasiaInvoiceAdvanceMixin(models.AbstractModel):
    """What was paid before there was an invoice, and the invoice that deducts it.

    An advance on a quote, contract or proforma has had its receipt, and its tax with it
    (Thai Revenue Code, section 78/1). The invoice shows its whole price, deducts the
    advance below and asks for the rest, whose receipt has the rest of the tax.

    The model provides ``kind``, ``state``, ``contract_id``, ``allocation_ids`` and
    ``schedule_id``.
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

    @api.depends("kind", "state", "contract_id", "proforma_id", "deduct_advances")
    def _compute_amount_advance(self):
        for invoice in self:
            is_open = invoice.kind == "invoice" and invoice.state == "draft"
            advances = invoice._open_advances() if is_open else ()
            invoice.amount_advance = money.add(use.amount_left for use in advances)

    def _open_advances(self):
        """The advances that this invoice would deduct, the oldest first."""
        self.ensure_one()
        contract, proforma = self.contract_id, self.proforma_id
        ways = []
        if contract:
            ways.append(Domain("contract_id", "=", contract.id))
            ways.append(Domain("invoice_id.contract_id", "=", contract.id))
        if contract.quote_id:
            ways.append(Domain("quote_id", "=", contract.quote_id.id))
        if proforma:
            ways.append(Domain("invoice_id", "=", proforma.id))
        uses = self.env["bmasia.payment.allocation"].sudo()
        if not ways:
            return uses
        same = Domain("company_id", "=", self.company_id.id)
        same &= Domain("currency_id", "=", self.currency_id.id)
        found = uses._open_advances(same & Domain.OR(ways))
        if self._is_last_of_contract():
            return found
        return found.filtered(lambda use: not use.is_deposit)

    def _is_last_of_contract(self):
        """Whether no other period of the contract is still to be invoiced."""
        others = self.contract_id.sudo().schedule_ids - self.schedule_id
        return all(
            period.invoice_id and period.invoice_id.state != "draft"
            for period in others
        )

    def _deduct_advances(self):
        """Take off what was paid in advance, up to the whole."""
        self.ensure_one()
        if self.kind != "invoice" or not self.deduct_advances:
            return
        advances = self._open_advances()
        if not advances:
            return
        serialize(advances)
        left, rows = self.amount_total, []
        for advance in advances:
            amount = min(left, advance.amount_left)
            left = money.subtract(left, amount)
            if amount:
                rows.append(self._deducted(advance, amount))
        advances.create(rows)

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
        left = money.subtract(self.amount_total, *deductions.mapped("settled"))
        rows.append(invoice._row("total", invoice.env._("To pay"), left))
        return rows

    def _worded_amount(self):
        """What stands on it in words: the amount that it asks for."""
        deducted = self._deductions().mapped("settled")
        return money.subtract(self.amount_total, *deducted)

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
