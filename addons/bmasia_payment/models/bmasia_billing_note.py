from odoo import models


class BmasiaBillingNote(models.Model):
    """A billing note whose invoices are paid online together."""

    _name = "bmasia.billing.note"
    _inherit = ["bmasia.billing.note", "bmasia.online.mixin"]

    def _page_panels(self):
        panels = super()._page_panels()
        if self.state == "sent":
            panels.append("bmasia_payment.page_note")
        return panels

    def _page_values(self, link):
        values = super()._page_values(link)
        if "bmasia_payment.page_note" in values["panels"]:
            values["online"] = self._page_online()
        return values

    def _online_dues(self):
        if self.state != "sent":
            return []
        return [due for each in self._online_invoices() for due in each._online_dues()]

    def _online_invoices(self):
        return self.line_ids.invoice_id
