from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.home import Home

COMPANIES = "cids"  # the web client's cookie: which companies are ticked in its menu


class DocumentHome(Home):
    @http.route()
    def web_client(self, s_action=None, **kw):
        """Core's; who works for several billing entities starts with all of them.

        Core ticks the default company only: of half of one's documents nothing would
        be seen until somebody finds the menu. What the user ticks later stays.
        """
        response = super().web_client(s_action=s_action, **kw)
        is_page = response.status_code == 200 and request.session.uid
        if not is_page or COMPANIES in request.httprequest.cookies:
            return response
        user = request.env["res.users"].browse(request.session.uid)
        if user.has_group("document_flow.group_user"):
            ticked = user.company_id | user.company_ids
            response.set_cookie(COMPANIES, "-".join(map(str, ticked.ids)))
        return response
