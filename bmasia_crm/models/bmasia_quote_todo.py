from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.todo import Area, Todo

_lt = LazyTranslate(__name__)

SALES = Area("sales", _lt("Sales"), 20)
EXPIRES_SOON = 7  # days ahead
UNANSWERED = 14  # days; reminders ask after 3 and 7


class BmasiaQuoteTodoMixin(models.AbstractModel):
    """What of a quote comes up on its person's My Day.

    Gives: quotes to send, without an answer, that expire soon, and accepted ones that
    nothing was made of.

    The model provides ``state``, ``valid_until``, ``sent_date`` and what is made of it.
    """

    _name = "bmasia.quote.todo.mixin"
    _description = "Quote on My Day"

    _reminder_stake = "amount_total"
    _todos = (
        Todo(
            "accepted_quotes",
            _lt("Accepted quotes without a contract or invoice"),
            SALES,
            domain="_todo_accepted",
            button=_lt("Create contract or invoice"),
            method="action_follow_acceptance",
            sequence=10,
            amount="amount_total",
            day="accepted_date",
            when=_lt("Accepted on"),
            order="accepted_date, id",
        ),
        Todo(
            "expiring_quotes",
            _lt("Quotes that expire within a week"),
            SALES,
            domain="_todo_expiring",
            button=_lt("Ask for an answer"),
            method="action_ask_for_answer",
            sequence=20,
            amount="amount_total",
            day="valid_until",
            when=_lt("Valid until"),
            order="valid_until, id",
        ),
        Todo(
            "unanswered_quotes",
            _lt("Quotes without an answer for two weeks"),
            SALES,
            domain="_todo_unanswered",
            button=_lt("Ask for an answer"),
            method="action_ask_for_answer",
            sequence=30,
            amount="amount_total",
            day="sent_date",
            when=_lt("Sent on"),
            order="sent_date, id",
        ),
        Todo(
            "draft_quotes",
            _lt("Quotes to send"),
            SALES,
            domain="_todo_drafts",
            button=_lt("Review and send"),
            method="action_send",
            sequence=60,
            amount="amount_total",
            day="date",
            when=_lt("Dated"),
            order="date, id",
        ),
    )

    def action_follow_acceptance(self):
        """Make of an accepted quote what it is for: a contract, an amendment of the one
        that it adds to, or, where nothing recurs, an invoice.

        :returns: the action that opens it
        :rtype: dict
        :raises UserError: the quote is not accepted
        """
        self.ensure_one()
        if self.amends_contract_id:
            return self.action_create_amendment()
        if not self.has_recurring:
            return self.action_create_invoice()
        return self.action_create_contract()

    def action_ask_for_answer(self):
        """Open the mail that asks the customer for an answer, for review.

        :returns: an action
        :rtype: dict
        :raises UserError: the customer does not owe one
        """
        self.ensure_one()
        self._check_can_send()
        return self._open_reminder(self.reminder_id)

    @api.model
    def _todo_accepted(self):
        made = [("state", "!=", "cancelled")]
        counts = ["|", ("is_optional", "=", False), ("is_chosen", "=", True)]
        recurring = [("kind", "=", "recurring"), *counts]
        # lines of the few that have an invoice are looked at, not those of all
        at_once = ("quote_id", "any", [("line_ids", "not any", recurring)])
        return [
            ("state", "=", "accepted"),
            ("contract_ids", "not any", made),
            ("amendment_ids", "not any", made),
            ("invoice_ids", "not any", [*made, at_once]),
        ]

    @api.model
    def _todo_expiring(self):
        today = fields.Date.context_today(self)
        return [
            ("state", "=", "sent"),
            ("valid_until", ">=", today),
            ("valid_until", "<=", today + timedelta(days=EXPIRES_SOON)),
            ("reminder_id", "=", False),
        ]

    @api.model
    def _todo_unanswered(self):
        today = fields.Date.context_today(self)
        return [
            ("state", "=", "sent"),
            ("valid_until", ">", today + timedelta(days=EXPIRES_SOON)),
            ("sent_date", "<", today - timedelta(days=UNANSWERED)),
            ("reminder_id", "=", False),
        ]

    @api.model
    def _todo_drafts(self):
        return [("state", "=", "draft")]
