from odoo import api, fields, models

from ..tools import money

LIVE = ("sent", "active", "expired")


class BmasiaContractChainMixin(models.AbstractModel):
    """A master agreement with the agreements of its venues.

    Gives what the venues come to in a year, when the first of them ends, and the
    dialog that amends or renews many at once.

    The model provides ``category``, ``participation_ids`` and ``annual_value``.
    """

    _name = "bmasia.contract.chain.mixin"
    _description = "Chain of Contracts"

    chain_count = fields.Integer("Venues", compute="_compute_chain")
    chain_value = fields.Char(
        "Per Year, Whole Chain",
        compute="_compute_chain",
        help="Net: what recurs of all that run, by currency.",
    )
    chain_end = fields.Date(
        "First End", compute="_compute_chain", help="Of active contracts."
    )

    @api.depends(
        *("participation_ids.state", "participation_ids.annual_value"),
        *("participation_ids.currency_id", "participation_ids.end_date"),
    )
    @api.depends_context("lang")
    def _compute_chain(self):
        for contract in self:
            venues = contract.participation_ids
            active = venues.filtered(lambda venue: venue.state == "active")
            contract.chain_count = len(active)
            contract.chain_value = active._values_in_words()
            ends = active.filtered("end_date").mapped("end_date")
            contract.chain_end = min(ends, default=False)

    def _values_in_words(self):
        """What these come to in a year, as ``THB 120,000.00, USD 3,000.00``."""
        return ", ".join(
            found[0]._format_money(money.add(found.mapped("annual_value")))
            for found in self.grouped("currency_id").values()
        )

    def _chain_contracts(self):
        """The agreements of the venues that are or may be running, and this one where
        something of its own recurs.
        """
        venues = self.participation_ids.filtered(lambda each: each.state in LIVE)
        own = self if self.annual_value and self.state in LIVE else self.browse()
        return own | venues.sorted(lambda each: (each.venue_name or "", each.id))

    def action_ask_chain(self):
        """Ask how the agreements of a chain change, or are renewed.

        :returns: the action that opens the dialog
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Amend or Renew a Chain"),
            "res_model": "bmasia.chain.wizard",
            "view_mode": "form",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_master_id": self.id},
        }
