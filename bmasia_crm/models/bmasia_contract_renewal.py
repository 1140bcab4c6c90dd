from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.document_flow.tools.reminders import Rule, Step
from odoo.addons.document_flow.tools.rows import serialize, window_of

from ..tools import schedule

NOTICE_DAYS = 60  # what the chains' master agreements ask for


class BmasiaContractRenewalMixin(models.AbstractModel):
    """The end of a contract's term, and the contract of the next one.

    Gives the window of notice and who ends soon, the renewal (asked for, made once,
    by the rule or from new prices), the renewal notice and when it is due, and the cron
    that renews whose successor starts and lets the others expire.

    The model provides ``start_date``, ``end_date``, ``annual_value``, ``line_ids`` and
    the states active, expired and renewed, whose transitions name
    ``_check_term_over`` and ``_check_successor_started``.

    A renewal is a contract of its own that starts the day after; the old one becomes
    renewed when that starts, not earlier.
    """

    _name = "bmasia.contract.renewal.mixin"
    _description = "Renewal of a Contract"

    _reminder_rule = Rule(
        switch="renewal_reminders",
        template="bmasia_crm.template_renewal_manual",
        receives="receives_renewals",
        steps=(Step("renewal", 0),),
    )

    notice_days = fields.Integer(
        default=NOTICE_DAYS,
        help="Before the end of the term; at most a third of a short one.",
    )
    notice_date = fields.Date(
        "Renewal Notice Sent", readonly=True, copy=False, help="Last sent on this day."
    )
    notice_from = fields.Date(
        "Notice Window Opens",
        compute="_compute_notice_from",
        store=True,
        index=True,
        help="The end of the term less the days of notice, at most a third of it.",
    )
    is_running = fields.Boolean(
        "Running Today",
        compute="_compute_is_running",
        search="_search_is_running",
        help="Signed, begun and not ended.",
    )
    is_ending = fields.Boolean("Ends Soon", compute="_compute_is_ending")
    renewed_from_id = fields.Many2one(
        "bmasia.contract", readonly=True, copy=False, index="btree_not_null"
    )
    renewal_ids = fields.One2many("bmasia.contract", "renewed_from_id", "Renewals")
    renewal_id = fields.Many2one(
        "bmasia.contract", "Renewal", compute="_compute_renewal_id", store=True
    )

    _renewed_from = models.UniqueIndex(
        "(renewed_from_id) WHERE renewed_from_id IS NOT NULL AND state != 'cancelled'",
        "This contract has a renewal already.",
    )

    @api.depends("start_date", "end_date", "notice_days")
    def _compute_notice_from(self):
        for contract in self:
            start, end = contract.start_date, contract.end_date
            days = contract.notice_days
            known = start and end
            contract.notice_from = known and schedule.notice_day(start, end, days)

    @api.depends("state", "start_date", "end_date", "company_id")
    def _compute_is_running(self):
        for contract in self:
            today, start = contract._today(), contract.start_date
            begun = contract.state == "active" and start and start <= today
            end = contract.end_date
            contract.is_running = bool(begun and end and end >= today)

    def _search_is_running(self, operator, value):
        if operator != "in":
            return NotImplemented
        running = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("start_date", "<=", company._today())
            & Domain("end_date", ">=", company._today())
            for company in self.env["res.company"].sudo().search([])
        )
        running &= Domain("state", "=", "active")
        return running if True in value else ~running

    @api.depends("state", "notice_from", "renewal_id.state")
    def _compute_is_ending(self):
        today = fields.Date.context_today(self)
        for contract in self:
            is_renewed = contract.renewal_id.state == "active"
            day = contract.notice_from
            runs = contract.state == "active" and day and not is_renewed
            contract.is_ending = bool(runs and day <= today)

    @api.depends("renewal_ids.state")
    def _compute_renewal_id(self):
        for contract in self:
            contract.renewal_id = contract.renewal_ids.filtered(
                lambda renewal: renewal.state != "cancelled"
            )[:1]

    @api.constrains("notice_days")
    def _check_notice_days(self):
        if any(contract.notice_days < 0 for contract in self):
            raise ValidationError(self.env._("The days of notice cannot be negative."))

    def _check_term_over(self):
        if self.end_date >= self._today():
            raise UserError(
                self.env._(
                    "%(contract)s runs until %(day)s.",
                    contract=self.display_name,
                    day=self.end_date,
                )
            )

    def _check_successor_started(self):
        renewal = self.renewal_id
        if renewal.state != "active" or renewal.start_date > self._today():
            raise UserError(
                self.env._("The renewal of %s has not started.", self.display_name)
            )

    # ------------------------------------------------------------
    # THE NEXT TERM
    # ------------------------------------------------------------

    def action_renew(self, price_change=None, prices=None):
        """Make the draft of the next term, once. It starts the day after this one.

        :param float price_change: percent on the recurring prices; default: what the
            contract's rule makes of them
        :param dict prices: new prices by line id, which win over both, as
            ``{"12": 15000}``
        :returns: the action that opens the renewal
        :rtype: dict
        :raises UserError: the contract never ran, or a line is another contract's
        """
        self.ensure_one()
        self._check_argument("price_change", price_change, "number")
        self._check_argument("prices", prices, "figures")
        self.check_access("write")
        by_rule = price_change is None or price_change is False
        prices = self._renewal_prices(None if by_rule else price_change, prices)
        if self.state not in ("active", "expired", "renewed"):
            raise UserError(self.env._("Only a contract that ran is renewed."))
        serialize(self)
        renewal = self.renewal_id or self._create_renewal(prices)
        return window_of(renewal)

    def action_ask_renewal(self):
        """Ask for the prices of the next term, or open its draft if there is one.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        if self.renewal_id:
            return window_of(self.renewal_id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bmasia_crm.bmasia_renew_wizard_action"
        )
        return {**action, "context": {"default_contract_id": self.id}}

    def _renewal_values(self, prices):
        """What the contract of the next term has of its own."""
        return {
            "renewed_from_id": self.id,
            "start_date": self.end_date + timedelta(days=1),
            "line_ids": [
                Command.create(line._renewed_values(prices))
                for line in self.service_line_ids
                if line.display_type or line in self._renewed_lines()
            ],
        }

    def _next_term(self):
        """The contract of the next term: its draft, else what *Renew* would make by the
        rule, without making it.
        """
        if self.renewal_id:
            return self.renewal_id.with_env(self.env)
        (values,) = self.copy_data(self._renewal_values(self._renewal_prices()))
        return self.new(values)

    def _create_renewal(self, prices):
        self.check_access("create")
        made = self.sudo().copy(self._renewal_values(prices))
        renewal = made.with_env(self.env)
        self.sudo().write({"renewal_drafted_for": self.end_date, "lost_reason": False})
        self.message_post(body=self.env._("Renewal: %s", renewal._get_html_link()))
        return renewal

    def _settle_renewal(self):
        """Contracts whose successor runs are renewed, not earlier."""
        for contract in self:
            renewal = contract.renewal_id
            started = renewal.state == "active" and renewal.start_date <= self._today()
            if started and contract._has_transition("renewed"):
                contract._transition_to("renewed")

    @api.model
    def _cron_follow_dates(self):
        """At the start of each day: renew whose successor starts, expire the rest.

        Where time is over, Odoo calls this again at once.
        """
        for company in self.env["res.company"].sudo().search([]):
            if not self._end_of_day(company):
                return
            self._follow_day(company)
            today = company._today()
            own = [("company_id", "=", company.id)]
            started = [
                ("renewal_id.state", "=", "active"),
                ("renewal_id.start_date", "<=", today),
                ("state", "in", ("active", "expired")),
            ]
            if not self.search([*own, *started])._transition_each("renewed"):
                return
            over = [("state", "=", "active"), ("end_date", "<", today)]
            if not self.search([*own, *over])._transition_each("expired"):
                return

    # ------------------------------------------------------------
    # THE NOTICE
    # ------------------------------------------------------------

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

    def send_renewal_notice(self, recipients=None, cc=None, idempotency_key=None):
        """Remind the customer that the term ends, from the acting user's own mailbox.

        :param list[str] recipients: addresses; default: who receives renewal notices
        :param list[str] cc: addresses
        :param str idempotency_key: a second call with the same key sends nothing
        :returns: as ``send_email``
        :rtype: dict
        :raises UserError: the contract is not running
        """
        self.ensure_one()
        self.check_access("write")
        self._check_can_be_noticed()
        letter = {"to": recipients, "cc": cc}
        return self._send_notice(
            "bmasia_crm.template_renewal_manual",
            "receives_renewals",
            letter,
            idempotency_key,
        )

    def _follow_notice(self, moment):
        self.sudo().notice_date = self.company_id._local_day(moment)
        return super()._follow_notice(moment)

    def _notice_days(self):
        """The days of notice that count, in a short term too."""
        return (self.end_date - self.notice_from).days

    def _days_left(self):
        """Days until the term ends; negative afterwards. For mail templates."""
        return (self.end_date - self._today()).days

    # ------------------------------------------------------------
    # REMINDERS
    # ------------------------------------------------------------

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
        """Running out, no renewal on its way, not lost, and not told of it in this
        window.
        """
        renewing = self.renewal_id and self.renewal_id.state != "draft"
        told = self.notice_date and self.notice_date >= self.notice_from
        ends = self.state == "active" and not self.lost_reason
        return ends and not renewing and not told

    def _reminder_facts(self):
        return {
            "end": str(self.end_date),
            "value": self._format_money(self.annual_value),
            "next": self._new_prices_words(),
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
        if self.lost_reason:
            return self.env._("Not sent: the customer does not renew.")
        return False
