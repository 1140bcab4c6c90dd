import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import LazyTranslate

from ..tools.reminders import step_of
from ..tools.todo import Todo
from .document_todo_mixin import WORK

_logger = logging.getLogger(__name__)
_lt = LazyTranslate(__name__)

MANAGER = "document_flow.group_manager"
UNDONE = ("open", "queued")
STOPPED = (
    "document_flow.reminders_stopped"  # system parameter: nothing is made anywhere
)


class DocumentReminder(models.Model):
    """Something that a customer should be reminded of, once.

    Made by a cron, as an activity with a ready mail for the person responsible, who
    reviews and sends it from their own account. The row is the flag that it was made: a
    cron that slept makes it late, and once. Nothing is sent automatically unless a
    manager switched that kind on for the billing entity.
    """

    _name = "document.reminder"
    _description = "Reminder"
    _inherit = ["document.todo.mixin", "document.entity.mixin"]
    _order = "id desc"
    _rec_name = "document_name"

    _todos = (
        Todo(
            "follow_ups",
            _lt("Follow-ups"),
            WORK,
            domain="_todo_open",
            button=_lt("Review and send"),
            method="action_review",
            day="create_date",
            when=_lt("Since"),
        ),
    )

    # Each kind of document adds its own.
    kind = fields.Selection([], required=True, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True
    )
    cycle = fields.Date(
        required=True,
        readonly=True,
        help="The document's own day that this counts from: a new term, a new "
        "reminder.",
    )
    document_name = fields.Char("Number", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", "Billing Entity", readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True, index=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("queued", "Sending"),
            ("sent", "Sent"),
            ("dismissed", "Dismissed"),
            ("settled", "Resolved"),
            ("skipped", "Skipped"),
            ("trial", "Dry Run"),
        ],
        "Status",
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    is_automatic = fields.Boolean("Automatic", readonly=True)
    error = fields.Char("Reason", readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    _once = models.Constraint(
        "unique(res_model, res_id, kind, cycle)", "This reminder was created already."
    )

    # ------------------------------------------------------------
    # WHAT PEOPLE DO
    # ------------------------------------------------------------

    def action_review(self):
        """Open the ready mail in the Send wizard.

        :returns: an action
        :rtype: dict
        :raises UserError: it was sent, waits to leave, or is settled
        """
        self.ensure_one()
        self._check_is_open()
        return self._document()._open_reminder(self)

    def _check_is_open(self):
        """A reminder that waits is not made, or sent, a second time."""
        if self.state == "queued":
            raise UserError(
                self.env._(
                    "This reminder is waiting to be sent already. Dismiss it first "
                    "if it should read differently."
                )
            )
        if self.state != "open":
            raise UserError(self.env._("This reminder was handled already. Reload."))

    def action_open_document(self):
        """Open the document that this is about.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [[False, "form"]],
        }

    def action_dismiss(self):
        """The customer need not be reminded of this; a mail that waits is withdrawn.

        :returns: True
        :raises UserError: the mail is leaving right now
        """
        for reminder in self.filtered(lambda row: row.state in UNDONE):
            document = reminder._document()
            document.check_access("write")
            if reminder.state == "queued":
                said = self.env._("Not sent: the reminder was dismissed.")
                if not reminder._withdraw("dismissed", said):
                    raise UserError(
                        self.env._("The reminder is being sent right now. Reload.")
                    )
                document._message_log(body=said)
            reminder._close("dismissed")
        return True

    # ------------------------------------------------------------
    # MY DAY
    # ------------------------------------------------------------

    @api.model
    def _todo_open(self):
        return [("state", "=", "open")]

    def _todo_prepare(self, todo):
        for model, reminders in self.grouped("res_model").items():
            documents = self.env[model].browse(reminders.mapped("res_id"))
            documents._reminder_stakes()

    def _todo_name(self):
        return self.document_name or ""

    def _todo_record(self):
        return self._document()

    def _todo_amount(self, todo):
        (stake,) = self._document()._reminder_stakes()
        return stake

    def _todo_why(self, todo):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return labels[self.kind]

    # ------------------------------------------------------------
    # THE CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_draft(self):
        """Make what is due, each once; one that fails never stops the others."""
        if self.env["ir.config_parameter"].sudo().get_param(STOPPED):
            _logger.info("reminders are stopped by %s", STOPPED)
            return
        if not self._withdraw_settled():
            return
        for company in self.env["res.company"].sudo().search([]):
            self._forget_trials(company)
            for kind in self.env["document.mixin"]._kinds().values():
                rule = kind._reminder_rule
                if self._how_reminded(company, rule) != "off":
                    documents = self._to_draft(kind._reminder_candidates(company))
                    if not self._draft_each(rule, documents):
                        return

    def _forget_trials(self, company):
        """A dry run says what a reminder of today would be; those of today stay, for a
        run that goes on where the time of the last one was over.
        """
        trials = self.search([("company_id", "=", company.id), ("state", "=", "trial")])
        if company.reminder_mode == "dry_run":
            today = company._today()
            trials = trials.filtered(
                lambda row: company._local_day(row.create_date) < today
            )
        trials.unlink()

    def _how_reminded(self, company, rule):
        """How an entity reminds by a rule: ``off``, ``draft`` or ``auto``."""
        if not rule or company.reminder_mode == "off":
            return "off"
        return company[rule.switch] if rule.switch else "draft"

    def _to_draft(self, documents):
        """Those with a step that is reached and not made, by one query for all: else a
        run whose time is short looks at what is done, and never comes to the end.
        """
        domain = [("res_model", "=", documents._name), ("res_id", "in", documents.ids)]
        rows = self.search_fetch(domain, ["res_id", "kind", "cycle", "state"])
        known = {(row.res_id, row.kind, row.cycle) for row in rows}
        waiting = set(rows.filtered(lambda row: row.state == "queued").mapped("res_id"))
        steps = {
            company: documents._reminder_steps(company)
            for company in documents.company_id
        }

        def is_new(document):
            reached = steps[document.company_id]
            kind, _passed = step_of(reached, document._reminder_age())
            key = (document.id, kind, document._reminder_day())
            return kind and key not in known and document.id not in waiting

        return documents.filtered(is_new)

    def _draft_each(self, rule, documents):
        """
        :returns: False when the job's time was over before all had been looked at
        """
        return self.env["ir.cron"]._each(
            lambda document: self._draft(rule, document),
            documents,
            "no reminder",
            failed=self._tell_manager,
        )

    def _draft(self, rule, document):
        cycle = document._reminder_day()
        steps = document._reminder_steps(document.company_id)
        kind, passed = step_of(steps, document._reminder_age())
        rows = self._of(document)
        known = set(rows.filtered(lambda row: row.cycle == cycle).mapped("kind"))
        if not kind or kind in known or "queued" in rows.mapped("state"):
            return
        if document.company_id.reminder_mode == "dry_run":
            self.create(self._values(document, kind, cycle, "trial"))
            return
        for other in set(passed) - known:
            self.create(self._values(document, other, cycle, "skipped"))
        self._of(document).filtered(lambda row: row.state == "open")._close("skipped")
        reminder = self.create(self._values(document, kind, cycle, "open"))
        how = self._how_reminded(document.company_id, rule)
        if how != "auto" or not reminder._leave():
            reminder._ask()

    def _of(self, document):
        return self.search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)]
        )

    def _values(self, document, kind, cycle, state):
        return {
            "kind": kind,
            "res_model": document._name,
            "res_id": document.id,
            "cycle": cycle,
            "document_name": document._reminder_name(),
            "partner_id": document._customer_partner().id,
            "company_id": document.company_id.id,
            "user_id": self._responsible(document).id,
            "state": state,
        }

    def _responsible(self, document):
        """Who looks after this document, its customer, or all; of its entity."""
        group = self.env.ref(MANAGER).sudo()
        people = document._responsible_people() | group.user_ids.sorted("id")
        own = people.filtered(lambda user: document.company_id in user.company_ids)
        return own.filtered(lambda user: user.active and user._is_internal())[:1]

    def _leave(self):
        """Queue this mail in the name of who is responsible, if they let it.

        :returns: False when that is not possible; ``error`` says why
        """
        rule = self.env[self.res_model]._reminder_rule
        self.is_automatic = True
        try:
            with self.env.cr.savepoint():
                self.user_id._check_automatic_reminders()
                document = self._document().with_user(self.user_id)
                document._check_names_are_plain(rule.receives)
                document, _request = document._intend_notice(
                    document._reminder_template(self),
                    rule.receives,
                    attachment_ids=document._reminder_files().ids,
                    idempotency_key=f"reminder-{self.id}-{self._requests_made()}",
                    reminder=self,
                )
                document._leave_to_queue()
        except (UserError, AccessError, ValidationError) as error:
            self.write({"error": str(error), "is_automatic": False, "state": "open"})
            return False
        return True

    def _requests_made(self):
        """How often this was queued: each time is a mail of its own."""
        requests = self.env["document.send.request"].sudo()
        return requests.search_count([("reminder_id", "=", self.id)])

    def _await_mail(self):
        """Its mail is in the queue: nobody needs to look at it, or makes another."""
        self._close("queued")
        self.sudo().error = False

    def _ask(self):
        """An activity for who is responsible, with the way to the ready mail."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        link = Markup('<a href="/odoo/document-reminders/%s">%s</a>') % (
            self.id,
            self.env._("Review and send it"),
        )
        # no e-mail for each of them: My Day has all, and the daily e-mail
        document = self._document().with_context(mail_activity_quick_update=True)
        self.activity_id = document.activity_schedule(
            "mail.mail_activity_data_email",
            summary=labels[self.kind],
            note=Markup("<p>%s</p>") % link,
            user_id=self.user_id.id,
        )

    def _tell_manager(self, document):
        """What fails at night is seen by somebody in the morning, once."""
        summary = self.env._("The reminder could not be created: see the log")
        if document.activity_ids.filtered(lambda row: row.summary == summary):
            return
        group = self.env.ref(MANAGER).sudo()
        people = group.user_ids & document.company_id.user_ids.filtered("active")
        people = people.sorted("id", reverse=True)
        document.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            user_id=people[:1].id,
        )

    # ------------------------------------------------------------
    # WHAT BECOMES OF IT
    # ------------------------------------------------------------

    def _document(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def _close(self, state):
        self.sudo().activity_id.unlink()
        self.sudo().write({"state": state})

    def _last_deliveries(self):
        """The rows of the mail that was queued last."""
        self.ensure_one()
        requests = self.env["document.send.request"].sudo()
        last = requests.search(
            [("reminder_id", "=", self.id)], order="id desc", limit=1
        )
        return last._deliveries().sudo() if last else self.env["mail.delivery"].sudo()

    def _follow_mail(self):
        """Its mail has left, or is back on somebody's desk."""
        for reminder in self.sudo():
            rows = reminder._last_deliveries()
            states = set(rows.mapped("state"))
            if states & {"sent", "unknown"}:
                if reminder.state != "sent":
                    reminder._close("sent")
            elif states and states <= {"refused", "cancelled"}:
                reminder._come_back(rows)

    def _come_back(self, rows):
        """Nobody got it: it is settled, made anew, or somebody's to look at.

        :param rows: its deliveries, refused or cancelled
        """
        if self.state not in UNDONE:
            return  # dismissed, or resolved
        held = rows.filtered(lambda row: row.reason == "obstacle")[:1]
        why = held.error
        document = self._document().exists()
        if not document or not document._is_reminder_due():
            self._close("settled")
            self.error = why
            return
        self.write({"state": "open", "error": why})
        if held and self.is_automatic and self._leave():
            return
        self.is_automatic = False
        if not self.activity_id:
            self._ask()

    def _withdraw(self, state, why):
        """Cancel sending the waiting mail.

        :param str state: the new one of this reminder
        :param str why: told on the mail's rows
        :returns: False when a mail server has it in hands already
        """
        rows = self._last_deliveries()
        waiting = rows.filtered(lambda row: row.state in ("queued", "deferred"))
        if "sending" in rows.mapped("state"):
            return False
        self._close(state)  # first: its mail must not bring it back
        self.sudo().error = why
        waiting.mail_id.cancel()
        waiting.write({"reason": "obstacle", "error": why})
        waiting._settle()
        return True

    def _withdraw_settled(self):
        """The customer answered or paid: nobody needs to be reminded any more.

        :returns: False when the job's time was over before all were settled
        """
        undone = self.search([("state", "in", UNDONE)])
        return self.env["ir.cron"]._each(
            lambda reminder: reminder._settle_undue(),
            undone._undue(),
            "not settled",
        )

    def _undone(self):
        """Those that are not sent, dismissed or settled."""
        return self.filtered(lambda reminder: reminder.state in UNDONE)

    def _undue(self):
        """Those whose document is gone, or asks for no reminder any more."""
        due = self.browse()
        for model, reminders in self.grouped("res_model").items():
            documents = self.env[model].browse(reminders.mapped("res_id")).exists()
            ids = documents.filtered(lambda each: each._is_reminder_due())._ids
            due |= reminders.filtered(lambda row, ids=set(ids): row.res_id in ids)
        return self - due

    def _settle_undue(self):
        """Close those that nobody needs any more; their mail is not sent."""
        for reminder in self._undone()._undue():
            if reminder.state == "open":
                reminder._close("settled")
            else:
                document = reminder._document().exists()
                why = document and document._why_not_reminded()
                reminder._withdraw("settled", why or self._no_longer_due())

    @api.model
    def _no_longer_due(self):
        return self.env._("Not sent: nobody needs to be reminded of this any more.")
