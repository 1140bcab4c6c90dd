from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import answers, names
from ..tools.reminders import WINDOW, Rule

AWAITED = "sent"  # the state in which the customer still owes us an answer
# Variables of a mail that hold what somebody typed for a contact or a customer.
TYPED_NAMES = ("company_name", "trade_name", "property_name")


class DocumentRemindedMixin(models.AbstractModel):
    """A document that a customer is reminded of, once per step.

    Gives: the reminder that waits on it, with its buttons; a reminder that looks again
    before it leaves.

    A model gives its rule (``_reminder_rule``): template, recipients, steps in days.
    Without one, nobody is reminded. As it stands, the customer owes an answer to what
    is ``sent``, and the steps count from the day of sending; a model for which that is
    not so says which documents may be due today (``_reminder_candidates``), the day
    that the steps count from (``_reminder_day``), whether the customer still owes an
    answer (``_is_reminder_due``), and what has made a reminder pointless
    (``_why_not_reminded``). It may name files that go along (``_reminder_files``).
    Managers change the days and the words of steps (``document.reminder.step``).

    Each step's kind is added to ``document.reminder`` with its label.

    Example::

        _reminder_rule = Rule(
            template="my_addon.template_reminder",
            steps=(Step("unsigned_7", 7),),
        )

    How it works: a cron makes a ``document.reminder`` as an activity with a ready mail.
    Just before its mail leaves, in the sending transaction, the document is asked
    whether that is still true.
    """

    _name = "document.reminded.mixin"
    _description = "Document With Reminders"
    _inherit = ["document.mailed.mixin", "document.todo.mixin", "mail.activity.mixin"]

    # Set by the model, see above.
    _reminder_rule: Rule | None = None

    # Set by the model: the field with what is at stake for us, shown on My Day.
    _reminder_stake = ""

    reminder_id = fields.Many2one(
        "document.reminder",
        compute="_compute_reminder_id",
        search="_search_reminder_id",
    )
    reminder_words = fields.Char("Reminder Of", compute="_compute_reminder_id")

    def _compute_reminder_id(self):
        open_ones = self.env["document.reminder"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("state", "=", "open"),
            ],
            order="id",
        )
        by_document = {reminder.res_id: reminder for reminder in open_ones}
        labels = dict(open_ones._fields["kind"]._description_selection(self.env))
        for document in self:
            document.reminder_id = by_document.get(document.id, False)
            document.reminder_words = labels.get(document.reminder_id.kind)

    def _search_reminder_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        reminders = self.env["document.reminder"].sudo()
        mine = [("res_model", "=", self._name), ("state", "=", "open")]
        named = [each for each in value if each]
        found = Domain.FALSE
        if named:
            query = reminders._search([*mine, ("id", "in", named)])
            found = Domain("id", "in", query.subselect("res_id"))
        if len(named) < len(value):
            found |= Domain("id", "not in", reminders._search(mine).subselect("res_id"))
        return found

    def _reminder_stakes(self):
        """What is at stake for us in each of these documents.

        :rtype: list[tuple[float, res.currency]]
        """
        if not self._reminder_stake:
            return [(0.0, self.env["res.currency"])] * len(self)
        return [(each[self._reminder_stake], each.currency_id) for each in self]

    def action_send_reminder(self):
        """Open the ready mail of the reminder that waits on this document.

        :returns: an action
        :rtype: dict
        :raises UserError: none waits
        """
        self.ensure_one()
        if not self.reminder_id:
            raise UserError(self.env._("No reminder waits here. Reload."))
        return self.reminder_id.action_review()

    def action_dismiss_reminder(self):
        """The customer need not be reminded of this.

        :returns: True
        """
        return self.reminder_id.action_dismiss()

    def _open_reminder(self, reminder):
        """The ready mail, in the Send wizard."""
        self.check_access("write")
        return self.env["document.send.wizard"]._open_for(
            self,
            self._reminder_template(reminder),
            self._reminder_rule.receives,
            reminder,
            self._reminder_files(),
        )

    def _reminder_templates(self):
        """The templates of all steps, as :meth:`_reminder_template` names them.

        :rtype: set[str]
        """
        rule, steps = self._reminder_rule, self.env["document.reminder.step"]
        if not rule:
            return set()
        named = {steps._template_of(rule, s.kind, self.company_id) for s in rule.steps}
        return named | {rule.template}

    def _reminder_template(self, reminder):
        """The template of a reminder: of its step, else of the rule."""
        steps = self.env["document.reminder.step"]
        return steps._template_of(
            self._reminder_rule, reminder.kind or "", self.company_id
        )

    def _reminder_files(self):
        """What goes along with a reminder.

        :rtype: ir.attachment
        """
        return self.env["ir.attachment"]

    def _reminder_name(self):
        """What the reminder is about, in lists."""
        return self.display_name

    # ------------------------------------------------------------
    # A REMINDER LOOKS AGAIN BEFORE IT LEAVES
    # ------------------------------------------------------------

    def _reminder_purpose(self, reminder):
        """Of a mail that reminds of this document; see ``_mail_purpose``.

        :param reminder: the ``document.reminder`` behind it, or None
        """
        return {
            "document_purpose": "reminder",
            "document_reminder_id": reminder.id if reminder else False,
            "reminder_facts": self._reminder_facts(),
        }

    def _check_no_reminder_waits(self, reminder):
        """One reminder at a time waits for its turn.

        :raises UserError: this one, or another of this document, waits already
        """
        if reminder:
            reminder._check_is_open()
        waiting = [
            ("model", "=", self._name),
            ("res_id", "=", self.id),
            ("state", "in", [*answers.WAITING]),
            ("mail_id.document_purpose", "=", "reminder"),
        ]
        if self.env["mail.delivery"].sudo().search_count(waiting, limit=1):
            raise UserError(
                self.env._(
                    "A reminder of %s is waiting to be sent already. Cancel it "
                    "first if another one should be sent instead.",
                    self.display_name,
                )
            )

    def _check_still_reminds(self, mail):
        """Refuse a reminder that is no longer true. In the sending transaction.

        :param mail: the ``mail.mail`` that is about to leave
        :raises UserError: why not, for the mail's row and the reminder
        """
        reminder = mail.document_reminder_id
        begun = any(row.state in answers.GONE for row in mail.delivery_ids)
        if reminder.state == "dismissed":
            raise UserError(self.env._("Not sent: the reminder was dismissed."))
        if reminder.is_automatic:
            reminder.user_id._check_automatic_reminders()
        if why := self._why_not_reminded():
            raise UserError(why)
        if reminder and not begun and not self._is_reminder_due():
            raise UserError(reminder._no_longer_due())
        said, now = dict(mail.reminder_facts or {}), self._reminder_facts()
        if begun:  # by this very mail, to the first of its recipients
            said.pop("told", None)
            now.pop("told", None)
        if said and said != now:
            raise UserError(
                self.env._(
                    "Not sent: what it says of %s has changed since it was written.",
                    self.display_name,
                )
            )

    def _reminder_facts(self):
        """What a reminder says of this document, JSON-able, to be compared later.

        :returns: dict; ``told`` is what the mail itself changes when it leaves
        """
        return {}

    def _why_not_reminded(self):
        """What has made a reminder of this document pointless, as a sentence for the
        mail's row, or False.
        """
        if self._is_reminder_due() or "state" not in self._fields:
            return False
        return self._not_sent_because_it_is(self.state)

    def _not_sent_because_it_is(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "Not sent: %(document)s is %(state)s.",
            document=self.display_name,
            state=labels[state].lower(),
        )

    def _check_names_are_plain(self, receives):
        """A mail that nobody reviews repeats no text that somebody typed as a name.

        :param str receives: the field that chooses its recipients
        :raises UserError: a name reads like more than that
        """
        people = self._default_recipients(receives) | self.partner_id
        values = self._mail_variables()
        typed = [*people.sudo().mapped("name"), *map(values.get, TYPED_NAMES)]
        for name in filter(None, typed):
            if not names.is_plain(name):
                raise UserError(
                    self.env._(
                        "“%s” reads like more than a name: review the e-mail "
                        "before it is sent.",
                        names.one_line(name),
                    )
                )

    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    @api.model
    def _reminder_candidates(self, company):
        """Documents of an entity that may be due for a reminder today."""
        if "state" not in self._fields:
            return self.browse()
        days = [step.days for step in self._reminder_steps(company)]
        if not days:
            return self.browse()
        now = fields.Datetime.now()
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", AWAITED),
                ("sent_date", "<=", now - timedelta(days=days[0] - 1)),
                ("sent_date", ">=", now - timedelta(days=days[-1] + WINDOW)),
            ]
        )
        return found.filtered(lambda document: document._is_reminder_due())

    @api.model
    def _reminder_steps(self, company):
        """The steps of the rule, with the days that managers have chosen.

        :param company: ``res.company``
        :returns: list of ``Step``
        """
        steps = self.env["document.reminder.step"]
        return steps._steps_of(self._reminder_rule, company)

    def _reminder_day(self):
        """The day that the steps of a reminder count from."""
        return self.company_id._local_day(self.sent_date)

    def _reminder_age(self):
        """Days that count for the steps."""
        return (self._today() - self._reminder_day()).days

    def _is_reminder_due(self):
        """Whether the customer still owes us an answer."""
        return "state" in self._fields and self.state == AWAITED
