"""What a customer does on the page of an invoice."""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.document_flow.controllers import responses
from odoo.addons.document_flow.controllers.link import (
    LARGEST_FORM,
    back_to,
    link_route,
    refused_here,
    shown,
    sorry,
    told,
)

from ..tools import slips

CLAIMS = 5  # a day, of one link
KEPT = ("amount", "date", "claim_name", "note")


class InvoicePage(http.Controller):
    @link_route("/receipt/<int:receipt_id>", "GET")
    def receipt(self, visit, receipt_id, **_query):
        """The file of a receipt for this invoice."""
        found = self._payment(visit).get("receipts")
        found = found and found.filtered(lambda receipt: receipt.id == receipt_id)
        return responses.shown_pdf(found) if found else sorry("gone", 404)

    @link_route("/paid", "POST", largest=slips.READ + LARGEST_FORM)
    def paid(self, visit, claim_name="", slip=None, **said):
        """A payment that the customer reports, with its slip."""
        if not self._payment(visit):
            return shown(visit)
        if refused := refused_here(visit, "claim", CLAIMS):
            return told(visit, refused, KEPT)
        said["name"], said["slip"] = claim_name, self._content_of(slip)
        try:
            with request.env.cr.savepoint():
                claims = visit.document.env["bmasia.payment.claim"]
                claims._report(visit.document, visit.link, said)
        except UserError as error:
            return told(visit, error, KEPT)
        visit.link._note_seen()
        return back_to(visit, "claimed", "pay")

    def _content_of(self, slip):
        """What was attached, no longer than is needed to see that it is too long."""
        return slip.read(slips.LARGEST + 1) if hasattr(slip, "read") else None

    def _payment(self, visit):
        """What the page says of paying, or nothing where it asks for nothing."""
        if "bmasia_portal.page_pay" not in visit.document._page_panels():
            return {}
        return visit.document._page_payment()
