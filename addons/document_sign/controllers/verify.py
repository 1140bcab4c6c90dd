"""The public page that tells whether a file is ours."""

from odoo import http
from odoo.http import request

from odoo.addons.document_flow.controllers import link as links
from odoo.addons.document_flow.controllers import responses

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE  # our own documents stay below what mail servers take
# What the server reads before it lets go of the line: a file somewhat too large is
# still answered by our page.
READ = 2 * LARGEST
# Files from one address: more than a person has, less than a flood.
MOST, MINUTES = 30, 10
NAME_LENGTH = 80  # letters of a file's name that are shown


class VerifyPage(http.Controller):
    @http.route(
        "/verify",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        max_content_length=READ,
    )
    def verify(self, document=None, **_form):
        """A form for a file, and what is said of one. Nothing of it is kept.

        :param document: the file, of a form that was sent
        """
        links.choose_language()
        if request.httprequest.method != "POST":
            return self._page({})
        _, most = request.env._, LARGEST // MEGABYTE
        if not self._allowed():
            words = _(
                "Too many files from your address. Try again in %s minutes.", MINUTES
            )
            return self._refused(429, words)
        if not hasattr(document, "read") or not document.filename:
            return self._refused(400, _("Choose a file first."))
        content = document.read(LARGEST + 1)
        if len(content) > LARGEST:
            return self._refused(
                413, _("This file has more than %s MB. Our documents have less.", most)
            )
        if not content:
            return self._refused(400, _("This file is empty."))
        return self._answered(content, document.filename)

    def _answered(self, content, filename):
        verification = request.env["document.verification"]
        verdict = verification._verdict_of(content, _shown(filename))
        return self._page(
            {
                "verdict": verdict,
                "headline": verification._headline(verdict),
                "explanation": verification._explanation(verdict),
                "day": verification._day_of(verdict),
                "signed": verification._signed_sentence(verdict),
                "seals": verification._seal_sentences(verdict),
            }
        )

    def _refused(self, status, sentence):
        return self._page({"fault": sentence}, status)

    def _allowed(self):
        """Whether this address may ask again now."""
        return links.allows("verify", links.visitor(), MOST, MINUTES)

    def _page(self, values, status=200):
        is_chosen = bool(request.params.get("lang"))
        query = {"lang": request.env.context["lang"]} if is_chosen else {}
        values = {
            "title": request.env._("Is this file ours?"),
            "fault": "",
            "verdict": None,
            "limit": request.env._(
                "Up to %s MB. The file is checked and not kept.", LARGEST // MEGABYTE
            ),
            "address": links.with_query("/verify", query),
            "csrf": request.csrf_token(),
            "languages": links.languages(),
            "issuers": request.env["document.verification"]._issuers(),
            **values,
        }
        return responses.page("document_sign.verify", values, status)


def _shown(name):
    """A file's name as it is shown: without its folder, and not longer than a line.

    :param str name: as the visitor's program sends it
    """
    plain = "".join(c for c in name if c.isprintable()).replace("\\", "/")
    plain = plain.rpartition("/")[2]
    return plain if len(plain) <= NAME_LENGTH else f"{plain[:NAME_LENGTH]}…"
