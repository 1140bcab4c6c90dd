import re
from datetime import UTC
from zoneinfo import ZoneInfo

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, email_domain_extract, escape_psql

# Kept on the contact, shown and sorted here.
PARTNER_FIELDS = (
    "name",
    "street",
    "street2",
    "city",
    "state_id",
    "zip",
    "country_id",
    "vat",
    "phone",
    "email",
    "website",
    "industry_id",
)
# Mail providers whose domain says nothing about the company.
PUBLIC_DOMAINS = {"gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com"}
DUPLICATES_SHOWN = 5


def country_timezones(code):
    """The time zones of a country, none for an unknown one.

    >>> country_timezones("TH")
    ['Asia/Bangkok']
    >>> country_timezones(False)
    []
    """
    return pytz.country_timezones.get(code or "", [])


class BmasiaCompany(models.Model):
    """A customer: a company that music is sold to, by whichever of our entities."""

    _name = "bmasia.company"
    _description = "Company"
    _inherit = [
        "document.system.mixin",
        "document.entity.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "name, id"

    _entity_path = ""  # a customer of both
    _rec_names_search = ["name", "legal_name", "vat"]

    partner_id = fields.Many2one(
        "res.partner",
        "Contact Record",
        required=True,
        index=True,
        ondelete="restrict",
        copy=False,
    )
    name = fields.Char(
        "Trade Name",
        related="partner_id.name",
        store=True,
        readonly=False,
        required=True,
        index="trigram",
        tracking=True,
    )
    # Each of _rec_names_search has an index: one without makes the others useless.
    legal_name = fields.Char(
        index="trigram",
        tracking=True,
        help="Printed on documents. Empty: the trade name.",
    )
    billing_entity_id = fields.Many2one(
        "res.company",
        compute="_compute_billing_entity_id",
        store=True,
        readonly=False,
        required=True,
        tracking=True,
        help="The default for new documents. Existing ones keep theirs.",
    )
    industry_id = fields.Many2one(
        related="partner_id.industry_id", store=True, readonly=False
    )
    street = fields.Char(related="partner_id.street", store=True, readonly=False)
    street2 = fields.Char(related="partner_id.street2", store=True, readonly=False)
    city = fields.Char(related="partner_id.city", store=True, readonly=False)
    state_id = fields.Many2one(
        related="partner_id.state_id",
        store=True,
        readonly=False,
        domain="[('country_id', '=?', country_id)]",
    )
    zip = fields.Char(related="partner_id.zip", store=True, readonly=False)
    country_id = fields.Many2one(
        related="partner_id.country_id", store=True, readonly=False, index=True
    )
    vat = fields.Char(
        "Tax ID",
        related="partner_id.vat",
        store=True,
        readonly=False,
        index="trigram",
    )
    branch = fields.Char(help='As on tax documents: "Head Office", "Branch 00001".')
    phone = fields.Char(related="partner_id.phone", store=True, readonly=False)
    email = fields.Char(related="partner_id.email", store=True, readonly=False)
    website = fields.Char(related="partner_id.website", store=True, readonly=False)
    parent_id = fields.Many2one("bmasia.company", "Group", index=True, tracking=True)
    child_ids = fields.One2many("bmasia.company", "parent_id", "Members of the Group")
    location_count = fields.Integer("Locations", default=1)
    zone_count = fields.Integer(
        "Zones",
        compute="_compute_zone_count",
        store=True,
        readonly=False,
        help="Counted; typed in as long as no zone is listed.",
    )
    soundtrack_account_id = fields.Char("Soundtrack Account")
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        default=lambda self: self.env.user,
        index=True,
        tracking=True,
    )
    note = fields.Html()
    active = fields.Boolean(default=True, tracking=True)
    contact_ids = fields.One2many(related="partner_id.child_ids", readonly=False)
    primary_contact_id = fields.Many2one(
        "res.partner", compute="_compute_primary_contact_id"
    )
    zone_ids = fields.One2many("bmasia.zone", "customer_id")
    quote_ids = fields.One2many("bmasia.quote", "customer_id")
    contract_ids = fields.One2many("bmasia.contract", "customer_id")
    invoice_ids = fields.One2many("bmasia.invoice", "customer_id")
    quote_count = fields.Integer(compute="_compute_document_counts")
    contract_count = fields.Integer(compute="_compute_document_counts")
    invoice_count = fields.Integer(compute="_compute_document_counts")
    duplicate_ids = fields.Many2many(
        "bmasia.company", compute="_compute_duplicate_ids", string="Possible Duplicates"
    )
    legacy_uuid = fields.Char("UUID in the Old System", readonly=True, copy=False)

    _partner = models.Constraint(
        "unique(partner_id)", "This contact is a company already."
    )
    _legacy = models.UniqueIndex("(legacy_uuid) WHERE legacy_uuid IS NOT NULL")

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("country_id")
    def _compute_billing_entity_id(self):
        """By country, until somebody chooses or documents exist."""
        for company in self:
            if not company.billing_entity_id or not company._has_documents():
                entity = self.env["res.company"]._billing_entity_of(company.country_id)
                company.billing_entity_id = entity

    @api.depends("zone_ids")
    def _compute_zone_count(self):
        for company in self:
            company.zone_count = len(company.zone_ids) or company.zone_count

    @api.depends("contact_ids.contact_type")
    def _compute_primary_contact_id(self):
        for company in self:
            company.primary_contact_id = company.contact_ids.filtered(
                lambda contact: contact.contact_type == "primary"
            )[:1]

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_document_counts(self):
        for name in ("quote", "contract", "invoice"):
            groups = self.env[f"bmasia.{name}"]._read_group(
                [("customer_id", "in", self.ids)], ["customer_id"], ["__count"]
            )
            counts = {customer.id: count for customer, count in groups}
            for company in self:
                company[f"{name}_count"] = counts.get(company.id, 0)

    @api.depends(
        "name",
        "legal_name",
        "vat",
        "email",
        "website",
        "parent_id",
        "contact_ids.email",
    )
    def _compute_duplicate_ids(self):
        for company in self:
            domain = company._duplicate_domain()
            company.duplicate_ids = domain and self.with_context(
                active_test=False
            ).search(domain, limit=DUPLICATES_SHOWN)

    def _duplicate_domain(self):
        """Who could be the same: by name, tax id, or domain of mail and website."""
        same = [*self._same_name(), *self._same_tax_id(), *self._same_mail_domain()]
        if not same:
            return False
        return Domain.OR(same) & Domain("id", "!=", self._origin.id)

    def _same_name(self):
        for name in {(self.name or "").strip(), (self.legal_name or "").strip()} - {""}:
            # A single word, as of a chain, is part of too many names.
            pattern = f"%{escape_psql(name)}%" if " " in name else escape_psql(name)
            yield Domain("name", "=ilike", pattern)
            yield Domain("legal_name", "=ilike", pattern)

    def _same_tax_id(self):
        """Whatever blanks and dashes somebody typed."""
        digits = re.sub(r"[^0-9A-Za-z]", "", self.vat or "")
        if digits:
            yield Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "upper(regexp_replace(%s, '[^0-9A-Za-z]', '', 'g')) = %s",
                    model._field_to_sql(alias, "vat", query),
                    digits.upper(),
                )
            )

    def _same_mail_domain(self):
        """Members of one group have it in common; there it says nothing."""
        domains = set(map(email_domain_extract, self.contact_ids.mapped("email")))
        domains |= {email_domain_extract(self.email), self._web_domain()}
        group = self.parent_id or self._origin
        others = Domain("parent_id", "not in", group.ids) & Domain(
            "id", "not in", group.ids
        )
        for domain in domains - PUBLIC_DOMAINS - {False, ""}:
            mail = f"%@{escape_psql(domain)}"
            yield others & Domain("email", "=ilike", mail)
            yield others & Domain("partner_id.child_ids.email", "=ilike", mail)
            for before in ("", "%//", "%."):
                for after in ("", "/%"):
                    pattern = f"{before}{escape_psql(domain)}{after}"
                    yield others & Domain("website", "=ilike", pattern)

    def _today(self):
        """Today at the customer's place, for what ends with a day there.

        By the time zone of its contact record; else its country's, where a country has
        several the one in which the day ends last; else our own.
        """
        self.ensure_one()
        # A contact gets the zone of whoever typed it in: it counts where it can be.
        typed, zones = (
            self.sudo().partner_id.tz,
            country_timezones(self.country_id.code),
        )
        zones = [typed] if typed in (zones or [typed]) and typed else zones
        own = self.billing_entity_id.sudo()._today()
        now = fields.Datetime.now().replace(tzinfo=UTC)
        return min(
            (now.astimezone(ZoneInfo(zone)).date() for zone in zones), default=own
        )

    def _web_domain(self):
        host = (self.website or "").split("://")[-1].split("/")[0].lower()
        return host.removeprefix("www.")

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("parent_id")
    def _check_group(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A group cannot be its own member."))

    @api.constrains("location_count", "zone_count")
    def _check_counts(self):
        if any(
            company.location_count < 0 or company.zone_count < 0 for company in self
        ):
            raise ValidationError(self.env._("Locations and zones cannot be negative."))

    def _has_documents(self):
        """Of any entity. Counted, not read: what superusers read stays in the cache,
        and would be taken for what the user sees."""
        mine = [("customer_id", "in", self._origin.ids)]
        return any(
            self.env[model].sudo().search_count(mine, limit=1)
            for model in ("bmasia.quote", "bmasia.contract", "bmasia.invoice")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_documents(self):
        for company in self:
            if company._has_documents():
                raise UserError(
                    self.env._(
                        "%s has documents. Archive it instead: they stay.", company.name
                    )
                )

    # ------------------------------------------------------------
    # THE CONTACT BEHIND
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Make the contact of each company that brings none, all in one go."""
        new = [vals for vals in vals_list if not vals.get("partner_id")]
        partners = self.env["res.partner"].create(
            [self._partner_values(vals) for vals in new]
        )
        for vals, partner in zip(new, partners, strict=True):
            vals["partner_id"] = partner.id
            for name in (*PARTNER_FIELDS, "contact_ids"):
                vals.pop(name, None)
        for vals in vals_list:
            partner = self.env["res.partner"].browse(vals["partner_id"])
            # Its column must not be empty, not even for a moment.
            vals["name"] = vals.get("name") or partner.name
            if not vals.get("billing_entity_id"):
                entity = self.env["res.company"]._billing_entity_of(partner.country_id)
                vals["billing_entity_id"] = entity.id
        return super().create(vals_list)

    @api.model
    def _partner_values(self, vals):
        if not (vals.get("name") or "").strip():
            raise ValidationError(self.env._("A company needs a name."))
        values = {name: vals[name] for name in PARTNER_FIELDS if name in vals}
        values["child_ids"] = vals.get("contact_ids") or []
        return {**values, "is_company": True, "active": vals.get("active", True)}

    def write(self, vals):
        vals = dict(vals)
        contacts = vals.pop("contact_ids", None)
        result = super().write(vals)
        if contacts:
            self.partner_id.write({"child_ids": contacts})
        if "active" in vals:
            self.partner_id.write({"active": vals["active"]})
        return result

    def copy_data(self, default=None):
        copies = super().copy_data(default)
        for company, values in zip(self, copies, strict=True):
            for name in PARTNER_FIELDS:
                if name not in values:
                    value = company[name]
                    is_record = isinstance(value, models.BaseModel)
                    values[name] = value.id if is_record else value
            if not (default or {}).get("name"):
                values["name"] = self.env._("%s (copy)", company.name)
        return copies

    # ------------------------------------------------------------
    # WHO IS WRITTEN TO
    # ------------------------------------------------------------

    def _contacts_for(self, receives_field):
        """The contacts who receive a kind of document, the most fitting first.

        :param str receives_field: as ``receives_quotes``
        :rtype: res.partner
        """
        contacts = self.partner_id.child_ids.filtered(lambda c: c.active and c.email)
        chosen = contacts.filtered(receives_field) if receives_field else contacts
        first = "billing" if receives_field == "receives_invoices" else "primary"
        order = {first: 0, "primary": 1, "decision_maker": 2, "billing": 3}
        return chosen.sorted(lambda c: (order.get(c.contact_type, 4), c.id))
