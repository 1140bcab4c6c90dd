from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate, html2plaintext

from ..tools.todo import MANAGER, Todo
from .document_todo_mixin import TEAM, WORK

_lt = LazyTranslate(__name__)


class MailActivity(models.Model):
    """What people planned, and e-mails of theirs that were not delivered, on My Day.

    Follow-ups that wait as reminders have a line of their own there.
    """

    _name = "mail.activity"
    _inherit = ["document.todo.mixin", "mail.activity"]

    _todos = (
        Todo(
            "not_delivered",
            _lt("E-mails not delivered"),
            WORK,
            domain="_todo_not_delivered",
            button=_lt("Open document"),
            method="action_open_subject",
            sequence=5,
            day="date_deadline",
            when=_lt("Since"),
            order="date_deadline, id",
        ),
        Todo(
            "planned",
            _lt("Planned for today or earlier"),
            WORK,
            domain="_todo_planned",
            button=_lt("Open document"),
            method="action_open_subject",
            sequence=20,
            day="date_deadline",
            when=_lt("Planned for"),
            order="date_deadline, id",
        ),
        Todo(
            "team_not_delivered",
            _lt("E-mails of colleagues that were not delivered"),
            TEAM,
            domain="_todo_not_delivered",
            button=_lt("Open document"),
            method="action_open_subject",
            sequence=20,
            group=MANAGER,
            others=True,
            day="date_deadline",
            when=_lt("Since"),
            order="date_deadline, id",
        ),
        Todo(
            "team_overdue",
            _lt("Overdue tasks of colleagues"),
            TEAM,
            domain="_todo_overdue",
            button=_lt("Open document"),
            method="action_open_subject",
            sequence=30,
            group=MANAGER,
            others=True,
            day="date_deadline",
            when=_lt("Planned for"),
            order="date_deadline, id",
        ),
    )

    document_reminder_ids = fields.One2many("document.reminder", "activity_id")
    delivery_ids = fields.One2many("mail.delivery", "activity_id", "Deliveries")
    # not related to the document, of whichever model that is: My Day is filtered by it
    document_company_id = fields.Many2one(
        "res.company",
        "Billing Entity",
        compute="_compute_document_company_id",
        compute_sudo=True,
        store=True,
        help="Of the document. Empty: the task belongs to none.",
    )
    is_reminder = fields.Boolean(
        compute="_compute_is_reminder", search="_search_is_reminder"
    )
    is_about_delivery = fields.Boolean(
        compute="_compute_is_reminder", search="_search_is_about_delivery"
    )

    @api.depends("res_model", "res_id")
    def _compute_document_company_id(self):
        for model, activities in self.grouped("res_model").items():
            documents = self.env.get(model) if model else None
            if getattr(documents, "_entity_path", "") != "company_id":
                activities.document_company_id = False
                continue
            known = documents.browse(set(activities.mapped("res_id"))).exists()
            entities = {document.id: document.company_id for document in known}
            for activity in activities:
                activity.document_company_id = entities.get(activity.res_id)

    @api.depends("document_reminder_ids", "delivery_ids")
    def _compute_is_reminder(self):
        for activity in self.sudo():
            activity.is_reminder = bool(activity.document_reminder_ids)
            activity.is_about_delivery = bool(activity.delivery_ids)

    def _search_is_reminder(self, operator, value):
        return self._search_behind("document.reminder", operator, value)

    def _search_is_about_delivery(self, operator, value):
        return self._search_behind("mail.delivery", operator, value)

    def _search_behind(self, model, operator, value):
        """Activities that a row of another model made. Of all rows: those of an entity
        that is not ticked in the company menu are no tasks that somebody planned.
        """
        if operator != "in":
            return NotImplemented
        rows = self.env[model].sudo()._search([("activity_id", "!=", False)])
        made = Domain("id", "in", rows.subselect("activity_id"))
        return made if True in value else ~made

    def action_open_subject(self):
        """Open what this is about.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        subject = self._todo_record()
        return {
            "type": "ir.actions.act_window",
            "res_model": subject._name,
            "res_id": subject.id,
            "views": [[False, "form"]],
        }

    # ------------------------------------------------------------
    # MY DAY
    # ------------------------------------------------------------

    @api.model
    def _todo_here(self):
        """Of documents of the ticked entities, or of none."""
        here = [False, *self.env.companies.ids]
        return [("active", "=", True), ("document_company_id", "in", here)]

    @api.model
    def _todo_not_delivered(self):
        return [*self._todo_here(), ("is_about_delivery", "=", True)]

    @api.model
    def _todo_planned(self):
        return [
            *self._todo_here(),
            ("is_about_delivery", "=", False),
            ("is_reminder", "=", False),
            ("date_deadline", "<=", fields.Date.context_today(self)),
        ]

    @api.model
    def _todo_overdue(self):
        """Follow-ups count, too: somebody has not looked at them."""
        return [
            *self._todo_here(),
            ("is_about_delivery", "=", False),
            ("date_deadline", "<", fields.Date.context_today(self)),
        ]

    def _todo_subject(self):
        return self.env.get(self.res_model) if self.res_model else None

    def _todo_record(self):
        model = self._todo_subject()
        if model is None:
            return self
        peers = self.browse(self._prefetch_ids)
        same = [each.res_id for each in peers if each.res_model == self.res_model]
        return model.browse(self.res_id).with_prefetch(same)  # no query for each

    def _todo_name(self):
        return self.res_name or self.summary or self.activity_type_id.name or ""

    def _todo_customer(self):
        subject = self._todo_record()
        has_customer = subject is not self and hasattr(subject, "_todo_customer")
        if not has_customer or not subject.has_access("read"):
            return ""
        return subject._todo_customer()

    def _todo_why(self, todo):
        words = [self.summary or self.activity_type_id.name]
        if rows := self.delivery_ids:
            worst = rows._most_severe()
            words = [worst.recipient, worst.explanation]
        elif not self.summary:
            words.append(html2plaintext(self.note or "").split("\n")[0])
        if todo.others:
            words.insert(0, self.user_id.name)
        return ": ".join(filter(None, words))
