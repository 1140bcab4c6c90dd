from ast import literal_eval

from markupsafe import Markup

from odoo import fields, models

from ..tools import guides
from ..tools.roles import FINANCE, USER

# What sales people see first: their own. Finance and managers see everybody's.
OWN_FIRST = frozenset(
    {
        "bmasia_crm.bmasia_quote_action",
        "bmasia_crm.bmasia_contract_action",
        "bmasia_crm.bmasia_contract_action_renewals",
        "bmasia_crm.bmasia_amendment_action",
        "bmasia_crm.bmasia_invoice_action",
        "bmasia_crm.bmasia_invoice_action_overdue",
        "document_flow.document_reminder_action",
    }
)


class IrActionsActWindow(models.Model):
    """What the list of a menu item opens on depends on what somebody works for; while
    it is empty, it leads to the guide.
    """

    _inherit = "ir.actions.act_window"

    def _get_action_dict(self):
        action = super()._get_action_dict()
        action["help"] = self._with_guide(action["help"], action["res_model"])
        if added := self._context_of_user(action["xml_id"]):
            try:
                context = literal_eval(action["context"])
            except (SyntaxError, ValueError):
                return action  # an administrator's own, with names in it
            action["context"] = str({**context, **added})
        return action

    def _with_guide(self, words, model):
        """What an empty list says, and where the guide says more."""
        place = guides.are_here() and guides.PLACES.get(model)
        if not words or not place or not self.env.user.has_group(USER):
            return words
        link = Markup('<p><a href="/bmasia/guide/{}" target="_blank">{}</a></p>')
        return Markup(words) + link.format(place, self.env._("Read the guide"))

    def _context_of_user(self, xml_id):
        """What the acting user's own work adds to a window's context."""
        added = {}
        if xml_id in OWN_FIRST and not self.env.user.has_group(FINANCE):
            added["search_default_mine"] = 1
        if xml_id == "bmasia_crm.bmasia_contract_action":
            added["initial_date"] = str(self._next_end())
        return added

    def _next_end(self):
        """The day on which the calendar of contracts opens: one that has something."""
        today = fields.Date.context_today(self)
        contracts = self.env["bmasia.contract"].sudo(False)
        if not contracts.has_access("read"):
            return today
        coming = [("state", "=", "active"), ("end_date", ">=", today)]
        return contracts.search(coming, order="end_date", limit=1).end_date or today
