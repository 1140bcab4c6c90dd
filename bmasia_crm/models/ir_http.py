from odoo import models
from odoo.http import request

from ..controllers import rpc
from ..tools import guides

HELP = "/bmasia/guide"


class IrHttp(models.AbstractModel):
    """Programs get errors without what is for the log only; *Help* leads to guides."""

    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        """Programs get their errors without what is for our eyes only."""
        response = super()._handle_error(exception)
        if rpc.is_program(request):
            return rpc.without_traceback(exception, response)
        return response

    def session_info(self):
        """Core's; *Help* in the user's menu opens the guide of their role."""
        info = super().session_info()
        if self.env.user._is_internal() and guides.are_here():
            info["support_url"] = HELP
        return info
