from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.todo import Todo

from .bmasia_quote_todo import SALES

_lt = LazyTranslate(__name__)

UNSIGNED = 7  # days


class BmasiaContractTodoMixin(models.AbstractModel):
    """What of a contract comes up on its person's My Day.

    Gives: contracts to send, not signed for a week, and those whose renewal is due.

    The model provides ``state``, ``notice_from``, ``end_date``, ``renewal_id`` and
    ``lost_reason``.
    """

    _name = "bmasia.contract.todo.mixin"
    _description = "Contract on My Day"

    _reminder_stake = "annual_value"
    _todos = (
        Todo(
            "renewals",
            _lt("Contracts to renew"),
            SALES,
            domain="_todo_renewals",
            button=_lt("Renew"),
            method="action_ask_renewal",
            sequence=15,
            amount="annual_value",
            day="end_date",
            when=_lt("Ends on"),
            order="end_date, id",
        ),
        Todo(
            "unsigned_contracts",
            _lt("Contracts not signed for a week"),
            SALES,
            domain="_todo_unsigned",
            button=_lt("Send again"),
            method="action_send",
            sequence=40,
            amount="annual_value",
            day="sent_date",
            when=_lt("Sent on"),
            order="sent_date, id",
        ),
        Todo(
            "draft_contracts",
            _lt("Contracts to send"),
            SALES,
            domain="_todo_drafts",
            button=_lt("Review and send"),
            method="action_send",
            sequence=50,
            amount="annual_value",
            day="start_date",
            when=_lt("Starts on"),
            order="start_date, id",
        ),
    )

    @api.model
    def _todo_renewals(self):
        """In the window of notice, with no renewal on its way, and no reminder that
        waits: that is a follow-up."""
        today = fields.Date.context_today(self)
        return [
            ("state", "=", "active"),
            ("notice_from", "<=", today),
            ("end_date", ">=", today),
            ("lost_reason", "=", False),
            ("reminder_id", "=", False),
            *("|", ("renewal_id", "=", False), ("renewal_id.state", "=", "draft")),
        ]

    @api.model
    def _todo_unsigned(self):
        today = fields.Date.context_today(self)
        return [
            ("state", "=", "sent"),
            ("sent_date", "<", today - timedelta(days=UNSIGNED)),
        ]

    @api.model
    def _todo_drafts(self):
        """A renewal is made early: the contract that it renews comes up."""
        today = fields.Date.context_today(self)
        # those that are not due, which are few: the others are the contracts of ever
        early = ["|", ("notice_from", "=", False), ("notice_from", ">", today)]
        return [("state", "=", "draft"), ("renewed_from_id", "not any", early)]
