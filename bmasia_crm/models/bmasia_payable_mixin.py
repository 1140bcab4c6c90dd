from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import money, rates, shares


class BmasiaPayableMixin(models.AbstractModel):
    """A document that money may be for: an invoice; a quote or contract in advance.

    Gives whether it has tax documents (``_is_taxed``), what to put right before it is
    paid (``_buyer_warning``), what it comes to over its whole term
    (``_payable_total``), and the advances on it.

    The model has lines and totals, as every ``bmasia.document.mixin``.
    """

    _name = "bmasia.payable.mixin"
    _description = "Document That Is Paid"

    currency_id = fields.Many2one("res.currency")

    def _is_taxed(self):
        """Whether this sale has tax documents: its entity charges VAT. One that is not
        registered must not issue them, whatever its lines say (Thai Revenue Code,
        section 86/13).
        """
        self.ensure_one()
        return bool(self.company_id.sudo().tax_rate)

    def _buyer_warning(self):
        """What to do before this is paid, if its receipt would lack particulars."""
        self.ensure_one()
        is_thai = self.company_id.sudo().country_id.code == "TH"
        had_one = "is_tax_invoice" in self._fields and self.is_tax_invoice
        gaps = is_thai and self._is_taxed() and not had_one and self._buyer_gaps()
        if not gaps:
            return ""
        return self.env._(
            "%(document)s has no %(missing)s of %(customer)s, and the receipt will be "
            "the tax invoice: put the company right, and issue what is issued anew.",
            document=self.display_name,
            missing=gaps,
            customer=self.customer_id.name,
        )

    def _rows_on(self, day, without=None, span=None):
        """Net and tax by rate of what is paid on a day: lines at the standard rate have
        that of the day, since the tax of an advance falls due with it (Thai Revenue
        Code, section 78/1). An invoice looks at what was settled (``without``,
        ``span``), too.

        :rtype: list[money.TaxRow]
        """
        self.ensure_one()
        whole, now = self._tax_base(), self._standard_rate(day)
        if self._number_kind() in ("credit_note", "adjustment") or not now:
            return whole
        for printed in self._usual_rates():
            whole = rates.restated(whole, printed, now, self._rounding())
        return whole

    def _usual_rates(self):
        """The standard rates of lines for which nobody chose another one."""
        lines = self._counted_lines().filtered(
            lambda line: line.tax_category == "standard" and not line.tax_chosen
        )
        return set(lines.mapped("tax_rate"))

    def _payable_on(self, day):
        """What can be paid of it on a day."""
        return self._left_to_pay()

    def _payable_total(self):
        """What it comes to with tax, paid today; of a quote or contract, over the whole
        term. What was paid in advance keeps its rate.
        """
        whole = self._printed_payable()
        now, usual = self._standard_rate(self._today()), self._usual_rates()
        if not now or usual <= {now} or len(usual) > 1:
            return whole
        advances = self._advances().filtered(lambda use: use.state == "valid")
        paid = shares.add(*(shares.read(use.tax_base) for use in advances))
        printed, rounding = usual.pop(), self._rounding()
        several = whole != self.amount_total and len(self._tax_base()) > 1
        sale = self._rows_over_term() if several else self._tax_base()
        rows = shares.share(sale, whole, rounding=rounding)
        return shares.total(rates.at_rate(rows, printed, now, paid, rounding))

    def _printed_payable(self):
        """The same as it is printed."""
        self.ensure_one()
        value = self.term_value if "term_value" in self._fields else False
        if not value or not self.amount_untaxed or value == self.amount_untaxed:
            return self.amount_total
        if len(self._tax_base()) > 1:
            # what is charged once and what is charged each year may be taxed unlike
            return money.add(row.total for row in self._rows_over_term())
        whole = money.exact(self.amount_total) * money.exact(value)
        whole /= money.exact(self.amount_untaxed)
        return float(money.to_currency(whole, self.currency_id.rounding))

    def _left_to_pay(self):
        """What can still be paid in advance."""
        advances = self._advances().filtered(lambda use: use.state != "voided")
        paid = money.add(advances.mapped("settled"))
        return max(money.subtract(self._payable_total(), paid), 0.0)

    def _advances(self):
        """What was paid on this in advance, as superuser."""
        self.ensure_one()
        name = {"bmasia.contract": "contract_id", "bmasia.quote": "quote_id"}
        uses = self.env["bmasia.payment.allocation"].sudo()
        return uses.search([(name.get(self._name, "invoice_id"), "=", self.id)])

    def _paying_parties(self):
        """The companies that may pay this, each with its family."""
        return self.customer_id

    def _check_takes_money(self):
        """Whether anything can be paid on this: it went out, and was not refused.

        :raises UserError: it cannot
        """
        if self._is_draft() or self.state in ("rejected", "superseded", "cancelled"):
            raise UserError(self.env._("%s is not to be paid.", self.display_name))
