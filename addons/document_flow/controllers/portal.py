"""The addresses of mails that left before 19.0.1.7.0, and of Odoo's own portal."""

from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from . import responses

LARGEST_ID = 2**31 - 1  # a larger number is an error of the database, not an address


class DocumentPortal(CustomerPortal):
    @route(
        f"/my/<document_kind:kind>/<int(max={LARGEST_ID}):document_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def portal_document(self, kind, document_id, access_token=None, **_query):
        """To the page of a document: with the key of an old mail, or a login.

        :param str kind: the model, found by its name in links
        :param int document_id: the record's id
        :param str access_token: the key of a mail
        """
        link = request.env["document.link"]._find(access_token)
        if link and (link.res_model, link.res_id) == (kind, document_id):
            return responses.private(request.redirect(f"/d/{access_token}", code=303))
        try:
            document = request.env[kind].browse(document_id).exists()
            address = document._visit_address() if document else "/my"
        except UserError:  # no rights, or nothing to show yet
            address = "/my"
        return responses.private(request.redirect(address, code=303))
