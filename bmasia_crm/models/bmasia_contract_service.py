"""What a contract serves on which days: the term as signed, and what happened since."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import schedule
from ..tools.service import Span, lasting
from .bmasia_term_mixin import MAX_TERM

DAY = timedelta(days=1)


class BmasiaContractServiceMixin(models.AbstractModel):
    """The days on which a contract is served, and each of its lines.

    Gives the last day of service, the lines of any day (``lines_on``), what recurs in a
    year as of today, and all that the schedule is reckoned from (``_stretches``,
    ``_served_lines``).

    The model provides ``start_date``, ``term_months``, ``billing_frequency``,
    ``line_ids`` (as signed) and inherits ``bmasia.term.mixin``.

    How it works: nothing that was signed is rewritten. A line has the days on which it
    is served; a pause takes days out; what makes the term longer appends a stretch of
    billing periods (``_term_changes``), what makes it shorter ends the service.
    """

    _name = "bmasia.contract.service.mixin"
    _description = "Service Under a Contract"

    currency_id = fields.Many2one("res.currency")
    service_line_ids = fields.One2many(
        "bmasia.contract.line",
        "contract_id",
        "All Lines",
        domain=[("is_withdrawn", "=", False)],
        readonly=True,
        help="As signed, and those that amendments brought.",
    )
    pause_ids = fields.One2many(
        "bmasia.contract.pause", "contract_id", "Pauses", readonly=True
    )
    end_date = fields.Date(
        compute="_compute_end_date",
        store=True,
        index=True,
        help="The last day of service.",
    )
    counts_by_law = fields.Boolean(
        default=True,
        readonly=True,
        copy=False,
        help="Whether a month that lacks the day of the start ends with its last day. "
        "Contracts that were signed earlier end a day before.",
    )
    last_day = fields.Date("Ends Early On", readonly=True, copy=False, tracking=True)
    annual_value = fields.Monetary(
        compute="_compute_annual_value",
        store=True,
        tracking=True,
        help="Net: what the recurring lines of today come to in a year.",
    )

    # ------------------------------------------------------------
    # THE TERM
    # ------------------------------------------------------------

    def _signed_end(self):
        """The last day of the term as signed."""
        months = self.term_months
        known = self.start_date and 1 <= months <= MAX_TERM
        return known and schedule.end_of(self.start_date, months, self.counts_by_law)

    def _billing_periods(self):
        every = schedule.EVERY.get(self.billing_frequency)
        return schedule.periods(
            self.start_date, self.term_months, every, self.counts_by_law
        )

    @api.depends(
        *("start_date", "term_months", "last_day", "counts_by_law"),
        *("pause_ids.state", "pause_ids.term_end"),
    )
    def _compute_end_date(self):
        for contract in self:
            end = contract._term_end()
            if end and contract.last_day:
                end = min(end, contract.last_day)
            contract.end_date = end

    def _term_end(self):
        """The last day of the term as it is today, whether it ends before or not."""
        changes = self._term_changes()
        return changes[-1][1] if changes else self._signed_end()

    def _term_changes(self):
        """What made the term longer or shorter, oldest first.

        :returns: pairs of when it took effect, and the last day of the term since
        """
        pauses = self.pause_ids.filtered(
            lambda pause: pause.state == "active" and pause.term_end
        )
        now = fields.Datetime.now()  # of one that would be made
        return sorted((pause.create_date or now, pause.term_end) for pause in pauses)

    def _stretches(self):
        """The billing periods, in runs that were agreed together."""
        found = [self._billing_periods()]
        every = schedule.EVERY.get(self.billing_frequency)
        for _moment, end in self._term_changes():
            last = found[-1][-1].end
            if end > last:
                found.append(lasting(last + DAY, end, every))
        return found

    def _span(self):
        """From the first day of service to the last one."""
        return Span(self.start_date, self.end_date)

    # ------------------------------------------------------------
    # THE LINES
    # ------------------------------------------------------------

    def lines_on(self, date):
        """The lines that are served on a day, as amended until then.

        :param date: a date or ``YYYY-MM-DD``; nothing: today
        :returns: ``bmasia.contract.line``; none outside the term
        """
        self.ensure_one()
        day = self._read_day(date) or self._today()
        return self.service_line_ids.filtered(
            lambda line: not line.display_type
            and any(span.start <= day <= span.end for span in line._days_served(self))
        )

    @api.depends(
        *("start_date", "end_date"),
        *("service_line_ids.amount_untaxed", "service_line_ids.kind"),
        *("service_line_ids.service_from", "service_line_ids.service_to"),
    )
    def _compute_annual_value(self):
        for contract in self:
            contract.annual_value = contract._value_today()

    def _value_today(self):
        return self._lines_today()._net_per_year()

    def _lines_today(self):
        """The lines of today, or of the day of the term that is nearest to it."""
        lines, first, last = self.line_ids, self.start_date, self.end_date
        is_amended = self.service_line_ids - lines or any(lines.mapped("service_to"))
        if not (first and last and is_amended):
            return lines
        return self.lines_on(min(max(self._today(), first), last))

    @api.model
    def _follow_day(self, company):
        """An amendment that was agreed for today changes what recurs in a year."""
        found = self.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "active")
            & Domain("amendment_ids.state", "=", "active")
        )
        changed = found.filtered(lambda each: each.annual_value != each._value_today())
        self.env.add_to_compute(self._fields["annual_value"], changed)

    def _pauses(self):
        """The days on which nothing is served."""
        active = self.pause_ids.filtered(lambda pause: pause.state == "active")
        return [Span(pause.date_from, pause.date_to) for pause in active]

    def _served_lines(self):
        """All lines with a price, as the schedule is reckoned from them.

        :rtype: list[Line]
        """
        pauses = self._pauses()
        return [
            line._served(self, pauses)
            for line in self.service_line_ids
            if not line.display_type
        ]
