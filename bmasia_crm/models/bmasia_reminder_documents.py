"""What documents know about being reminded of: when, and whether still."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import answers, names
from ..tools.reminders import RULE_OF, WINDOW

# Variables of a mail that hold what somebody typed for a contact or a customer.
TYPED_NAMES = ("company_name", "trade_name", "property_name")


class BmasiaSendableMixin(models.AbstractModel):
    _inherit = "bmasia.sendable.mixin"

    reminder_id = fields.Many2one("bmasia.reminder", compute="_compute_reminder_id")
    reminder_words = fields.Char("Reminder Of", compute="_compute_reminder_id")

    def _compute_reminder_id(self):
        open_ones = self.env["bmasia.reminder"].search(
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

    def action_send_reminder(self):
        """Open the ready mail of the reminder that waits on this document.

        :returns: an action
        :rtype: dict
        :raises UserError: none waits
        """
        self.ensure_one()
        if not self.reminder_id:
            raise UserError(self.env._("No reminder waits here. Reload."))
        return self.reminder_id.action_look_over()

    def action_dismiss_reminder(self):
        """The customer need not be reminded of this.

        :returns: True
        """
        return self.reminder_id.action_dismiss()

    def _open_reminder(self, reminder):
        """The ready mail, in the Send wizard."""
        self.check_access("write")
        rule = RULE_OF[self._name]
        return self.env["bmasia.send.wizard"]._open_for(
            self, rule.template, rule.receives, reminder
        )

    # ------------------------------------------------------------
    # A REMINDER LOOKS AGAIN BEFORE IT LEAVES
    # ------------------------------------------------------------

    def _reminder_purpose(self, reminder):
        """Of a mail that reminds of this document; see ``_mail_purpose``.

        :param reminder: the ``bmasia.reminder`` behind it, or None
        """
        return {
            "document_purpose": "reminder",
            "reminder_id": reminder.id if reminder else False,
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
        reminder = mail.reminder_id
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
        return False

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
        return self.browse()

    def _reminder_day(self):
        """The day that the steps of a reminder count from."""
        raise NotImplementedError

    def _is_reminder_due(self):
        """Whether the customer still owes us an answer."""
        return False

    def _local_day(self, moment):
        """The day of a moment at the billing entity's desk."""
        zone = self.company_id.sudo().time_zone
        return fields.Datetime.context_timestamp(
            self.with_context(tz=zone), moment
        ).date()


class BmasiaContract(models.Model):
    _inherit = "bmasia.contract"

    notice_from = fields.Date(
        "Notice Window Opens",
        compute="_compute_notice_from",
        store=True,
        index=True,
        help="The end of the term less the days of notice.",
    )

    @api.depends("end_date", "notice_days")
    def _compute_notice_from(self):
        for contract in self:
            end = contract.end_date
            contract.notice_from = end and end - timedelta(days=contract.notice_days)

    def action_renewal_notice(self):
        """Open the renewal notice in the Send wizard, for review.

        :returns: an action
        :rtype: dict
        :raises UserError: the contract is not running
        """
        self.ensure_one()
        self._check_can_be_noticed()
        return self._open_reminder(self.reminder_id)

    def _check_can_be_noticed(self):
        if self.state not in ("active", "expired"):
            raise UserError(self.env._("Only a running contract is renewed."))

    @api.model
    def _reminder_candidates(self, company):
        today = company._today()
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("notice_from", "<=", today),
                ("end_date", ">=", today),
            ]
        )
        return found.filtered(lambda contract: contract._is_reminder_due())

    def _reminder_day(self):
        return self.notice_from

    def _is_reminder_due(self):
        """Running out, no renewal on its way, and not told of it in this window."""
        renewing = self.renewal_id and self.renewal_id.state != "draft"
        told = self.notice_date and self.notice_date >= self.notice_from
        return self.state == "active" and not renewing and not told

    def _reminder_facts(self):
        return {
            "end": str(self.end_date),
            "value": self._format_money(self.annual_value),
            "told": str(self.notice_date),
        }

    def _why_not_reminded(self):
        if self.state not in ("active", "expired"):
            return self._not_sent_because_it_is(self.state)
        if self.renewal_id and self.renewal_id.state not in ("draft", "cancelled"):
            return self.env._(
                "Not sent: the renewal %s was sent already.",
                self.renewal_id.display_name,
            )
        return False


class BmasiaInvoice(models.Model):
    _inherit = "bmasia.invoice"

    @api.model
    def _reminder_candidates(self, company):
        days = [step for _kind, step in RULE_OF[self._name].steps]
        today = company._today()
        return self.search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", "invoice"),
                ("state", "=", "issued"),
                ("amount_due", ">", 0),
                ("due_date", "<=", today - timedelta(days=days[0])),
                ("due_date", ">=", today - timedelta(days=days[-1] + WINDOW)),
            ]
        )

    def _reminder_day(self):
        return self.due_date

    def _is_reminder_due(self):
        return self.state == "issued" and self.is_overdue

    def _reminder_facts(self):
        """The rest that is due: after a part payment, the mail would name too much."""
        return {"due": self._format_money(self.amount_due), "date": str(self.due_date)}

    def _why_not_reminded(self):
        if self.state != "issued":
            return self._not_sent_because_it_is(self.state)
        if not self.amount_due:
            return self.env._("Not sent: nothing of %s is due.", self.display_name)
        return False


class BmasiaQuote(models.Model):
    _inherit = "bmasia.quote"

    _ended_states = frozenset({"rejected", "superseded", "expired"})

    @api.model
    def _reminder_candidates(self, company):
        days = [step for _kind, step in RULE_OF[self._name].steps]
        now = fields.Datetime.now()
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sent"),
                ("sent_date", "<=", now - timedelta(days=days[0] - 1)),
                ("sent_date", ">=", now - timedelta(days=days[-1] + WINDOW)),
            ]
        )
        return found.filtered(lambda quote: quote._is_reminder_due())

    def _reminder_day(self):
        return self._local_day(self.sent_date)

    def _is_reminder_due(self):
        still = not self.valid_until or self.valid_until >= self._today()
        return self.state == "sent" and still

    def _reminder_facts(self):
        return {
            "until": str(self.valid_until),
            "total": self._format_money(self.amount_total),
        }

    def _why_not_reminded(self):
        if self.state != "sent":
            return self._not_sent_because_it_is(self.state)
        if not self._is_reminder_due():
            return self.env._("Not sent: %s no longer holds.", self.display_name)
        return False
