from datetime import datetime

from odoo import fields, models
from odoo.tools import LazyTranslate

from ..tools.todo import Area, Todo

_lt = LazyTranslate(__name__)

WORK = Area("work", _lt("E-mails and tasks"), 10)
TEAM = Area("team", _lt("Team"), 90)


class DocumentTodoMixin(models.AbstractModel):
    """A model whose records may need somebody today: they come up on My Day.

    Gives: lines on My Day and in the daily e-mail, for who is responsible.

    A model names its kinds of work (``_todos``), has a method for the domain of each,
    and may say more of a record: its customer, name, amount, and why it is there.

    Example::

        _todos = (
            Todo("unsent", _lt("Quotes to send"), SALES, domain="_todo_unsent",
                 button=_lt("Review and send"), method="action_send"),
        )

    How it works: ``document.day`` finds whoever inherits this in the registry, and asks
    each with the rights, and the companies, of who looks.
    """

    _name = "document.todo.mixin"
    _description = "Work on My Day"

    _todos: tuple[Todo, ...] = ()

    def _todo_prepare(self, todo):
        """Read at once what the lines of these records need."""

    def _todo_customer(self):
        """Whom it is about, in words."""
        return self.partner_id.name or "" if "partner_id" in self._fields else ""

    def _todo_name(self):
        """The document, in words."""
        return self.display_name or ""

    def _todo_record(self):
        """What a click on the name opens."""
        return self

    def _todo_amount(self, todo):
        """What is at stake.

        :rtype: tuple[float, res.currency]
        """
        if not todo.amount:
            return 0.0, self.env["res.currency"]
        return self[todo.amount], self.currency_id

    def _todo_day(self, todo):
        """The day that counts, where the user is, or False."""
        day = self[todo.day] if todo.day else False
        if isinstance(day, datetime):
            return fields.Datetime.context_timestamp(self, day).date()
        return day

    def _todo_why(self, todo):
        """Why it is here, where the heading does not say all."""
        return ""
