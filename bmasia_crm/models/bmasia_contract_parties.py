"""Where a contract's music plays, and who signs: proposed from lines and contacts."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command


class BmasiaContract(models.Model):
    _inherit = "bmasia.contract"

    @api.model
    def _proposed_parties(self, document):
        """Locations, zones and signatories of a contract, as a quote suggests them.

        :param document: a quote or contract with customer, entity and lines
        """
        sold = document.line_ids._zones_by_platform()
        return {
            "location_ids": self._location_commands(document.customer_id, sold),
            "zone_ids": [
                Command.set(self._named_zones(document.customer_id, sold).ids)
            ],
            "signatory_ids": self._signatory_commands(document),
        }

    @api.model
    def _location_commands(self, customer, sold):
        return [
            Command.create(
                {"name": customer.name, "platform": platform, "zone_count": int(zones)}
            )
            for platform, zones in sold.items()
        ]

    @api.model
    def _named_zones(self, customer, sold):
        """The customer's zones, where there are exactly as many as were sold."""
        zones = customer.zone_ids.filtered(
            lambda zone: zone.status != "cancelled" and zone.platform in sold
        )
        counts = {p: len(zs) for p, zs in zones.grouped("platform").items()}
        return zones if counts == sold else zones.browse()

    @api.model
    def _signatory_commands(self, document):
        """Our usual signatory, and whoever decides at the customer's."""
        company = document.company_id.sudo()
        contacts = document.customer_id.partner_id.child_ids.sorted(
            lambda c: (c.contact_type != "decision_maker", c.contact_type != "primary")
        )
        theirs = contacts.filtered(
            lambda c: c.contact_type in ("decision_maker", "primary")
        )[:1]
        signers = [
            ("seller", company.document_signatory, company.document_signatory_title),
            ("customer", theirs.name, theirs.function),
        ]
        return [
            Command.create({"side": side, "name": name, "title": title})
            for side, name, title in signers
            if name
        ]

    def action_take_zones(self):
        """Write the table of locations anew, from what the lines sell.

        :returns: True
        :raises UserError: the lines sell no zone
        """
        for contract in self:
            sold = contract.line_ids._zones_by_platform()
            if not sold:
                raise UserError(contract.env._("The lines sell no music zone."))
            commands = contract._location_commands(contract.customer_id, sold)
            zones = contract._named_zones(contract.customer_id, sold)
            contract.write(
                {
                    "location_ids": [Command.clear(), *commands],
                    "zone_ids": [Command.set(zones.ids)],
                }
            )
        return True

    def _zones_listed(self):
        """Number of zones by platform, in the table of locations."""
        by_platform = self.location_ids.grouped("platform")
        return {p: sum(ls.mapped("zone_count")) for p, ls in by_platform.items()}
