from odoo import models


class ReceiptValues(models.AbstractModel):
    """What the template of the receipt may call: what every document's may."""

    _name = "report.bmasia_crm.report_receipt"
    _inherit = "bmasia.report.values"
    _description = "Values of the Receipt"
    _document_model = "bmasia.receipt"
