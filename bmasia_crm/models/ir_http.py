from odoo import models
from odoo.http import request

from ..controllers import rpc


class IrHttp(models.AbstractModel):
    """Programs get errors without what is for the log only."""

    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        """Programs get their errors without what is for our eyes only."""
        response = super()._handle_error(exception)
        if rpc.is_program(request):
            return rpc.without_traceback(exception, response)
        return response
