"""What the templates of the papers may call, beside the paper itself."""

from base64 import b64encode

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..tools import promptpay


class PaperValues(models.AbstractModel):
    """The values of every paper; each report has a model of its own name below."""

    _name = "bmasia.paper.values"
    _description = "Values of Papers"

    _paper_model = ""

    @api.model
    def _get_report_values(self, docids, data=None):
        return {
            "docs": self.env[self._paper_model].browse(docids),
            "figure": self._figure,
            "money": self._money,
            "day": self._day,
            "picture": self._picture,
            "promptpay_code": self._promptpay_code,
        }

    def _figure(self, paper, amount):
        """An amount in its currency's digits, as columns show it."""
        return f"{amount:,.{paper.currency_id.decimal_places}f}"

    def _money(self, paper, amount):
        """An amount with its currency's code: a symbol would leave "$" or "฿" open."""
        return f"{paper.currency_id.name} {self._figure(paper, amount)}"

    def _day(self, paper, value):
        """A day in the paper's language.

        :param value: a date, a datetime (of the entity's day) or False
        """
        if not value:
            return ""
        zone = paper.company_id.sudo().time_zone
        if hasattr(value, "hour"):
            value = fields.Datetime.context_timestamp(
                paper.with_context(tz=zone), value
            )
        # the month in letters: 11/12 is another day for half of the readers
        lang = paper._get_print_lang()
        return format_date(self.env, value, lang_code=lang, date_format="d MMM y")

    def _picture(self, value):
        """A stored picture as a ``data:`` address.

        :param bytes value: of a binary field, base64
        """
        if not value:
            return False
        kind = "svg+xml" if value[:1] in (b"P", b"D") else "png"
        return f"data:image/{kind};base64,{value.decode()}"

    def _promptpay_code(self, paper):
        """The QR code of what is still to be paid, on papers in baht.

        :returns: a ``data:`` address, or False where there is nothing to pay so
        """
        account = paper._seller()["promptpay_id"]
        due = paper.amount_due
        if not account or paper.currency_id.name != "THB" or due <= 0:
            return False
        try:
            text = promptpay.payload(account, due)
        except ValueError:
            # a wrong id is the entity's set-up to mend; the bank block is there too
            return False
        svg = promptpay.drawing(text)
        return Markup("data:image/svg+xml;base64,%s") % b64encode(svg.encode()).decode()


class QuoteValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_quote"
    _inherit = "bmasia.paper.values"
    _description = "Values of the Quote"
    _paper_model = "bmasia.quote"


class ContractValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_contract"
    _inherit = "bmasia.paper.values"
    _description = "Values of the Contract"
    _paper_model = "bmasia.contract"


class InvoiceValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_invoice"
    _inherit = "bmasia.paper.values"
    _description = "Values of the Invoice"
    _paper_model = "bmasia.invoice"


class ProformaValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_proforma"
    _inherit = "bmasia.paper.values"
    _description = "Values of the Proforma Invoice"
    _paper_model = "bmasia.invoice"


class ReceiptValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_receipt"
    _inherit = "bmasia.paper.values"
    _description = "Values of the Receipt"
    _paper_model = "bmasia.payment"
