from werkzeug.routing import BaseConverter, ValidationError

from odoo import models
from odoo.http import request


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

    @classmethod
    def _get_converters(cls):
        return {**super()._get_converters(), "document_kind": KindConverter}
