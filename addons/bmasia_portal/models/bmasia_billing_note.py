from odoo import models


class BmasiaBillingNote(models.Model):
    """The billing note's page: what is due of its invoices, and when it is paid."""

    _inherit = "bmasia.billing.note"

    def _link_matters_until(self):
        return self.payment_date or super()._link_matters_until()

    def _page_facts(self):
        facts = super()._page_facts()
        if self.payment_date:
            facts.append(
                (self.env._("To be paid on"), self._say_day(self.payment_date))
            )
        return [*facts, (self.env._("Due now"), self._format_money(self.amount_due))]
