from odoo import api, fields, models


class BmasiaContractPayerMixin(models.AbstractModel):
    """Who pays for a contract, where that is not whom it is made with.

    Gives the buyer that its invoices and tax documents name (``billed_id``), and the
    name of the venue as it stands on them.

    The model provides ``customer_id`` and ``property_name``.
    """

    _name = "bmasia.contract.payer.mixin"
    _description = "Payer of a Contract"

    customer_id = fields.Many2one("bmasia.company")
    payer_id = fields.Many2one(
        "bmasia.company",
        "Paid By",
        index="btree_not_null",
        tracking=True,
        help="Where another company than the customer pays: the buyer on invoices and "
        "tax documents, which name the venue as where it is served.",
    )
    billed_id = fields.Many2one(
        "bmasia.company",
        "Billed To",
        compute="_compute_billed_id",
        store=True,
        precompute=True,
        index=True,
    )
    venue_name = fields.Char("Venue", compute="_compute_venue_name")

    @api.depends("payer_id", "customer_id")
    def _compute_billed_id(self):
        for contract in self:
            contract.billed_id = contract.payer_id or contract.customer_id

    @api.depends("property_name", "customer_id.name")
    def _compute_venue_name(self):
        for contract in self:
            contract.venue_name = contract.property_name or contract.customer_id.name

    def _billed_place(self):
        """The venue, where the buyer's name does not tell it. Printed."""
        is_other = self.billed_id != self.customer_id
        return self.property_name or (is_other and self.customer_id.name)

    def _is_billed_to(self, buyer):
        """Whether invoices of this contract may name this buyer.

        :param buyer: a ``bmasia.company``
        """
        parties = self.customer_id | self.billed_id
        return buyer in parties or buyer._buyer_key() == self.billed_id._buyer_key()

    def _paying_parties(self):
        return super()._paying_parties() | self.payer_id

    def _document_values(self):
        values = super()._document_values()
        if self.payer_id:
            values["payer"] = self._payer_words()
        return values

    def _payer_words(self):
        """The legal name of who pays. Printed."""
        payer = self.payer_id.sudo()
        return payer.legal_name or payer.name
