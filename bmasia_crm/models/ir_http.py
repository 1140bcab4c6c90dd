from odoo import models
from odoo.http import request

from ..controllers import errors, rpc


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        """REST has its own shape of errors; other programs get theirs without what is
        for our eyes only.
        """
        if errors.is_ours(request.httprequest.path):
            return errors.respond_to(exception)
        response = super()._handle_error(exception)
        if rpc.is_program(request):
            return rpc.without_traceback(exception, response)
        return response

    @classmethod
    def _dispatch(cls, endpoint):
        if errors.is_ours(request.httprequest.path):
            # A query named like an argument ("self") would be passed as one.
            names = ("resource", "key")
            request.params = {
                name: request.params[name] for name in names if name in request.params
            }
        return super()._dispatch(endpoint)
