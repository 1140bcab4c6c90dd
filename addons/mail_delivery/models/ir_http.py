from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """What is noted for as long as one request lasts."""

    _inherit = "ir.http"

    @classmethod
    def _request_notes(cls):
        """The notes of the present request, which outlive its transactions; outside of
        one, as in a cron, a sheet that nobody reads again.

        :rtype: dict
        """
        return request.httprequest.environ if request else {}
