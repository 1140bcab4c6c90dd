"""How somebody signs a document on its page."""

from odoo import http

from odoo.addons.document_flow.controllers import link as links
from odoo.addons.document_flow.controllers.link import link_route

from ..tools.signing import DELEGATED, NOT_SIGNED, SIGNED, read_wish
from .two_steps import TwoSteps, origin

LARGEST = 1024 * 1024  # bytes of a form; a drawing of ours has 40,000


class DocumentSignatures(TwoSteps, http.Controller):
    _counted = "signature"
    _own = "sign"
    _answers = (SIGNED, NOT_SIGNED, DELEGATED)
    _code_path = "/sign/code"

    @link_route("/sign", "POST", largest=LARGEST)
    def ask_to_sign(self, visit, **form):
        """The name, and perhaps a drawing: a code is mailed."""
        return self._ask(visit, read_wish(SIGNED, form))

    @link_route("/sign/decline", "POST", largest=LARGEST)
    def ask_to_decline(self, visit, **form):
        """The same with a reason, to decline."""
        return self._ask(visit, read_wish(NOT_SIGNED, form))

    @link_route("/sign/delegate", "POST", largest=LARGEST)
    def ask_to_delegate(self, visit, **form):
        """The same with a colleague, who signs instead."""
        return self._ask(visit, read_wish(DELEGATED, form))

    @link_route("/sign/again", "POST")
    def ask_again(self, visit, ticket=None, **_form):
        """Another code for the same."""
        return self._ask_again(visit, ticket)

    @link_route("/sign/code", "GET")
    def code_page(self, visit, ticket=None, change=None, **_query):
        """The page with the box for the code, or with the form again."""
        return self._code_page(visit, ticket, change)

    @link_route("/sign/confirm", "POST")
    def confirm(self, visit, ticket=None, code=None, **_form):
        """The code: with the right one the signature counts."""
        return self._confirm(visit, ticket, code)

    def _taker(self, visit):
        """Whose link this is; not every link, and not every kind has signers."""
        document = visit.document
        found = hasattr(document, "_signer_of") and document._signer_of(visit.link)
        return found or None

    def _why_shut(self, taker):
        return taker._why_shut()

    def _typed(self, wish):
        return {"way": wish.answer if wish else ""}

    def _take(self, visit, taker, code):
        taker._take(code, origin())

    def _done(self, visit, wish):
        """A signature is on the page; who has passed it on has no link any more."""
        if wish.answer == DELEGATED:
            return links.shown(visit, told="delegated")
        return super()._done(visit, wish)
