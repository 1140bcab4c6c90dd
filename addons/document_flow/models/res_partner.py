from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .document_signature_mixin import SIGNED_WITH
from .res_company import PICTURES

# What documents print of a billing entity.
PRINTED_FIELDS = frozenset(
    {"name", "street", "street2", "city", "zip", "state_id", "country_id"}
    | {"vat", "phone", "email", "website", "parent_id"}
    | {"commercial_partner_id", "commercial_company_name", "complete_name"}
    | {"company_name", "is_company"}
    | {f"image_{size}" for size in (1920, 1024, 512, 256, 128)}
)


class ResPartner(models.Model):
    """Contacts as recipients; those of billing entities are their managers' matter."""

    _inherit = "res.partner"

    recipient_kind = fields.Char(
        compute="_compute_recipient", help="For the chips of the Send wizard."
    )
    recipient_hint = fields.Char("Receives", compute="_compute_recipient")

    def _compute_recipient(self):
        for partner in self:
            partner.recipient_kind = partner.function or ""
            partner.recipient_hint = ""

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """The whole address book; in the Send wizard the customer's own come first."""
        owner = self.env.context.get("document_first_of")
        if not owner:
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        own = domain & Domain("id", "child_of", owner)
        found = super().name_search(name, own, operator, limit)
        if limit and len(found) >= limit:
            return found
        rest = domain & ~Domain("id", "child_of", owner)
        left = limit and limit - len(found)
        return found + super().name_search(name, rest, operator, left)

    def write(self, vals):
        self._check_may_change_entities(vals)
        if vals.get("image_1920") and self._are_billing_entities():
            # the logo of a billing entity is its contact's picture
            reports = self.env["ir.actions.report"]
            picture = reports._printable_picture(vals["image_1920"], PICTURES["logo"])
            vals = {**vals, "image_1920": picture}
        following = self._signatures_that_follow(vals)
        result = super().write(vals)
        following._propose_signature()
        return result

    def _signatures_that_follow(self, vals):
        """Users whose signature names these contacts and was not edited.

        :rtype: res.users
        """
        users = self.env["res.users"].sudo().with_context(active_test=False)
        if not SIGNED_WITH & vals.keys():
            return users
        named = Domain("partner_id", "in", self.ids)
        if "name" in vals:
            named |= Domain("company_id.partner_id", "in", self.ids)
        return users.search(named)._with_proposed_signature()

    def _update_address(self, vals):
        """Core copies the address of the first contact to its company, past ``write``:
        that of a billing entity stays, unless a manager makes the contact.
        """
        if self._are_billing_entities() and not self._may_configure_entities():
            return None
        return super()._update_address(vals)

    def _may_configure_entities(self):
        try:
            self.env["res.company"]._check_may_configure()
        except AccessError:
            return False
        return True

    def _check_may_change_entities(self, vals):
        """
        :raises AccessError: this changes what documents print of a billing entity
        """
        if PRINTED_FIELDS & vals.keys() and self._are_billing_entities():
            self.env["res.company"]._check_may_configure()

    def _are_billing_entities(self):
        """Whether one of these is who sells: contacts are open to all, that is not."""
        entities = self.env["res.company"].sudo()
        return bool(entities.search_count([("partner_id", "in", self.ids)], limit=1))

    def _belongs_to(self, owner):
        """Whether this contact is that partner or below it."""
        self.ensure_one()
        partner, seen = self.sudo(), set()
        while partner and partner.id not in seen:
            if partner == owner.sudo():
                return True
            seen.add(partner.id)
            partner = partner.parent_id
        return False


class ResCountryState(models.Model):
    """Its name is part of printed addresses; core lets every editor of contacts rename
    one."""

    _inherit = "res.country.state"

    def write(self, vals):
        self._check_no_entity_s_address()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entity_s_address(self):
        self._check_no_entity_s_address()

    def _check_no_entity_s_address(self):
        entities = self.env["res.company"].sudo().search([])
        if entities.partner_id.state_id & self.sudo():
            entities.sudo(self.env.su)._check_may_configure()
