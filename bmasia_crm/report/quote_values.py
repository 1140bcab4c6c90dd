from odoo import models


class QuoteValues(models.AbstractModel):
    """What the template of the quote may call beside what every document's may."""

    _name = "report.bmasia_crm.report_quote"
    _inherit = "bmasia.report.values"
    _description = "Values of the Quote"
    _document_model = "bmasia.quote"

    def _values(self):
        return {**super()._values(), "term_rows": lambda quote: quote._term_rows()}
