from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools.rows import window_of

from ..tools import money, schedule
from ..tools.service import DAY, Span, lasting, plan


class BmasiaContractAmendmentMixin(models.AbstractModel):
    """What amendments change in a contract, and what they would.

    Gives the contract's amendments, the lines' last days that follow from them, the
    term as amended, and what a draft would bill and credit (``_effects``).

    The model inherits ``bmasia.contract.service.mixin`` and
    ``bmasia.contract.changes.mixin`` after this one.

    How it works: lines that follow one another have one first line. Of these, one is
    served at a time: each ends the day before the next agreed change begins, whichever
    of them was signed first.
    """

    _name = "bmasia.contract.amendment.mixin"
    _description = "Amendments of a Contract"

    amendment_ids = fields.One2many(
        "bmasia.amendment", "contract_id", "Amendments", readonly=True
    )
    amendment_count = fields.Integer(compute="_compute_amendment_count")

    @api.depends("amendment_ids.state")
    def _compute_amendment_count(self):
        for contract in self:
            contract.amendment_count = len(contract.amendment_ids)

    def action_amend(self):
        """Open the draft of an amendment: an empty one that is left, else a new one.

        :returns: the action that opens it
        :rtype: dict
        :raises UserError: the contract does not run
        """
        self.ensure_one()
        self.check_access("write")
        empty = self.amendment_ids.filtered(
            lambda amendment: amendment.state == "draft"
            and not (amendment.line_ids or amendment.term_months)
        )[:1]
        return window_of(empty or self._create_amendment())

    def _create_amendment(self, **values):
        if self.state != "active":
            raise UserError(
                self.env._(
                    "%s is not active: only a signed contract that runs is amended.",
                    self.display_name,
                )
            )
        amendments = self.env["bmasia.amendment"]
        self.check_access("write")
        amendments.check_access("create")
        day = min(max(self._today(), self.start_date), self.end_date)
        made = amendments.sudo().create(
            {"contract_id": self.id, "start_date": day, **values}
        )
        return made.with_env(self.env)

    def action_show_day(self):
        """Show the contract as it is on a day that is chosen.

        :returns: the action that opens the dialog
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("As of a Day"),
            "res_model": "bmasia.day.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    # ------------------------------------------------------------
    # WHAT WAS AGREED
    # ------------------------------------------------------------

    def _active_amendments(self):
        return self.amendment_ids.filtered(lambda each: each.state == "active")

    def _agreed_changes(self):
        """From which day which line is no longer served as it was.

        :returns: list of pairs
        """
        return [
            (amendment.start_date, line)
            for amendment in self._active_amendments()
            for line in amendment.line_ids.contract_line_id
        ]

    def _next_change(self, root, day):
        """The last day before the next agreed change of a line, of those that have the
        same first line.

        :returns: a date, or None
        """
        days = [
            start
            for start, line in self._agreed_changes()
            if start > day and line._first_of_chain() == root
        ]
        return min(days) - DAY if days else None

    def _changed_by(self, line, day):
        """The amendment that changed a line until a day, or removed it."""
        found = self._active_amendments().filtered(
            lambda each: line in each.line_ids.contract_line_id
            and each.start_date <= day
        )
        return found.sorted("start_date")[:1]

    def _days_between(self, first, last, end, own=None):
        """The days on which a line is served.

        :param first: its first day; None: as the term
        :param last: its last day; None: as the term
        :param end: the last day of service of the contract
        :param own: days that a pro-rated line is for; they may reach past the term
        :rtype: tuple[Span, ...]
        """
        first, last = first or date.min, last or date.max
        if not own or end < self._signed_end():
            last = min(last, end)
        if first > last:
            return ()
        span = (own or Span(self.start_date, end)).within(Span(first, last))
        return (span,) if span else ()

    # ------------------------------------------------------------
    # THE TERM
    # ------------------------------------------------------------

    @api.depends("amendment_ids.state", "amendment_ids.term_months")
    def _compute_end_date(self):
        return super()._compute_end_date()

    def _term_changes(self):
        changes = [
            (amendment.active_since, amendment._term_end())
            for amendment in self._active_amendments()
            if amendment.term_months
        ]
        return sorted([*super()._term_changes(), *changes])

    def _stretches_until(self, end):
        """The billing periods of a term that is as long as this."""
        found = self._stretches()
        last = found[-1][-1].end
        if end > last:
            every = schedule.EVERY.get(self.billing_frequency)
            found.append(lasting(last + DAY, end, every))
        return found

    # ------------------------------------------------------------
    # WHAT AN AMENDMENT WOULD DO
    # ------------------------------------------------------------

    def _issued_rows(self):
        """Rows of the schedule whose invoice the customer has, or may have."""
        return self.schedule_ids.filtered(lambda row: row._is_billed())

    def _effects(self, amendment):
        """What an amendment will bill and credit. Nothing is written.

        :param amendment: a draft, which need not be saved
        :returns: values of effects, in the order of days
        :rtype: list[dict]
        """
        end, rounding = amendment._new_end(), self._rounding()
        stretches = self._stretches_until(end)
        periods = [period for stretch in stretches for period in stretch]
        billed = self._billed_in(periods)
        as_is = plan(self._served_lines(), self._stretches(), billed, rounding)
        lines = self._lines_as_amended(amendment, end)
        before = _by_place(as_is)
        after = _by_place(plan(lines, stretches, billed, rounding))
        effects = []
        for place in sorted(before.keys() | after.keys(), key=lambda p: (p[1], p[0])):
            then = after.get(place, 0.0)
            if difference := money.subtract(then, before.get(place, 0.0)):
                index, day, is_bill = place
                period = periods[index]
                own = index in billed or day != period.start
                kind = ("change" if own else "period") if is_bill else "credit"
                effects.append(
                    {
                        "kind": kind,
                        "date": day,
                        "period_end": period.end,
                        "amount_untaxed": difference,
                        "bill_untaxed": then,
                    }
                )
        return effects

    def _billed_in(self, periods):
        """What was billed of each line, by index of the period."""
        rows = self._issued_rows().grouped("plan_start")
        return {
            index: rows[period.start]._by_chain()
            for index, period in enumerate(periods)
            if period.start in rows
        }

    def _lines_as_amended(self, amendment, end):
        """All lines, as they would be billed.

        :rtype: list[Line]
        """
        pauses, last = self._pauses(), amendment.start_date - DAY
        gone = amendment.line_ids.contract_line_id
        kept = [
            line._served_until(
                end,
                min(line.service_to or last, last) if line in gone else line.service_to,
                pauses,
            )
            for line in self.service_line_ids
            if not line.display_type
        ]
        new = amendment.line_ids.filtered(lambda line: line.action != "remove")
        return kept + [line._tried(end, pauses) for line in new]

    def _follow_amendment(self, amendment):
        """Bill and credit as the contract is now.

        :param amendment: that became active, or was taken back
        """
        self._follow_change()
        verb = self.env._("Amended by %s", amendment._get_html_link())
        if amendment.state != "active":
            verb = self.env._("Taken back: %s", amendment._get_html_link())
        self.message_post(body=verb)
        if self.renewal_id.state == "draft":
            self.renewal_id.message_post(body=verb)


def _by_place(dues):
    """Amounts by period, day, and whether it is a bill.

    :param dues: of ``plan``
    """
    return {(due.period, due.start, due.amount >= 0): due.amount for due in dues}
