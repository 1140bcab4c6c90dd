from odoo import models


class BmasiaAmendment(models.Model):
    """The amendment's page: which contract it changes, and from when; and that it is
    signed there.
    """

    _name = "bmasia.amendment"
    _inherit = ["bmasia.signed.mixin", "bmasia.amendment"]

    def _link_matters_until(self):
        return self.contract_id.end_date or super()._link_matters_until()

    def _page_facts(self):
        return [
            *super()._page_facts(),
            (self.env._("Contract"), self.contract_id.name),
            (self.env._("From"), self._say_day(self.start_date)),
        ]

    def _evidence_chain(self):
        return self.contract_id._evidence_chain()
