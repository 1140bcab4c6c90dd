from odoo import models


class BmasiaContract(models.Model):
    """The contract's page: what it covers, from when to when, for how much; and that it
    is signed there.
    """

    _name = "bmasia.contract"
    _inherit = ["bmasia.signed.mixin", "bmasia.contract"]

    def _link_matters_until(self):
        return self.end_date or super()._link_matters_until()

    def _page_facts(self):
        facts = super()._page_facts()
        term = " – ".join(
            map(self._say_day, filter(None, (self.start_date, self.end_date)))
        )
        return [
            *facts,
            (self.env._("Term"), term),
            (self.env._("Total"), self._format_money(self._printed_payable())),
            (self.env._("Signed on"), self._say_day(self.signed_date)),
        ]

    def _evidence_chain(self):
        quotes, invoices = self.env["bmasia.quote"], self.env["bmasia.invoice"]
        return self.env["bmasia.evidence"]._sale_of(quotes, self, invoices)
