"""The guides: what *Help* in the user's menu and in empty lists opens, also without
the internet.
"""

from odoo import http
from odoo.http import request

from ..tools import guides

DAY = 24 * 3600  # seconds


class Guides(http.Controller):
    @http.route("/bmasia/guide", type="http", auth="user", methods=["GET"])
    def own_guide(self):
        """Leads to the guide of the acting user's role."""
        return request.redirect(f"/bmasia/guide/{request.env.user._guide()}")

    @http.route(
        "/bmasia/guide/<string:name>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def guide(self, name):
        """A guide as a page.

        :param str name: as ``sales``
        """
        self._check_colleague()
        try:
            guide = guides.read(name)
        except KeyError:
            raise request.not_found() from None
        roles = [guides.read(role) for role in guides.ROLES]
        return request.render("bmasia_crm.guide", {"guide": guide, "roles": roles})

    @http.route(
        "/bmasia/guide/<string:folder>/<string:name>.png",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def picture(self, folder, name):
        """A picture of a guide.

        :param str folder: of ``docs/``
        :param str name: of the file
        """
        self._check_colleague()
        path = guides.picture(folder, name)
        if not path:
            raise request.not_found()
        headers = [
            ("Content-Type", "image/png"),
            ("Cache-Control", f"private, max-age={DAY}"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(path.read_bytes(), headers=headers)

    def _check_colleague(self):
        """Customers with an account have guides of their own, if any."""
        if not request.env.user._is_internal():
            raise request.not_found()
