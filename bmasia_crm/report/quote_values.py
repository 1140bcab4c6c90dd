from odoo import api, models


class QuoteValues(models.AbstractModel):
    """What the template of the quote may call beside what every document's may."""

    _name = "report.bmasia_crm.report_quote"
    _inherit = "bmasia.document.values"
    _description = "Values of the Quote"
    _document_model = "bmasia.quote"

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        return {**values, "term_rows": lambda quote: quote._term_rows()}
