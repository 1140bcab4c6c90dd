"""Addresses of windows that moved to another addon: bookmarks and links in mails go on
leading there.
"""

from odoo.http import request, route

from odoo.addons.document_flow.controllers.home import DocumentHome

# Part of an address, as it was up to 19.0.1.2.0: the window that it leads to now.
MOVED = {
    "bmasia-reminders": "document_flow.document_reminder_action",
    "bmasia-bulk-sends": "document_flow.document_send_batch_action",
    "held-mails": "document_flow.mail_delivery_action_held",
    "action-bmasia_crm.bmasia_reminder_action": (
        "document_flow.document_reminder_action"
    ),
    "action-bmasia_crm.bmasia_send_batch_action": (
        "document_flow.document_send_batch_action"
    ),
    "action-bmasia_crm.mail_delivery_action_held": (
        "document_flow.mail_delivery_action_held"
    ),
}


class MovedAddresses(DocumentHome):
    @route()
    def web_client(self, s_action=None, **kw):
        """Core's; an address of a window that moved leads to where it is now.

        The web client writes the way to a record into the address, so that a window's
        own part may stand anywhere in it.
        """
        parts = request.httprequest.path.split("/")
        address = "/".join(_now(part) for part in parts)
        if address == "/".join(parts):
            return super().web_client(s_action=s_action, **kw)
        query = request.httprequest.args.to_dict(flat=False)
        return request.redirect_query(address, query, code=301)


def _now(part):
    """
    :param str part: of an address
    :returns: the same, or the path of the window that it leads to now
    """
    window = part in MOVED and request.env.ref(MOVED[part], raise_if_not_found=False)
    return window.sudo().path if window else part
