from odoo import api, fields, models
from odoo.exceptions import ValidationError

CONTACT_TYPES = [
    ("primary", "Primary"),
    ("billing", "Billing"),
    ("technical", "Technical"),
    ("decision_maker", "Decision Maker"),
    ("other", "Other"),
]
# What a contact receives unless somebody decides otherwise.
RECEIVES = {
    "receives_quotes": {"primary", "decision_maker"},
    "receives_contracts": {"primary", "decision_maker"},
    "receives_invoices": {"primary", "billing"},
    "receives_renewals": {"primary", "decision_maker"},
}


class ResPartner(models.Model):
    """Contacts of customers: what each of them is, and receives."""

    _inherit = "res.partner"

    contact_type = fields.Selection(CONTACT_TYPES)
    receives_quotes = fields.Boolean(
        compute="_compute_receives", store=True, readonly=False
    )
    receives_contracts = fields.Boolean(
        compute="_compute_receives", store=True, readonly=False
    )
    receives_invoices = fields.Boolean(
        compute="_compute_receives", store=True, readonly=False
    )
    receives_renewals = fields.Boolean(
        compute="_compute_receives", store=True, readonly=False
    )
    bmasia_company_ids = fields.One2many("bmasia.company", "partner_id")

    @api.depends("contact_type", *RECEIVES)
    @api.depends_context("lang")
    def _compute_recipient(self):
        """What kind of contact this is, and what it receives, in words."""
        kinds = dict(self._fields["contact_type"]._description_selection(self.env))
        words = self._receives_words()
        for partner in self:
            got = [word for name, word in words.items() if partner[name]]
            partner.recipient_kind = kinds.get(partner.contact_type, "")
            partner.recipient_hint = (
                self.env._("receives %s", ", ".join(got)) if got else ""
            )

    def _receives_words(self):
        _ = self.env._
        return {
            "receives_quotes": _("quotes"),
            "receives_contracts": _("contracts"),
            "receives_invoices": _("invoices"),
            "receives_renewals": _("renewal notices"),
        }

    @api.depends("contact_type")
    def _compute_receives(self):
        for partner in self:
            for name, types in RECEIVES.items():
                partner[name] = partner.contact_type in types

    @api.constrains("contact_type", "parent_id", "active")
    def _check_one_primary(self):
        primaries = self.filtered(lambda p: p.contact_type == "primary" and p.active)
        parents = primaries.parent_id
        counts = self._read_group(
            [("parent_id", "in", parents.ids), ("contact_type", "=", "primary")],
            ["parent_id"],
            ["__count"],
        )
        for parent, count in counts:
            if count > 1:
                raise ValidationError(
                    self.env._(
                        "%s has a primary contact already. Give the other one another "
                        "type first.",
                        parent.display_name,
                    )
                )
