from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

CONTACT = ("contact", "phone", "email")  # of a document's customer
# What is printed of each.
SIGNATORY = ("side", "name", "title", "entity", "authority")
LOCATION = ("name", "platform", "service", "zone_count")


class BmasiaContractPartiesMixin(models.AbstractModel):
    """Where a contract's music plays, and who signs.

    Gives the tables of locations and signatories, the zones by name, what a quote or
    its lines propose for them, a warning where their numbers differ, and their snapshot
    once the contract was sent.

    The model provides ``line_ids``, whose lines know which zones they sell, and
    inherits ``bmasia.contract.text.mixin`` after this one: a clause says whether the
    zones are printed by name.
    """

    _name = "bmasia.contract.parties.mixin"
    _description = "Parties of a Contract"

    location_ids = fields.One2many(
        "bmasia.location", "contract_id", "Locations", copy=True
    )
    zone_ids = fields.Many2many("bmasia.zone", string="Zones")
    zone_warning = fields.Char(compute="_compute_zone_warning")
    signatory_ids = fields.One2many(
        "bmasia.signatory", "contract_id", "Signatories", copy=True
    )
    zone_snapshot = fields.Json(readonly=True, copy=False)

    @api.depends(
        *("location_ids.zone_count", "location_ids.platform", "zone_ids"),
        *("line_ids.quantity", "line_ids.kind", "line_ids.product_id"),
    )
    @api.depends_context("lang")
    def _compute_zone_warning(self):
        """Zones are what is sold: their number in all tables should be the same."""
        labels = dict(
            self.location_ids._fields["platform"]._description_selection(self.env)
        )
        for contract in self:
            sold = contract.line_ids._zones_by_platform()
            listed, named = contract._zones_listed(), len(contract.zone_ids)
            wrong = [p for p in labels if sold.get(p, 0) != listed.get(p, 0)]
            sentences = [
                self.env._(
                    "%(platform)s: the lines have %(sold)g zones, the locations "
                    "%(listed)d.",
                    platform=labels[platform],
                    sold=sold.get(platform, 0),
                    listed=listed.get(platform, 0),
                )
                for platform in (wrong if listed else ())
            ]
            if named and named != sum(sold.values()):
                sentences.append(
                    self.env._(
                        "The lines have %(sold)g zones; listed by name: %(named)d.",
                        sold=sum(sold.values()),
                        named=named,
                    )
                )
            contract.zone_warning = " ".join(sentences)

    # ------------------------------------------------------------
    # PROPOSALS
    # ------------------------------------------------------------

    @api.model
    def _proposed_parties(self, document):
        """Locations, zones and signatories of a contract, as a quote suggests them.

        :param document: a quote or contract with customer, entity and lines
        """
        sold = document._counted_lines()._zones_by_platform()
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

    # ------------------------------------------------------------
    # ZONES
    # ------------------------------------------------------------

    def _zones_listed(self):
        """Number of zones by platform, in the table of locations."""
        by_platform = self.location_ids.grouped("platform")
        return {p: sum(ls.mapped("zone_count")) for p, ls in by_platform.items()}

    def _zones_sold(self):
        """Zones of the locations, else of the recurring lines."""
        listed = sum(self.location_ids.mapped("zone_count"))
        recurring = self._priced_lines().filtered(lambda line: line.kind == "recurring")
        return listed or int(sum(recurring.mapped("quantity")))

    def _zones(self):
        """Name and product of the zones that are listed by name, of a document that
        were sent as they were then.
        """
        if not self._is_draft() and self.zone_snapshot is not None:
            zones = self.zone_snapshot
        else:
            zones = self._current_zones()
        lang = self._get_print_lang()
        field = self.with_context(lang=lang).zone_ids._fields["platform"]
        labels = dict(field._description_selection(self.with_context(lang=lang).env))
        return [(name, labels.get(platform, platform)) for name, platform in zones]

    def _current_zones(self):
        return [[zone.name, zone.platform] for zone in self.sudo().zone_ids]

    # ------------------------------------------------------------
    # AS THEY WENT OUT
    # ------------------------------------------------------------

    def write(self, vals):
        """What is corrected after it was sent is copied onto the document anew."""
        result = super().write(vals)
        sent = self.filtered(lambda contract: not contract._is_draft())
        if "zone_ids" in vals:
            sent._freeze_zones()
        if {"partner_id", "bank_account_id", "currency_id", "lang"} & vals.keys():
            sent._correct_parties(everything="lang" in vals)
        return result

    def _freeze_parties(self):
        fresh = self.filtered(
            lambda document: document._is_draft() or not document.seller_snapshot
        )
        result = super()._freeze_parties()
        fresh._freeze_zones()
        return result

    def _freeze_zones(self):
        for contract in self:
            contract.sudo().zone_snapshot = contract._current_zones()

    def _correct_parties(self, everything):
        """Copy the parties onto sent documents.

        :param bool everything: else the contact and the bank account only; the rest
            stays as both sides have agreed on it
        """
        for contract in self.filtered("seller_snapshot").sudo():
            seller, customer = contract._parties().values()
            if not everything:
                contact = {name: customer[name] for name in CONTACT}
                customer = {**contract.customer_snapshot, **contact}
                seller = {**contract.seller_snapshot, "bank": seller["bank"]}
            contract.write({"seller_snapshot": seller, "customer_snapshot": customer})

    def _document_values(self):
        values = super()._document_values()
        values["signatories"] = [
            {name: signer[name] for name in SIGNATORY} for signer in self.signatory_ids
        ]
        values["locations"] = [
            {name: place[name] for name in LOCATION} for place in self.location_ids
        ]
        if any(block == "zones" for _heading, _body, block in values["text"]):
            values["zones"] = [name for name, _product in self._zones()]
        return values
