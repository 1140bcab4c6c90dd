"""*Pay now* on the page of a document."""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.document_flow.controllers import responses
from odoo.addons.document_flow.controllers.link import (
    link_route,
    refused_here,
    sorry,
    told,
    with_query,
)

from . import passes

BEGUN = 20  # a day, of one link


class OnlinePage(http.Controller):
    @link_route("/online", "POST")
    def online(self, visit, **_form):
        """To Odoo's page of payment, with a pass."""
        document = visit.document
        if not hasattr(document, "_online_dues"):
            return sorry("gone", 404)
        if refused := refused_here(visit, "online", BEGUN):
            return told(visit, refused, ())
        try:
            document._check_online()
        except UserError as error:
            return told(visit, str(error), ())
        visit.link._note_seen()
        query = {"of_document": 1, "access_token": passes.make(visit)}
        response = request.redirect(with_query("/payment/pay", query), code=303)
        lang, lasts = request.env.context["lang"], passes.HOURS * 3600
        # Odoo's pages of payment speak the language of ours
        response.set_cookie("frontend_lang", lang, max_age=lasts)
        response.set_cookie(
            passes.COOKIE,
            f"{visit.key}.{lang}",
            max_age=lasts,
            path=passes.BACK,
            secure=request.httprequest.scheme == "https",
            httponly=True,
            samesite="Lax",
        )
        return responses.private(response)
