"""What the templates of several invoices at once may call."""

from odoo import models


class OpenItemsValues(models.AbstractModel):
    """The page that goes along with a reminder: all that a customer is to pay."""

    _name = "report.bmasia_crm.report_open_items"
    _inherit = "report.bmasia_crm.report_invoice"
    _description = "Values of the Open Items"

    def _values(self):
        return {**super()._values(), "code_of": self._code_of}


class BillingNoteValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_billing_note"
    _inherit = "report.bmasia_crm.report_open_items"
    _description = "Values of the Billing Note"
    _document_model = "bmasia.billing.note"
