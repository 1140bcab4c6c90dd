from odoo import api, fields, models

from odoo.addons.document_flow.tools import figures

from ..tools import money, withholding
from .bmasia_exchange_rate import BAHT


class BmasiaInvoiceWithholdingMixin(models.AbstractModel):
    """What the customer will withhold of an invoice.

    Gives: the amount, proposed from each line's rate while the invoice is a draft, and
    fixed with it; the switch that prints what is left to transfer.

    The model provides lines with ``product_id`` and ``amount_untaxed``, and the
    amounts of ``bmasia.invoice.payment.mixin``.

    How it works: a line has its product's rate, or the customer's one for all; without
    a product, the entity's. See ``tools/withholding.py`` for the law.
    """

    _name = "bmasia.invoice.withholding.mixin"
    _description = "Withholding on an Invoice"

    currency_id = fields.Many2one("res.currency")
    withholding_expected = fields.Monetary(
        "Will Be Withheld",
        compute="_compute_withholding",
        store=True,
        help="Tax on the amount before VAT that the customer keeps and pays to the "
        "state.",
    )
    withholding_rows = fields.Json(compute="_compute_withholding", store=True)
    show_withholding = fields.Boolean(
        "Print Less Withholding",
        compute="_compute_show_withholding",
        store=True,
        readonly=False,
        help="Below the total, and in the PromptPay code: what is left to transfer.",
    )

    @api.depends(
        *("kind", "customer_id", "company_id", "currency_id", "contract_ids"),
        *("line_ids.amount_untaxed", "line_ids.product_id"),
    )
    def _compute_withholding(self):
        for invoice in self:
            if invoice._is_draft() or not invoice.withholding_rows:
                rows = invoice._withholding_proposal()
                invoice.withholding_rows = [row._asdict() for row in rows]
                invoice.withholding_expected = money.add(row.amount for row in rows)
            else:
                # as it was issued, whatever rates are now
                invoice.withholding_rows = invoice.withholding_rows
                invoice.withholding_expected = invoice.withholding_expected

    @api.depends("customer_id")
    def _compute_show_withholding(self):
        for invoice in self:
            if invoice._is_draft():
                invoice.show_withholding = invoice.customer_id.show_withholding
            else:
                invoice.show_withholding = invoice.show_withholding

    def _withholding_proposal(self):
        """
        :rtype: list[withholding.Withheld]
        """
        if self._is_credit():
            return []
        customer = self.customer_id
        lines = self._priced_lines()
        parts = [
            withholding.Part(
                customer._withholding_rate(self.company_id, line.product_id),
                line.amount_untaxed,
            )
            for line in lines
        ]
        rows = withholding.proposal(parts, self.currency_id.rounding or money.CENT)
        in_all = money.add(row.base for row in rows)
        is_small = self.currency_id.name == BAHT and in_all < withholding.SMALLEST
        # what a contract comes to in all counts
        return [] if is_small and not self.contract_ids else rows

    def _withholding_share(self, settled, day=None):
        """What should be withheld of a payment of a day that settles so much."""
        rounding = self.currency_id.rounding
        expected, total = (
            self.withholding_expected,
            self._total_at(day or self._today()),
        )
        return withholding.share(expected, settled, total, rounding)

    def _withholding_left(self):
        """What is still to be withheld, of what is still due."""
        if self._is_credit():
            return 0.0
        due = self._left_to_pay() if self.name else self.amount_total
        return min(self._withholding_share(due), due)

    def _amount_to_transfer(self):
        """What the document asks to transfer: what is due, less what is withheld."""
        left = self._withholding_left() if self.show_withholding else 0.0
        return money.subtract(self.amount_due, left)

    def _withholding_after(self):
        """The rows below the total, where they are shown.

        :returns: list of label and amount
        """
        if not self.show_withholding or not self.withholding_expected:
            return []
        env = self.with_context(lang=self._get_print_lang()).env
        rows = [
            (
                env._("Withholding tax %s %%", figures.number(row["rate"])),
                -row["amount"],
            )
            for row in self.withholding_rows or []
        ]
        left = money.subtract(self.amount_total, self.withholding_expected)
        return [*rows, (env._("To be transferred"), left)]

    def _document_values(self):
        values = super()._document_values()
        if self.show_withholding:
            values["withholding"] = self.withholding_rows
        return values
