from odoo import fields, models

from odoo.addons.bmasia_crm.tools import money
from odoo.addons.bmasia_crm.tools.roles import FINANCE

from .payment_transaction import RELATION


class BmasiaInvoice(models.Model):
    """An invoice or a proforma that is paid online."""

    _name = "bmasia.invoice"
    _inherit = ["bmasia.invoice", "bmasia.online.mixin"]

    online_transaction_ids = fields.Many2many(
        "payment.transaction",
        RELATION,
        "invoice_id",
        "transaction_id",
        "Online Payments",
        readonly=True,
        copy=False,
        groups=FINANCE,
    )

    def _page_values(self, link):
        values = super()._page_values(link)
        if "pay" in values:
            values["online"] = self._page_online()
        return values

    def _online_dues(self):
        due = self._page_due() if self._takes_online() else 0.0
        return [(self, due)] if due > 0 else []

    def _online_invoices(self):
        return self

    def _takes_online(self):
        return self.kind in ("invoice", "proforma") and self.state == "issued"

    def _online_use(self, left):
        """What money that came in online pays of this.

        :param float left: of the money
        :returns: a row of ``allocations`` as ``bmasia.payment.register`` takes them, or
            None where this takes nothing
        :rtype: dict | None
        """
        asked = sum(amount for _invoice, amount in self._online_dues())
        if not (asked > 0 and left > 0):
            return None
        if left < asked:  # a part: what is withheld of it, Finance finds out
            return {"invoice_id": self.id, "amount": left}
        is_invoice = self.kind == "invoice"
        withheld = money.subtract(self.amount_due, asked) if is_invoice else 0.0
        use = {"invoice_id": self.id, "amount": asked}
        return {**use, "withholding_amount": withheld} if withheld else use
