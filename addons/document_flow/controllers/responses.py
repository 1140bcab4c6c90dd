"""How pages that open with a key are answered: private, and closed to scripts."""

import secrets

from markupsafe import Markup

from odoo.http import content_disposition, request

from ..models.ir_http import PRIVATE

DOCTYPE = Markup("<!DOCTYPE html>")
POLICY = (
    "default-src 'none'; style-src 'self' 'nonce-{nonce}'; script-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
SAVED = "sandbox; default-src 'none'; frame-ancestors 'none'"
# The viewer of a browser is script of its own.
VIEWER = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"


def private(response):
    """A response that nothing on the way keeps or lists."""
    response.headers.update(PRIVATE)
    return response


def page(template, values, status=200):
    """A page of ours for somebody outside.

    :param str template: xml id
    :param dict values: of the template
    :param int status: of HTTP
    :returns: the response
    """
    nonce = secrets.token_urlsafe(16)
    lang = request.env.context.get("lang") or "en_US"
    views = request.env["ir.ui.view"].sudo().with_context(lang=lang)
    frame = {"doctype": DOCTYPE, "nonce": nonce, "lang": lang}
    frame["html_lang"] = lang.replace("_", "-")
    content = views._render_template(template, {**frame, **values})
    response = request.make_response(content.strip(), status=status)
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    return private(response)


def file(content, name, kind="application/octet-stream", disposition="attachment"):
    """A file for somebody outside.

    :param bytes content: the file
    :param str name: what it is saved as
    :param str kind: its media type; a browser opens only what we made
    :param str disposition: ``inline`` to look at it, ``attachment`` to save it
    :returns: the response
    """
    headers = [
        ("Content-Type", kind),
        ("Content-Length", len(content)),
        ("Content-Disposition", content_disposition(name, disposition)),
        ("Content-Security-Policy", SAVED),
    ]
    return private(request.make_response(content, headers))


def shown_pdf(document, disposition="inline"):
    """A document's file as its readers get it.

    :param document: a record that the caller has been found to have access to
    :param str disposition: ``inline`` to look at it, ``attachment`` to save it
    :returns: the response
    """
    pdf, name = document._shown_pdf()
    response = file(pdf, name, "application/pdf", disposition)
    response.headers["Content-Security-Policy"] = VIEWER
    return response
