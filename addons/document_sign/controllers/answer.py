"""How a customer accepts or declines a document on its page."""

from odoo import http
from odoo.http import request

from odoo.addons.document_flow.controllers import link as links
from odoo.addons.document_flow.controllers.link import link_route

from ..tools.wishes import ACCEPTED, DECLINED, Wish
from .two_steps import TwoSteps, origin


class DocumentAnswers(TwoSteps, http.Controller):
    _counted = "answer"
    _answers = (ACCEPTED, DECLINED)
    _code_path = "/confirm"

    @link_route("/code", "POST")
    def ask_to_accept(self, visit, **form):
        """The name and the address, to accept: a code is mailed."""
        return self._ask(visit, Wish.of(ACCEPTED, form))

    @link_route("/decline", "POST")
    def ask_to_decline(self, visit, **form):
        """The same with a reason, to decline."""
        return self._ask(visit, Wish.of(DECLINED, form))

    @link_route("/total", "POST")
    def total(self, visit, bare=None, **form):
        """The page with what its choice comes to; for its script, that alone. Nothing
        is kept of it.
        """
        taker = self._taker(visit)
        if not taker or self._why_shut(taker):
            return links.back_to(visit, "")
        wish = Wish.of(ACCEPTED, form)
        if not bare:
            return self._refused(visit, "", wish, status=200)
        text = visit.document._total_of_form(wish.as_form())
        kind = [("Content-Type", "text/plain; charset=utf-8")]
        return links.responses.private(request.make_response(text, kind))

    @link_route("/again", "POST")
    def ask_again(self, visit, ticket=None, **_form):
        """Another code for the same answer."""
        return self._ask_again(visit, ticket)

    @link_route("/confirm", "GET")
    def code_page(self, visit, ticket=None, change=None, **_query):
        """The page with the box for the code, or with the form again."""
        return self._code_page(visit, ticket, change)

    @link_route("/answer", "POST")
    def answer(self, visit, ticket=None, code=None, **_form):
        """The code: with the right one the answer counts."""
        return self._confirm(visit, ticket, code)

    def _taker(self, visit):
        """The document; not every kind is accepted."""
        document = visit.document
        return document if hasattr(document, "_take_answer") else None

    def _why_shut(self, taker):
        return "" if taker._awaits_answer() else taker._closed_for_answers()

    def _typed(self, wish):
        return {"declines": bool(wish) and wish.answer == DECLINED}

    def _take(self, visit, taker, code):
        taker._take_answer(code, origin())
