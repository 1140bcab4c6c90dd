"""What a customer opens with the link of a mail: one document's page."""

from collections import Counter
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools import link_log
from ..tools.visitors import network_of
from . import responses

link_log.install()
UNKNOWN_KEYS, UNKNOWN_MINUTES = 60, 10  # of one address: typing errors, not guesses
QUESTIONS, RENEWALS, A_DAY = 10, 3, 24 * 60  # of one visitor with one link
# What somebody asks of one link: a visit takes about ten, with files and forms.
REQUESTS, REQUEST_MINUTES = 200, 10
# All visitors of a link together have so many times what one has: none of them uses up
# what is everybody's.
TOGETHER = 5
LARGEST_FORM = 256 * 1024  # bytes; a question of 2,000 Thai letters has 18,000
SHOWN_AGAIN = 5000  # letters of a field, beside an error
OURS = ("self", "visit")  # names of arguments, whatever an address calls its own
KEPT = ("name", "question")  # what is typed, shown again beside an error


@dataclass(frozen=True)
class Visit:
    """Somebody with a link that opens.

    :param link: the ``document.link``
    :param document: what its page shows, in the name of the system
    :param made_for: the document that the link was made for
    :param str key: of the address
    """

    link: Any
    document: Any
    made_for: Any
    key: str

    def address(self, path="", **query):
        """An address of this page, with the language that was chosen."""
        given = request.params.get("lang")
        query = {**({"lang": given} if isinstance(given, str) else {}), **query}
        return with_query(f"/d/{self.key}{path}", query)


def with_query(path, query):
    """An address with its query."""
    return f"{path}?{urlencode(query)}" if query else path


def link_route(path, *methods, largest=LARGEST_FORM):
    """A route below a link. The method gets a :class:`Visit` instead of the key.

    No token against forged requests: whoever can write the address knows the key, and
    the key is all that counts; there is no session that somebody could ride on.

    :param str path: below the key, as ``/ask``
    :param methods: of HTTP; what changes something is POST, for scanners follow links
    :param int largest: body, in bytes
    """

    def decorate(method):
        # the slash: an address may have parameters of these names
        def routed(self, /, key, **given):
            visit, refused = _visit_of(key)
            if refused is not None:
                return refused
            for name in OURS:
                given.pop(name, None)
            return method(self, visit, **given)

        update_wrapper(routed, method)
        del routed.__wrapped__  # its arguments are those of an address
        return http.route(
            f"/d/<string:key>{path}",
            type="http",
            auth="public",
            methods=list(methods),
            csrf=False,
            save_session=False,
            max_content_length=largest,
        )(routed)

    return decorate


def _visit_of(key):
    """The visit of a key, or the response that refuses it.

    :returns: tuple, one of both is None
    """
    choose_language()
    link = request.env["document.link"]._find(key)
    if not link:
        known = allows("key", visitor(), UNKNOWN_KEYS, UNKNOWN_MINUTES)
        return None, sorry("gone", 404 if known else 429)
    made_for = link._document()
    if made_for:
        choose_language(made_for)
    lang = request.env.context.get("lang")
    link = link.with_context(lang=lang)
    if why := link._why_shut():
        return None, sorry(why, 404 if why == "gone" else 410, key=key, link=link)
    made_for = made_for.with_context(lang=lang)
    if not made_for._is_there():
        return None, sorry("not_there", 404)
    if not allows_here(link, "request", REQUESTS, REQUEST_MINUTES):
        return None, sorry("busy", 429)
    document = made_for._shown_instead() or made_for
    return Visit(link, document.with_context(lang=lang), made_for, key), None


def choose_language(document=None):
    """The language that the visitor chose; else that of the document; else of the
    browser.

    :param document: that the page is about
    """
    langs = request.env["res.lang"].sudo()._get_data
    wanted = request.params.get("lang")
    is_text = isinstance(wanted, str) and wanted.isascii()
    if not (is_text and langs(code=wanted)):
        default = request.best_lang if request.best_lang else "en_US"
        wanted = document._get_print_lang() if document else default
    request.update_context(lang=wanted if langs(code=wanted) else "en_US")


def allows(what, who, most, minutes):
    """As ``document.attempt`` says."""
    return request.env["document.attempt"].sudo()._allows(what, who, most, minutes)


def visitor():
    """Who asks, as far as limits tell visitors apart."""
    return network_of(request.httprequest.remote_addr)


def allows_here(link, what, most, minutes=A_DAY):
    """Whether this visitor may do something once more with a link. Who is responsible
    for its document learns when not.

    :param link: a ``document.link``
    :param str what: is counted, per visitor and link, and per link
    :param int most: times of one visitor
    :param int minutes: within these
    """
    # the visitor first: what that refuses takes nothing from others
    if allows(what, f"{link.id} {visitor()}", most, minutes) and allows(
        what, link.id, most * TOGETHER, minutes
    ):
        return True
    link._document()._follow_limit()
    return False


def refused_here(visit, what, most, minutes=A_DAY, own=""):
    """Why a visitor cannot do this now, or an empty text.

    :param Visit visit: who wants to
    :param str what: as of :func:`allows_here`
    :param int most: times of one visitor
    :param int minutes: within these
    :param str own: purpose of the links with which our own people do this, too
    """
    if visit.link._is_ours() and visit.link.purpose != own:
        return visit.link._words_for_ours()
    if not allows_here(visit.link, what, most, minutes):
        return request.env._("Too many attempts. Please reply to our e-mail instead.")
    return ""


