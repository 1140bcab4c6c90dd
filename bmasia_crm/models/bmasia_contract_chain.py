"""What becomes of a contract: active, cancelled, renewed, expired."""

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import money


class BmasiaContract(models.Model):
    _inherit = "bmasia.contract"

    def action_activate(self, signed_date=None):
        """The contract is signed. A renewal ends what it renews once it has started.

        :param signed_date: a date or ``YYYY-MM-DD``
        :returns: True
        :raises UserError: the contract was not sent, or the day is missing or to come
        """
        day = self._read_day(signed_date)
        for contract in self:
            if day and day > contract._today():
                raise UserError(self.env._("The contract cannot be signed tomorrow."))
            contract._activate(day)
        return True

    def _activate(self, day):
        if not (day or self.signed_date):
            raise UserError(self.env._("Say on which day the contract was signed."))
        if day:
            self.sudo().signed_date = day
        self._transition_to("active")
        self.renewed_from_id._settle_renewal()

    def action_cancel(self, reason):
        """End a contract before its time. What was invoiced stays.

        :param str reason: for the record
        :returns: True
        :raises UserError: no reason, or the contract has ended
        """
        reason = self._read_reason(
            reason, self.env._("Say why the contract is cancelled.")
        )
        self._transition_to("cancelled", cancel_reason=reason)
        return True

    def action_renew(self, price_change=0.0, prices=None):
        """Make the draft of the next term, once. It starts the day after this one.

        :param float price_change: percent on the recurring prices
        :param dict prices: new prices by line id, for lines that the percentage is not
            meant for, as ``{"12": 15000}``
        :returns: the action that opens the renewal
        :rtype: dict
        :raises UserError: the contract never ran, or a line is another contract's
        """
        self.ensure_one()
        self._check_argument("price_change", price_change, "number")
        self._check_argument("prices", prices, "figures")
        self.check_access("write")
        prices = self._renewal_prices(price_change, prices or {})
        if self.state not in ("active", "expired", "renewed"):
            raise UserError(self.env._("Only a contract that ran is renewed."))
        self._serialize()
        renewal = self.renewal_id or self._create_renewal(prices)
        return self._open(renewal)

    def action_ask_renewal(self):
        """Ask for the prices of the next term, or open its draft if there is one.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        if self.renewal_id:
            return self._open(self.renewal_id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bmasia_crm.bmasia_renew_wizard_action"
        )
        return {**action, "context": {"default_contract_id": self.id}}

    def _renewed_lines(self):
        """The lines that have a price in the next term."""
        return self._priced_lines().filtered(lambda line: line.kind == "recurring")

    def _renewal_prices(self, price_change, by_line):
        """New prices of the next term's lines, by line id."""
        if not -100 < price_change <= 1000:
            raise UserError(self.env._("A change of that many percent is a slip."))
        lines = self._renewed_lines()
        typed = {int(line_id): price for line_id, price in by_line.items()}
        if typed.keys() - set(lines.ids):
            raise UserError(
                self.env._("A new price is for no recurring line of this contract.")
            )
        return {line.id: line._changed_price(price_change) for line in lines} | typed

    def _renewal_values(self, prices):
        """What the contract of the next term has of its own."""
        return {
            "renewed_from_id": self.id,
            "start_date": self.end_date + timedelta(days=1),
            "line_ids": [
                Command.create(line._renewed_values(prices))
                for line in self.line_ids
                if line.display_type or line.kind == "recurring"
            ],
        }

    def _next_term(self):
        """The contract of the next term: its draft, else what *Renew* would make of
        today's prices, without making it.
        """
        if self.renewal_id:
            return self.renewal_id.with_env(self.env)
        (values,) = self.copy_data(self._renewal_values(self._renewal_prices(0, {})))
        return self.new(values)

    def _create_renewal(self, prices):
        self.check_access("create")
        made = self.sudo().copy(self._renewal_values(prices))
        renewal = made.with_env(self.env)
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
        """At the start of each day: renew whose successor starts, expire the rest."""
        for company in self.env["res.company"].sudo().search([]):
            today = company._today()
            own = [("company_id", "=", company.id)]
            started = [
                ("renewal_id.state", "=", "active"),
                ("renewal_id.start_date", "<=", today),
                ("state", "in", ("active", "expired")),
            ]
            self.search([*own, *started])._transition_each("renewed")
            over = [("state", "=", "active"), ("end_date", "<", today)]
            self.search([*own, *over])._transition_each("expired")

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

    def _days_left(self):
        """Days until the term ends; negative afterwards. For mail templates."""
        return (self.end_date - self._today()).days


class BmasiaContractLine(models.Model):
    _inherit = "bmasia.contract.line"

    def _renewed_values(self, prices):
        """This line for the next term. One-time lines are done with."""
        values = {**self._copied_values(), "date_from": False, "date_to": False}
        return {**values, "unit_price": prices.get(self.id, self.unit_price)}

    def _changed_price(self, percent):
        price = money.exact(self.unit_price) * (100 + money.exact(percent)) / 100
        return float(money.to_currency(price, self._rounding()))
