from datetime import timedelta

from odoo import api, models
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.days import say_day
from odoo.addons.document_flow.tools.todo import Todo

from ..tools.roles import FINANCE
from .bmasia_invoice_todo import INVOICING

_lt = LazyTranslate(__name__)


class BmasiaEntityTodoMixin(models.AbstractModel):
    """A billing entity whose last month is over and still open, on My Day of Finance.

    Gives: the months to close, and the form that closes them.

    The model is ``res.company``, with ``lock_date``.
    """

    _name = "bmasia.entity.todo.mixin"
    _description = "Billing Entity on My Day"
    _inherit = ["document.todo.mixin"]

    _todos = (
        Todo(
            "months_to_close",
            _lt("Months to close"),
            INVOICING,
            domain="_todo_to_close",
            button=_lt("Close month"),
            method="action_open_closing",
            sequence=90,
            group=FINANCE,
            person="",
            order="sequence, name, id",
        ),
    )

    @api.model
    def _todo_to_close(self):
        """Ticked entities that had issued something by the end of last month."""
        found = self.browse()
        for company in self.env.companies:
            last = company._last_of_month_before()
            if not company._is_closed(last) and company._issued_by(last):
                found |= company
        return [("id", "in", found.ids)]

    def _last_of_month_before(self):
        return self._today().replace(day=1) - timedelta(days=1)

    def _issued_by(self, day):
        """Whether there is anything to close."""
        issued = [("company_id", "=", self.id), ("issue_date", "<=", day)]
        return bool(self.env["bmasia.invoice"].search_count(issued, limit=1))

    def _todo_name(self):
        return self.name

    def _todo_customer(self):
        return ""

    def _todo_why(self, todo):
        last = self._last_of_month_before()
        month = say_day(self.env, last, "MMMM")
        return self.env._("%s is over and not closed", month)

    def action_open_closing(self):
        """Open the form that closes months of this entity.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("bmasia_crm.bmasia_closed_months_view_form")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Closed Months"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[view.id, "form"]],
        }
