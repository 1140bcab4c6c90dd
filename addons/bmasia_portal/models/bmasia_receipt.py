from odoo import models


class BmasiaReceipt(models.Model):
    """The receipt's page: what was received."""

    _inherit = "bmasia.receipt"

    def _link_matters_until(self):
        return self.date or super()._link_matters_until()

    def _page_facts(self):
        return [
            *super()._page_facts(),
            (self.env._("Received"), self._format_money(self.amount_received)),
        ]

    def _evidence_chain(self):
        return (self.invoice_ids | self.invoice_id)._evidence_chain()
