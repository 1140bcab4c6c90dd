"""When customers are reminded of contracts, invoices and quotes, and whether still."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools.reminders import WINDOW, Rule, Step


class BmasiaContract(models.Model):
    _inherit = "bmasia.contract"

    _reminder_rule = Rule(
        template="bmasia_crm.template_renewal_manual",
        steps=(Step("renewal", 0),),
        receives="receives_renewals",
        switch="renewal_reminders",
    )

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
                "Not sent: the renewal %s went out already.",
                self.renewal_id.display_name,
            )
        return False


class BmasiaInvoice(models.Model):
    _inherit = "bmasia.invoice"

    _reminder_rule = Rule(
        template="bmasia_crm.template_invoice_reminder",
        steps=(Step("overdue_7", 7), Step("overdue_14", 14), Step("overdue_21", 21)),
        receives="receives_invoices",
        switch="overdue_reminders",
    )

    @api.model
    def _reminder_candidates(self, company):
        days = [step.days for step in self._reminder_rule.steps]
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

    _reminder_rule = Rule(
        template="bmasia_crm.template_quote_reminder",
        steps=(Step("quote_3", 3), Step("quote_7", 7)),
        receives="receives_quotes",
        switch="quote_reminders",
    )

    _ended_states = frozenset({"rejected", "superseded", "expired"})

    @api.model
    def _reminder_candidates(self, company):
        days = [step.days for step in self._reminder_rule.steps]
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
        return self.company_id._local_day(self.sent_date)

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
