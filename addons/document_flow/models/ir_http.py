from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, ValidationError

from odoo import models
from odoo.http import request

from ..tools.link_log import has_key

# An address with a key in it is told to no other site, listed nowhere, kept nowhere.
PRIVATE = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class KindConverter(BaseConverter):
    """The kind of document that a link's address names; any other address is not ours.

    How it works: the kinds differ from database to database, and routes are made once,
    so the name is looked up when an address is matched.
    """

    regex = "[a-z][a-z0-9-]*"

    def to_python(self, value):
        """
        :param str value: as in the address
        :returns: the model's name
        :raises ValidationError: no kind has this name
        """
        for kind in request.env["document.mixin"]._kinds().values():
            if kind._name_in_links() == value:
                return kind._name
        raise ValidationError

    def to_url(self, value):
        """The name of a model in addresses."""
        return request.env[value]._name_in_links()


class IrHttp(models.AbstractModel):
    """Addresses of documents."""

    _inherit = "ir.http"

    # ------------------------------------------------------------
    # ODOO'S OWN ANSWERS TO AN ADDRESS WITH A KEY
    # ------------------------------------------------------------

    @classmethod
    def _match(cls, path_info):
        """Core's; what it answers by itself (no such way to ask, another language) is
        as private as our own pages.
        """
        try:
            return super()._match(path_info)
        except HTTPException as error:
            if cls._has_key():
                answer = error.get_response(request.httprequest.environ)
                answer.headers.update(PRIVATE)
                error.error_response = answer
            raise

    @classmethod
    def _handle_error(cls, exception):
        """Core's; private where the address has a key."""
        answer = super()._handle_error(exception)
        if cls._has_key():
            if isinstance(answer, HTTPException):
                answer = answer.get_response(request.httprequest.environ)
            answer.headers.update(PRIVATE)
        return answer

    @classmethod
    def _has_key(cls):
        return has_key(request.httprequest.full_path)

    @classmethod
    def _dispatch(cls, endpoint):
        """Core's; it gives a parameter called self to the method as its own, which ends
        in an error that anybody can call forth.
        """
        request.params.pop("self", None)
        return super()._dispatch(endpoint)

    @classmethod
    def _get_converters(cls):
        return {**super()._get_converters(), "document_kind": KindConverter}
