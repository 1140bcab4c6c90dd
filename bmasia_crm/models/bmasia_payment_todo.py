from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.todo import Todo

from ..tools.roles import FINANCE
from .bmasia_invoice_todo import INVOICING, payment_dialog

_lt = LazyTranslate(__name__)


class BmasiaPaymentTodoMixin(models.AbstractModel):
    """What of money comes up on My Day of Finance.

    Gives: money that no invoice has used, and cheques that may be presented.

    The model provides ``state``, ``direction``, ``amount_unallocated`` and
    ``cheque_date``.
    """

    _name = "bmasia.payment.todo.mixin"
    _description = "Payment on My Day"
    _inherit = ["document.todo.mixin"]

    _todos = (
        Todo(
            "unused_payments",
            _lt("Payments to allocate"),
            INVOICING,
            domain="_todo_unused",
            button=_lt("Use for invoices"),
            method="action_use",
            sequence=40,
            group=FINANCE,
            person="",
            amount="amount_unallocated",
            day="date",
            when=_lt("Received on"),
            order="date, id",
        ),
        Todo(
            "cheques",
            _lt("Cheques to present"),
            INVOICING,
            domain="_todo_cheques",
            button=_lt("Cheque was paid"),
            method="action_book",
            sequence=45,
            group=FINANCE,
            person="",
            amount="amount",
            day="cheque_date",
            when=_lt("Cheque dated"),
            order="cheque_date, id",
        ),
    )

    def action_use(self):
        """Open what says which invoices this money pays.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return payment_dialog(self)

    @api.model
    def _todo_unused(self):
        return [
            ("state", "=", "booked"),
            ("direction", "=", "in"),
            ("amount_unallocated", ">", 0),
        ]

    @api.model
    def _todo_cheques(self):
        return [
            ("state", "=", "expected"),
            ("cheque_date", "<=", fields.Date.context_today(self)),
        ]

    def _todo_customer(self):
        return self.customer_id.name
