"""A customer asks for more time for a quote."""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.document_flow.controllers import link as links
from odoo.addons.document_flow.controllers.link import link_route

EXTENSIONS = 2  # a day and link; asking again moves nobody


class QuoteExtensions(http.Controller):
    @link_route("/extend", "POST")
    def extend(self, visit, **_form):
        """More time."""
        if sentence := links.refused_here(visit, "extension", EXTENSIONS):
            return links.told(visit, sentence, ())
        if not hasattr(visit.document, "_ask_for_extension"):
            return links.sorry("gone", 404)
        try:
            with request.env.cr.savepoint():
                visit.document._ask_for_extension(visit.link)
        except UserError as error:
            return links.told(visit, str(error), ())
        visit.link._note_seen()
        return links.back_to(visit, "extension", "extend")
