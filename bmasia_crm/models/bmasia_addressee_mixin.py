from odoo import api, fields, models
from odoo.exceptions import ValidationError


class BmasiaAddresseeMixin(models.AbstractModel):
    """A document that is written to a customer as a draft.

    Gives the customer and what follows from it: billing entity, contact, language, the
    account to pay to; how the document names the customer.

    A model names the contacts who receive it (``_receives_field``).

    Example: a new invoice of a customer is billed by its entity, and goes to its
    billing contact in that contact's language.
    """

    _name = "bmasia.addressee.mixin"
    _description = "Document Written to a Customer"
    _inherit = ["bmasia.customer.mixin", "document.draft.mixin"]

    customer_id = fields.Many2one(
        "bmasia.company", required=True, index=True, ondelete="restrict", tracking=True
    )
    partner_id = fields.Many2one(
        compute="_compute_partner_id", store=True, readonly=False, precompute=True
    )
    seller_partner_id = fields.Many2one(
        related="company_id.partner_id", string="Seller's Contact"
    )
    bank_account_id = fields.Many2one(
        "res.partner.bank",
        compute="_compute_bank_account_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Printed as where to pay. One of the seller's accounts.",
    )

    # ------------------------------------------------------------
    # DEFAULTS FROM THE CUSTOMER
    # ------------------------------------------------------------

    @api.depends("customer_id")
    def _compute_company_id(self):
        for document in self:
            if not document.company_id or not document.name:
                entity = document.customer_id.sudo().billing_entity_id
                document.company_id = entity.sudo(self.env.su) or self.env.company

    @api.depends("customer_id")
    def _compute_partner_id(self):
        for document in self:
            customer = document.customer_id
            current = document.partner_id
            if not current or not current._belongs_to(customer.partner_id):
                document.partner_id = (
                    customer._contacts_for(self._receives_field)[:1]
                    or customer._only_contact()
                    or customer.partner_id
                )

    @api.depends("partner_id")
    def _compute_lang(self):
        for document in self:
            if document.lang and not document._is_draft():
                continue  # another contact of a sent document reads the same
            customer = document.customer_id.partner_id
            document.lang = document.partner_id.lang or customer.lang or self.env.lang

    @api.depends("company_id", "currency_id")
    def _compute_bank_account_id(self):
        for document in self:
            account = document.company_id._bank_account(document.currency_id)
            document.bank_account_id = account.sudo(self.env.su)

    # ------------------------------------------------------------
    # WHAT IS WRITTEN ON THE DOCUMENT
    # ------------------------------------------------------------

    def _addressee(self):
        self.ensure_one()
        return self.customer_id.name or ""

    @api.depends("name", "state", "customer_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _bank_values(self):
        account = self.bank_account_id.sudo()
        return self._bank_block(account) if account else False

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("partner_id", "customer_id")
    def _check_addressee(self):
        for document in self:
            if not document.partner_id._belongs_to(document.customer_id.partner_id):
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(customer)s.",
                        contact=document.partner_id.display_name,
                        customer=document.customer_id.name,
                    )
                )

    @api.constrains("bank_account_id", "company_id")
    def _check_bank_account(self):
        for document in self.sudo():
            account = document.bank_account_id
            if account and account.partner_id != document.company_id.partner_id:
                raise ValidationError(
                    self.env._("The bank account belongs to another billing entity.")
                )
