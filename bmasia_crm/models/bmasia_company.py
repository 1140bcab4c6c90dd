from datetime import UTC
from zoneinfo import ZoneInfo

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .bmasia_customer_mixin import HEAD_OFFICE

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


def country_timezones(code):
    """The time zones of a country, none for an unknown one.

    >>> country_timezones("TH")
    ['Asia/Bangkok']
    >>> country_timezones(False)
    []
    """
    return pytz.country_timezones.get(code or "", [])


class BmasiaCompany(models.Model):
    """A customer: a company that music is sold to, by whichever of our entities.

    Its fields and the contact record behind it are here, what its page tells of
    documents and mails, and whom a document is written to. How it is found, its
    duplicates and their merge are mixins, and so are when it pays and how its account
    stands.
    """

    _name = "bmasia.company"
    _description = "Company"
    _inherit = [
        "bmasia.company.keys.mixin",
        "bmasia.company.duplicates.mixin",
        "bmasia.company.merge.mixin",
        "bmasia.company.withholding.mixin",
        "bmasia.company.terms.mixin",
        "bmasia.company.account.mixin",
        "document.input.mixin",
        "document.kept.mixin",
        "document.entity.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "name, id"

    _entity_path = ""  # a customer of both
    _kept_views = ("form",)  # in a list, documents of all kinds would be counted
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
        related="partner_id.name",
        store=True,
        readonly=False,
        required=True,
        index="trigram",
        tracking=True,
    )
    # Each of _rec_names_search has an index, as has search_key: one without makes the
    # others useless.
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
    city = fields.Char(
        related="partner_id.city", store=True, readonly=False, index="trigram"
    )
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
    email = fields.Char(
        related="partner_id.email", store=True, readonly=False, index="trigram"
    )
    website = fields.Char(
        related="partner_id.website", store=True, readonly=False, index="trigram"
    )
    parent_id = fields.Many2one(
        "bmasia.company", "Parent Company", index=True, tracking=True
    )
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
        "Salesperson",
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
    payment_count = fields.Integer(compute="_compute_payment_count")
    delivery_count = fields.Integer(compute="_compute_delivery_count")
    legacy_uuid = fields.Char("UUID in the Old System", readonly=True, copy=False)

    _partner = models.Constraint(
        "unique(partner_id)", "This contact is a company already."
    )
    _legacy = models.UniqueIndex("(legacy_uuid) WHERE legacy_uuid IS NOT NULL")
    _in_order = models.Index("(name, id)")

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

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_payment_count(self):
        groups = self.env["bmasia.payment"]._read_group(
            [("customer_id", "in", self.ids)], ["customer_id"], ["__count"]
        )
        counts = {customer.id: count for customer, count in groups}
        for company in self:
            company.payment_count = counts.get(company.id, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_delivery_count(self):
        """On forms only: each company costs a query per kind of document."""
        for company in self:
            domain = company._deliveries_domain()
            company.delivery_count = self.env["mail.delivery"].search_count(domain)

    def _deliveries_domain(self):
        """The mails of all documents of these companies, and those to the companies."""
        domains = [self._deliveries_of(self)]
        mine = Domain("customer_id", "in", self.ids)
        addressed = Domain("partner_id", "child_of", self.partner_id.ids)
        for kind in self.env["document.mixin"]._kinds().values():
            found = kind.search(mine if kind in self._document_kinds() else addressed)
            domains.append(self._deliveries_of(found))
        return Domain.OR(domains)

    def _deliveries_of(self, records):
        return Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)

    def action_open_deliveries(self):
        """Open every mail that went to this company, with its result.

        :returns: the action of the list
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "document_flow.mail_delivery_action_history"
        )
        domain = list(self._deliveries_domain())
        return {**action, "domain": domain, "context": {}}

    def action_open_statement(self):
        """Open the statement of account of this company.

        :returns: the report's action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "bmasia_crm.bmasia_report_action_statement"
        )
        company = self.env.company
        if self.billing_entity_id in self.env.companies:
            company = self.billing_entity_id
        chosen = {"customer_id": self.id, "company_id": company.id}
        return {**action, "params": {"report": "statement", "chosen": chosen}}

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

    # ------------------------------------------------------------
    # PROPOSED WHILE IT IS TYPED
    # ------------------------------------------------------------

    @api.onchange("name")
    def _onchange_name(self):
        """The country that the entity bills, where that is one."""
        countries = self.env.company.sudo().billing_country_ids
        if self.name and not self.country_id and len(countries) == 1:
            self.country_id = countries

    @api.onchange("vat", "country_id")
    def _onchange_vat(self):
        """A company with a tax ID is a head office, unless somebody says otherwise."""
        if self.vat and not self.branch and self.country_id.code == "TH":
            self.branch = HEAD_OFFICE

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    def _family_root(self):
        """The head of the group that this company belongs to, or itself."""
        self.ensure_one()
        company = self.sudo()
        while company.parent_id:
            company = company.parent_id
        return company.sudo(self.env.su)

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

    @api.model
    def _document_kinds(self):
        """The kinds of documents that customers have: found, not listed.

        :returns: list of models, as empty recordsets
        """
        return [
            kind
            for kind in self.env["document.mixin"]._kinds().values()
            if getattr(kind._fields.get("customer_id"), "comodel_name", "")
            == self._name
        ]

    def _has_documents(self):
        """Of any entity. Counted, not read: what superusers read stays in the cache,
        and would be taken for what the user sees."""
        mine = [("customer_id", "in", self._origin.ids)]
        return any(
            kind.sudo().search_count(mine, limit=1) for kind in self._document_kinds()
        )

    def _compute_is_kept(self):
        for company in self:
            company.is_kept = company._has_documents()

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
        for vals in vals_list:
            self._check_input(vals)  # before the contact is made of it
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

    def _only_contact(self):
        """The person there, if that is one; none otherwise.

        :rtype: res.partner
        """
        people = self.partner_id.child_ids.filtered(
            lambda partner: partner.active and partner.type == "contact"
        )
        return people if len(people) == 1 else people.browse()
