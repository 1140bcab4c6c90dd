from odoo import fields, models

THAI_VOID = "ยกเลิก"  # what accountants look for on a cancelled tax document


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

    def _void_words(self):
        """In Thailand, a void tax document says so in Thai, whatever its language."""
        words = super()._void_words()
        thai = self.company_id.sudo().country_id.code == "TH"
        if thai and self.state != "credited" and THAI_VOID not in words[0]:
            words.append(THAI_VOID)
        return words

    def _seller_values(self):
        company = self.company_id.sudo().with_context(lang=self._get_print_lang())
        return {
            **super()._seller_values(),
            "tax_label": company.tax_label or "",
            "promptpay_id": company.promptpay_id or "",
        }
