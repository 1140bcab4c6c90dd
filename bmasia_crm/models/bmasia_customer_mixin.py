from odoo import fields, models


class BmasiaCustomerMixin(models.AbstractModel):
    """A document for a customer of the CRM (``bmasia.company``).

    Gives: its contacts, by what they receive; a link that ends with the customer; who
    looks after the customer; tax label and PromptPay account of the seller; its UUID in
    the old system.

    A model has ``customer_id``, a ``bmasia.company``.

    How it works: ``document_flow`` knows partners only; this answers its questions from
    the company behind the partner.
    """

    _name = "bmasia.customer.mixin"
    _description = "Document for a Customer"
    _inherit = ["document.mixin"]

    legacy_uuid = fields.Char("UUID in the Old System", readonly=True, copy=False)

    _legacy = models.UniqueIndex("(legacy_uuid) WHERE legacy_uuid IS NOT NULL")

    def _contacts(self, receives_field):
        return self.customer_id._contacts_for(receives_field)

    def _customer_partner(self):
        return self.customer_id.partner_id

    def _responsible_people(self):
        return self.user_id | self.customer_id.user_id

    def _opens_by_link(self):
        return bool(self.customer_id.active) and super()._opens_by_link()

    def _seller_values(self):
        company = self.company_id.sudo()
        return {
            **super()._seller_values(),
            "tax_label": company.tax_label or "",
            "promptpay_id": company.promptpay_id or "",
        }