def sorry(why, status, key=None, link=None, sent=False):
    """A page that says why it shows nothing, and what can be done.

    :param str why: of ``document.link``, ``not_there``, or ``busy``
    :param link: one that is over, of a document that is still there
    """
    values = {"why": why, "key": key, "sent": sent, "languages": languages()}
    document = link and link._document()
    if document and why in ("expired", "called_back", "shut"):
        looks = request.env["document.report.values"].sudo()
        values.update(accent=looks._accent(document), seller=document._seller())
    return responses.page("document_flow.page_sorry", values, status)


def languages():
    """Those that a page can be read in, without the one that it is in."""
    current = request.env.context.get("lang")
    installed = request.env["res.lang"].sudo().get_installed()
    named = {code: name.split("/")[-1].strip() for code, name in installed}
    # "English (US)" says its country only beside another English
    short = {code: name.partition(" (")[0] for code, name in named.items()}
    met = Counter(short.values())
    return [
        (code, short[code] if met[short[code]] == 1 else name)
        for code, name in named.items()
        if code != current
    ]


def shown(visit, status=200, **more):
    """The page itself.

    :param Visit visit: who looks
    :param int status: of HTTP
    :param more: values beside those of the document
    """
    document = visit.document
    values = {
        **document._page_values(visit.link),
        "visit": visit,
        "languages": languages(),
        "replaced": "",
        "told": "",
        "error": "",
        "faults": {},
        "typed": {},
        "is_preview": visit.link.purpose == "preview",
        **more,
    }
    values["first_fault"] = next(filter(None, values["faults"]), "")
    if visit.made_for != document:
        values["replaced"] = document._replacing_words(visit.made_for)
    return responses.page("document_flow.page_document", values, status)


def told(visit, error, names, **more):
    """The page again, with what is wrong and all that was typed.

    :param error: a sentence, or the exception that has it
    :param names: of the fields of the form
    """
    given = {name: request.params.get(name) or "" for name in names}
    typed = {name: str(given[name])[:SHOWN_AGAIN] for name in names}
    faults = faults_of(error)
    values = {"error": faults.pop("", ""), "faults": faults, "typed": typed}
    return shown(visit, 422, **values, **more)


def faults_of(error):
    """What is wrong, by fields of a form; of none of them: by an empty one.

    :param error: a sentence, or the exception that has it
    :rtype: dict[str, str]
    """
    return dict(getattr(error, "faults", None) or {"": str(error)})


def back_to(visit, done, anchor=""):
    """To the page, by a new request: loading it again repeats nothing.

    :param str done: what the page then says, a key of its template
    """
    address = visit.address(done=done) + (f"#{anchor}" if anchor else "")
    response = request.redirect(address, code=303)
    return responses.private(response)


class DocumentLinks(http.Controller):
    @link_route("", "GET")
    def page(self, visit, done=None, **_query):
        """The page. Opening it notes nothing: programs open links, too."""
        return shown(visit, told=done or "")

    @link_route("/pdf", "GET")
    def pdf(self, visit, save=None, **_query):
        """The file that was sent, marked if it no longer holds."""
        disposition = "attachment" if save else "inline"
        return responses.shown_pdf(visit.document, disposition)

    @link_route("/file/<int:file_id>", "GET")
    def attached(self, visit, file_id, **_query):
        """A file that went along with the mail of this link."""
        found = visit.document._page_files(visit.link)
        found = found.filtered(lambda file: file.id == file_id)
        if not found:
            return sorry("gone", 404)
        content = found.with_context(bin_size=False).raw
        return responses.file(content or b"", found.name)

    @link_route("/seen", "POST")
    def seen(self, visit, **_form):
        """A person has touched the page: its script says so, once."""
        visit.link._note_seen()
        return responses.private(request.make_response("", status=204))

    @link_route("/ask", "POST")
    def ask(self, visit, name="", question="", **_form):
        """A question."""
        if refused := refused_here(visit, "question", QUESTIONS):
            return told(visit, refused, KEPT)
        try:
            with request.env.cr.savepoint():
                questions = visit.document.env["document.question"]
                questions._ask(visit.document, visit.link, name, question)
        except UserError as error:
            return told(visit, error, KEPT)
        visit.link._note_seen()
        return back_to(visit, "asked", "questions")

    @http.route(
        "/d/<string:key>/renew",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=LARGEST_FORM,
    )
    def renew(self, /, key, **_form):
        """A new link, to the addresses on file."""
        choose_language()
        link = request.env["document.link"]._find(key)
        if not link or link._why_shut() != "expired" or link.purpose == "preview":
            return sorry("gone", 404)
        choose_language(link._document())
        link = link.with_context(lang=request.env.context["lang"])
        if not allows_here(link, "renewal", RENEWALS):
            return sorry("busy", 429, key, link)
        document = link._document()
        if link._is_open_of(document) and not link._has_left(document):
            document._send_new_link(link)
        # the same words whoever we know: nobody learns an address here
        return sorry("expired", 200, key, link, sent=True)
