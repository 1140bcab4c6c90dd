from odoo import api, fields, models


class BmasiaCompanyAccountMixin(models.AbstractModel):
    """What a customer owes, and what is the customer's, as figures on its page.

    Gives: what is overdue, what is on account and not used, and what is to be refunded,
    each as text, since a customer may be billed in several currencies; empty if
    nothing is.

    How it works: the sums of the lists that the figures open, for the entities that the
    user works for.
    """

    _name = "bmasia.company.account.mixin"
    _description = "Account of a Customer"

    overdue = fields.Char(compute="_compute_account")
    on_account = fields.Char(compute="_compute_account")
    to_refund = fields.Char(compute="_compute_account")

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_account(self):
        invoices, payments = self.env["bmasia.invoice"], self.env["bmasia.payment"]
        late, back = [("is_overdue", "=", True)], [("amount_refund", ">", 0)]
        unused = [("amount_unallocated", ">", 0), ("direction", "=", "in")]
        figures = {
            "overdue": self._sums_of(invoices, "amount_due", late),
            "on_account": self._sums_of(payments, "amount_unallocated", unused),
            "to_refund": self._sums_of(invoices, "amount_refund", back),
        }
        for company in self:
            for name, sums in figures.items():
                company[name] = " · ".join(sums.get(company.id, []))

    def _sums_of(self, model, amount, domain):
        """
        :returns: by id of the company, its sums, one per currency
        :rtype: dict[int, list[str]]
        """
        sums = {}
        for customer, currency, total in model._read_group(
            [("customer_id", "in", self.ids), *domain],
            ["customer_id", "currency_id"],
            [f"{amount}:sum"],
        ):
            sums.setdefault(customer.id, []).append(currency.format(total))
        return sums
