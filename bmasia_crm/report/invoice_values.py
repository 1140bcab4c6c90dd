"""What the templates of invoices, credit notes and proformas may call."""

from base64 import b64encode

from markupsafe import Markup

from odoo import models

from ..tools import promptpay


class InvoiceValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_invoice"
    _inherit = "bmasia.report.values"
    _description = "Values of the Invoice"
    _document_model = "bmasia.invoice"

    def _values(self):
        return {**super()._values(), "promptpay_code": self._promptpay_code}

    def _promptpay_code(self, document):
        """The QR code of what is still to be paid, on documents in baht.

        :returns: a ``data:`` address, or False where there is nothing to pay so
        """
        return self._code_of(
            document, document.currency_id, document._amount_to_transfer()
        )

    def _code_of(self, document, currency, due):
        """The QR code of an amount, with the PromptPay account that a document names.

        :param currency: of the amount
        :returns: as :meth:`_promptpay_code`
        """
        account = document._seller()["promptpay_id"]
        if not account or currency.name != "THB" or due <= 0:
            return False
        try:
            text = promptpay.payload(account, due)
        except ValueError:
            # a wrong id is the entity's set-up to mend; the bank block is there too
            return False
        svg = promptpay.drawing(text)
        return Markup("data:image/svg+xml;base64,%s") % b64encode(svg.encode()).decode()


class ProformaValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_proforma"
    _inherit = "report.bmasia_crm.report_invoice"
    _description = "Values of the Proforma Invoice"
