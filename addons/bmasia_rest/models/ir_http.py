from odoo import api, models, tools
from odoo.http import request

from ..controllers import errors, openapi
from ..controllers.resources import find_resources


class IrHttp(models.AbstractModel):
    """REST: errors in their own shape, and the resources of this database."""

    _inherit = "ir.http"

    @api.model
    @tools.ormcache()
    def _rest_resources(self):
        """What the REST API of this database is about, by the names in addresses."""
        return find_resources(self.env)

    @api.model
    @tools.ormcache()
    def _rest_description(self):
        """``openapi.json`` of this database."""
        return openapi.describe(self._rest_resources().values())

    @classmethod
    def _handle_error(cls, exception):
        """REST has its own shape of errors."""
        if errors.is_ours(request.httprequest.path):
            return errors.respond_to(exception)
        return super()._handle_error(exception)

    @classmethod
    def _dispatch(cls, endpoint):
        if errors.is_ours(request.httprequest.path):
            # A query named like an argument ("self") would be passed as one.
            names = ("resource", "key", "step")
            request.params = {
                name: request.params[name] for name in names if name in request.params
            }
        return super()._dispatch(endpoint)
