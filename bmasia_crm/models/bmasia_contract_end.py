"""The end of a contract before its time, with all that hangs on it."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.document_flow.tools.rows import serialize

from ..tools import money

OPEN = ("draft", "sent")


class BmasiaContractEndMixin(models.AbstractModel):
    """The end of a contract before its time, today or on a day to come.

    Gives the end and all that follows from it, what that would be, in words, before it
    is confirmed, taking back an end to come, and the cron that ends those whose day
    has passed.

    The model inherits ``bmasia.contract.renewal.mixin``,
    ``bmasia.contract.amendment.mixin`` and ``bmasia.contract.changes.mixin`` after this
    one, whose transitions, reminders and renewals it holds back.

    How it works: the last day is written and the schedule follows, as with any change.
    What is not signed yet, the next term and amendments, is dropped at once; mails that
    wait and reminders are withdrawn.
    """

    _name = "bmasia.contract.end.mixin"
    _description = "End of a Contract Before Its Time"

    # ------------------------------------------------------------
    # ENDING IT
    # ------------------------------------------------------------

    def action_cancel(self, reason, last_day=None, credit=True):
        """End a contract before its time, with all that hangs on it.

        Of a contract that runs: what is served until the last day and was not billed
        stays to bill; what was billed of later days gets the draft of a credit note;
        drafts and mails that wait are withdrawn, a renewal and amendments that are not
        signed are dropped, reminders end. A last day to come is kept until then, and
        may be taken back.

        :param str reason: for the record
        :param last_day: the last day of service, today or to come; default today
        :param bool credit: give back what was billed of later days; where that is not
            meant, an end before the last billed day is refused
        :returns: True
        :raises UserError: no reason, not a day of the term, the contract has ended, or
            later days are billed and not to be credited
        """
        reason = self._read_reason(
            reason, self.env._("Say why the contract is cancelled.")
        )
        day = self._read_day(last_day)
        self._check_argument("credit", credit, "flag")
        for contract in self:
            if contract.state == "active":
                contract._end(reason, day or contract._today(), credit)
            else:
                contract._transition_to("cancelled", cancel_reason=reason)
        return True

    def _end(self, reason, day, credit):
        self.ensure_one()
        self.check_access("write")
        self._check_may_transition(self._transitions["active", "cancelled"])
        serialize(self)
        self._check_can_end(day, credit)
        self._drop_renewal(reason)
        self.sudo().write({"last_day": day, "cancel_reason": reason})
        self._follow_change()
        if day <= self._today():
            self._transition_to("cancelled")
        else:
            self._end_reminders()
            self.message_post(
                body=self.env._(
                    "Ends on %(day)s: %(reason)s",
                    day=self._say_day(day),
                    reason=reason,
                )
            )

    def _check_can_end(self, day, credit):
        if not self._today() <= day <= self.end_date:
            raise UserError(
                self.env._(
                    "The last day of service must be between today and %s.",
                    self._say_day(self.end_date),
                )
            )
        credits = self._would_credit(last_day=day)
        if credits and not credit:
            raise UserError(
                self.env._(
                    "%(invoice)s has billed later days. Credit them, or let the "
                    "contract end on %(day)s.",
                    invoice=credits[0].display_name,
                    day=self._say_day(self._billed_until()),
                )
            )

    def _would_credit(self, **values):
        """The invoices that would be credited if this were written."""
        _gone, rows = self._would_become(values)._replanned()
        ids = [row["credits_id"] for row in rows if row["kind"] == "credit"]
        return self.env["bmasia.invoice"].browse(ids)

    def _billed_until(self):
        """The last day that an invoice was sent for."""
        rows = self.sudo().schedule_ids.filtered(lambda row: row._is_billed())
        return max(rows.mapped("period_end"), default=self.end_date)

    @api.model
    def _end_of_day(self, company):
        """End the contracts of an entity whose last day has passed.

        :returns: False when the time was over before
        """
        over = Domain("company_id", "=", company.id) & Domain("state", "=", "active")
        over &= Domain("last_day", "<", company._today())
        return self.search(over)._transition_each("cancelled")

    # ------------------------------------------------------------
    # WHAT HANGS ON IT
    # ------------------------------------------------------------

    def _transition_to(self, state, **vals):
        """What is not signed, waits or reminds ends with the contract."""
        result = super()._transition_to(state, **vals)
        if state == "cancelled":
            for contract in self:
                contract._drop(contract._open_amendments(), contract.cancel_reason)
                contract._end_reminders()
                contract._withdraw_mails()
        return result

    def _drop_renewal(self, reason):
        renewal = self.sudo().renewal_id
        if renewal and renewal.state not in OPEN:
            raise UserError(
                self.env._(
                    "%s renews this contract and is signed. Cancel it first.",
                    renewal.display_name,
                )
            )
        self._drop(renewal, reason)

    def _open_amendments(self):
        """Those that nobody has signed."""
        return self.sudo().amendment_ids.filtered(lambda each: each.state in OPEN)

    def _drop(self, documents, reason):
        """Documents that come to nothing: a draft that never had a number goes, others
        are cancelled, and their mail is withdrawn.
        """
        for document in documents:
            document._withdraw_mails()
            if document.name:
                document.action_cancel(reason)
            else:
                document.unlink()

    def _end_reminders(self):
        """Nobody is reminded of a next term that does not come."""
        self.env["document.reminder"].sudo()._of(self)._settle_undue()

    def _is_reminder_due(self):
        return not self.last_day and super()._is_reminder_due()

    def _why_not_reminded(self):
        if self.last_day and self.state == "active":
            return self.env._("Not sent: the contract ends before its time.")
        return super()._why_not_reminded()

    def _check_can_be_noticed(self):
        self._check_ends_with_term()
        return super()._check_can_be_noticed()

    def action_renew(self, price_change=None, prices=None):
        """As of every contract, unless it ends before its time.

        :param float price_change: percent on the recurring prices
        :param dict prices: new prices by line id
        :returns: the action that opens the renewal
        :rtype: dict
        :raises UserError: it ends before its time, and as without that
        """
        for contract in self:
            contract._check_ends_with_term()
        return super().action_renew(price_change, prices)

    def _check_ends_with_term(self):
        if self.last_day:
            raise UserError(
                self.env._(
                    "%(contract)s ends before its time, on %(day)s: it is not renewed. "
                    "A manager may let it go on, as long as it runs.",
                    contract=self.display_name,
                    day=self._say_day(self.last_day),
                )
            )

    # ------------------------------------------------------------
    # TAKING BACK
    # ------------------------------------------------------------

    def action_take_back_end(self):
        """Let a contract go on that was to end on a day to come.

        :returns: True
        :raises UserError: it does not end before its time, or that day has passed
        """
        for contract in self:
            contract.check_access("write")
            contract._check_runs()
            contract._check_may_transition(contract._transitions["active", "cancelled"])
            contract._check_can_go_on()
            serialize(contract)
            contract.sudo().write({"last_day": False, "cancel_reason": False})
            contract._follow_change()
            contract.message_post(body=self.env._("Goes on until the end of the term."))
        return True

    def _check_can_go_on(self):
        if not self.last_day:
            raise UserError(self.env._("%s ends with its term.", self.display_name))
        if self.last_day < self._today():
            raise UserError(
                self.env._(
                    "The service of %(contract)s ended on %(day)s. Write a new "
                    "contract.",
                    contract=self.display_name,
                    day=self._say_day(self.last_day),
                )
            )

    # ------------------------------------------------------------
    # IN WORDS, BEFORE IT IS DONE
    # ------------------------------------------------------------

    def _ending(self, day):
        """What happens besides bills and credits, if the contract ends on a day.

        :param datetime.date day: the last one of service
        :returns: sentences
        :rtype: list[str]
        """
        said = [self._said_of_moment(day), self._said_of_rest(day)]
        return [
            *filter(None, said),
            *self._said_of_dropped(day),
            *self._said_of_mails(day),
        ]

    def _said_of_moment(self, day):
        if day <= self._today():
            return self.env._("The contract ends at once. That cannot be taken back.")
        return self.env._(
            "The contract runs until the end of %s; until then a manager can take the "
            "end back.",
            self._say_day(day),
        )

    def _said_of_rest(self, day):
        """What is served until then and was not sent yet."""
        would_be = self._would_become({"last_day": day})
        gone, new = would_be._replanned()
        kept = self.sudo().schedule_ids - gone
        nets = [row["amount_untaxed"] for row in new]
        nets += [row.amount_untaxed for row in kept if not row._is_billed()]
        net = money.add(each for each in nets if each > 0)
        return net and self.env._(
            "Served until then and still to be invoiced: %s before tax.",
            self._format_money(net),
        )

    def _said_of_dropped(self, day):
        found = self.sudo().renewal_id
        if day <= self._today():
            found = [*found, *self._open_amendments()]
        for document in found:
            words = self.env._("Not signed yet, so it is dropped: %s.")
            if document.state not in OPEN:
                words = self.env._("Signed, so cancel it first: %s.")
            yield words % document.display_name

    def _said_of_mails(self, day):
        reminders = self.env["document.reminder"].sudo()._of(self)
        if reminders._undone():
            yield self.env._("The reminder of the renewal ends.")
        if day <= self._today() and self._waiting_mails():
            yield self.env._("An e-mail with this contract that waits is not sent.")
