"""What a customer opens from a mail: the document, as it was sent."""

from urllib.parse import urlencode

from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

# An address with a key in it is told to no other site, listed nowhere, kept nowhere.
PRIVATE = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


def shown_pdf(document, disposition="inline"):
    """A document's file as its readers get it.

    :param document: a record that the caller has been found to have access to
    :param str disposition: ``inline`` to look at it, ``attachment`` to save it
    :returns: the response
    """
    pdf, name = document._shown_pdf()
    return request.make_response(
        pdf,
        [
            ("Content-Type", "application/pdf"),
            ("Content-Length", len(pdf)),
            ("Content-Disposition", content_disposition(name, disposition)),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )


def _private(response):
    response.headers.update(PRIVATE)
    return response


class DocumentPortal(CustomerPortal):
    @route(
        "/my/<document_kind:kind>/<int:document_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def portal_document(
        self, kind, document_id, access_token=None, as_sent=None, **_query
    ):
        """The file that was sent, to who has the link of a mail; else a sentence.

        Odoo's mails from a document's chatter have a button that leads here. What was
        cancelled says so first; its file stays the one that was sent.

        :param str kind: the model, found by its name in links
        :param int document_id: the record's id
        :param str access_token: the record's
        :param str as_sent: show the file whatever happened to the document
        """
        try:
            document = self._document_check_access(kind, document_id, access_token)
        except (AccessError, MissingError):
            return _private(request.redirect("/my"))
        request.update_context(lang=document._get_print_lang())
        values = self._prepare_portal_layout_values()
        if document._is_draft() or not document._kept_pdf():
            page = "document_flow.portal_not_there"
            return _private(request.render(page, values, status=404))
        if not as_sent and (why := document._why_not_valid()):
            query = {"access_token": access_token or "", "as_sent": 1}
            values.update(why=why, file_url=f"?{urlencode(query)}")
            return _private(request.render("document_flow.portal_ended", values))
        return _private(shown_pdf(document))

    def _document_check_access(self, model_name, document_id, access_token=None):
        """A token of ours ends with whom it was sent to.

        :raises AccessError: neither rights nor a token that still counts
        """
        if access_token and not str(access_token).isascii():
            access_token = None  # core compares ASCII only
        document = super()._document_check_access(model_name, document_id, access_token)
        if hasattr(document, "_opens_by_link") and not document._opens_by_link():
            request.env[model_name].browse(document_id).check_access("read")
        return document
