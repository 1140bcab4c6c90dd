"""What answers and signatures share: a form, a code by mail, and what it confirms."""

from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.document_flow.controllers import link as links

from ..exceptions import AnswerRefused, AskedTooOften
from ..tools.wishes import Origin

POSTS_A_DAY = 100  # of one visitor with a link; codes have limits of their own


def origin():
    """Where this request comes from.

    :rtype: Origin
    """
    asked = request.httprequest
    return Origin.of(asked.remote_addr, asked.user_agent.string)


class TwoSteps:
    """Routes of something that counts once its code was typed.

    A controller says what it is called where tries are counted (``_counted``), what of
    a code is its own (``_answers``), the address of the page with the box
    (``_code_path``), who takes it (``_taker``), why nobody can (``_why_shut``), what
    its form shows again (``_typed``), and does it (``_take``); and with which links our
    own people do it, too (``_own``).
    """

    _counted = ""
    _own = ""
    _answers = ()
    _code_path = ""

    def _taker(self, visit):
        """The record that asks for the code, or None where there is nothing to do.

        :param Visit visit: who wants to
        """

    def _why_shut(self, taker):
        """Why it cannot be done now, or an empty text."""

    def _typed(self, wish):
        """Values of the page beside what was typed.

        :param wish: what the form says, or None
        :rtype: dict
        """

    def _take(self, visit, taker, code):
        """Do what the code was proved for.

        :raises UserError: it cannot be done
        """

    # ------------------------------------------------------------
    # FIRST STEP: A CODE
    # ------------------------------------------------------------

    def _ask(self, visit, wish):
        """Mail a code for what a form says."""
        if sentence := self._why_refused(visit):
            return self._refused(visit, sentence, wish)
        taker = self._taker(visit)
        if not taker:
            return links.sorry("gone", 404)
        try:
            with request.env.cr.savepoint():
                code = taker._ask_for_code(visit.link, wish, origin())
        except AskedTooOften as error:
            visit.document._follow_limit()
            return self._refused(visit, error, wish)
        except UserError as error:
            return self._refused(visit, error, wish)
        visit.link._note_seen()
        address = visit.address(self._code_path, ticket=code.ticket)
        # no anchor: with one, no browser takes the cursor to the box
        return links.responses.private(request.redirect(address, code=303))

    def _ask_again(self, visit, ticket):
        """Mail another code for the same."""
        code = self._code(visit, ticket)
        return self._ask(visit, code._wish()) if code else self._nothing(visit)

    def _code_page(self, visit, ticket, change):
        """The page with the box for the code; or with the form, to change what was
        typed. It changes nothing.
        """
        code = self._code(visit, ticket)
        if not code or self._why_shut(self._taker(visit)):
            return links.back_to(visit, "")
        if change:
            return self._refused(visit, "", code._wish(), status=200)
        return links.shown(visit, **self._pending(visit, code))

    def _pending(self, visit, code):
        """Values of the page that waits for a code; another language leads to the same.

        :param Visit visit: who types it
        :param code: a ``document.code``
        :rtype: dict
        """

        def place(lang):
            return visit.address(self._code_path, ticket=code.ticket, lang=lang)

        return {"pending": code, "over": code._why_over(), "place": place}

    def _code(self, visit, ticket):
        """The code that a form goes on with, if it is one of these."""
        if not self._taker(visit):
            return None
        codes = visit.document.env["document.code"]
        found = codes._find(ticket, visit.link, visit.document)
        return found if found.answer in self._answers else None

    # ------------------------------------------------------------
    # SECOND STEP: WHAT IT CONFIRMS
    # ------------------------------------------------------------

    def _confirm(self, visit, ticket, typed):
        """With the right code it counts."""
        if sentence := self._why_refused(visit):
            return self._refused(visit, sentence)
        pending, taker = self._code(visit, ticket), self._taker(visit)
        if not pending:
            return self._nothing(visit)
        if shut := self._why_shut(taker):
            return self._refused(visit, shut)
        if sentence := pending._why_not_proved(typed, origin()):
            error = AnswerRefused(sentence, "code")
            return self._refused(visit, error, pending=pending)
        wish = pending._wish()
        try:
            with request.env.cr.savepoint():
                self._take(visit, taker, pending)
        except UserError as error:
            return self._refused(visit, error, wish)
        visit.link._note_seen()
        return self._done(visit, wish)

    def _done(self, visit, wish):
        """What is shown then."""
        return links.back_to(visit, wish.answer)

    # ------------------------------------------------------------
    # REFUSED
    # ------------------------------------------------------------

    def _why_refused(self, visit):
        return links.refused_here(visit, self._counted, POSTS_A_DAY, own=self._own)

    def _refused(self, visit, error, wish=None, pending=None, status=422):
        """The page again, with what is wrong and all that was typed.

        :param error: a sentence, or the exception that has it
        :param Wish wish: what the form said
        :param pending: the ``document.code`` that is still waited for
        """
        taker = self._taker(visit)
        if not taker or self._why_shut(taker):  # no form to say it in
            return links.shown(visit, status, error=str(error))
        faults = links.faults_of(error) if error else {}
        if not pending or pending._why_over():  # there is no box for a code
            faults = {name if name != "code" else "": faults[name] for name in faults}
        values = {
            "typed": wish.as_form() if wish else {},
            "faults": faults,
            **self._typed(wish),
        }
        if pending:
            values.update(self._pending(visit, pending))
        return links.shown(visit, status, **values)

    def _nothing(self, visit):
        """A form that no code was asked with, or of another document or link."""
        sentence = request.env._("This form is out of date. Please fill it in again.")
        return self._refused(visit, sentence)
