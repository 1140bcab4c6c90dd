"""What papers know about being reminded of: when, and whether still."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.reminders import RULE_OF, WINDOW


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
        by_paper = {reminder.res_id: reminder for reminder in open_ones}
        labels = dict(open_ones._fields["kind"]._description_selection(self.env))
        for paper in self:
            paper.reminder_id = by_paper.get(paper.id, False)
            paper.reminder_words = labels.get(paper.reminder_id.kind)

    def action_send_reminder(self):
        """Open the ready mail of the reminder that waits on this paper.

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

    @api.model
    def _reminder_candidates(self, company):
        """Papers of an entity that may be due for a reminder today."""
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
        """Open the renewal notice in the Send wizard, to be looked over and sent.

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
