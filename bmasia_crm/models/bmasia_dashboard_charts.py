from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from odoo.addons.document_flow.tools.days import year_of
from odoo.addons.document_flow.tools.todo import plain

from ..tools import periods
from .bmasia_dashboard_figures import ACTIVE, BOOKED, NOT_RENEWED
from .bmasia_invoice_payment import AGEING

MONTHS = 12  # of each chart


class BmasiaDashboardChartsMixin(models.AbstractModel):
    """The charts of the dashboard: bars, each with the list that it counts.

    Gives: revenue by month, what customers owe by its age, open quotes by stage, and
    contracts by the month they end. A chart has ``bars`` (label and domain) and one
    series for each currency, which gets an axis of its own.

    The model provides ``_chosen_domain``.
    """

    _name = "bmasia.dashboard.charts.mixin"
    _description = "Charts of the Dashboard"

    def _charts(self, chosen):
        return [
            self._revenue_chart(chosen),
            self._ageing_chart(chosen),
            self._pipeline_chart(chosen),
            self._ending_chart(chosen),
        ]

    def _revenue_chart(self, chosen):
        """Revenue of the twelve months that end with the period."""
        domain = Domain(BOOKED) & self._chosen_domain("bmasia.invoice", chosen)
        return self._month_chart(
            "revenue",
            self.env._("Revenue by month"),
            "bmasia.invoice",
            "issue_date",
            list(periods.months(chosen.now.last, MONTHS)),
            domain,
            "amount_untaxed_signed",
        )

    def _ending_chart(self, chosen):
        """What the contracts that end in the next months are worth in a year."""
        today = fields.Date.context_today(self)
        ahead = today.replace(day=1) + relativedelta(months=MONTHS - 1)
        domain = Domain([*ACTIVE, *NOT_RENEWED])
        return self._month_chart(
            "ending",
            self.env._("Contracts by the month they end, value per year"),
            "bmasia.contract",
            "end_date",
            list(periods.months(ahead, MONTHS)),
            domain & self._chosen_domain("bmasia.contract", chosen),
            "annual_value",
        )

    def _ageing_chart(self, chosen):
        """What customers owe, by how long it is overdue."""
        domain = self._chosen_domain("bmasia.invoice", chosen)
        labels = dict(
            self.env["bmasia.invoice"]
            ._fields["ageing"]
            ._description_selection(self.env)
        )
        bars, found = [], []
        for place, (age, _label) in enumerate(AGEING):
            of_age = Domain("ageing", "=", age) & domain
            bars.append((labels[age], of_age))
            rows = self._sums("bmasia.invoice", of_age, [], "amount_due")
            found += [(currency, place, *rest) for currency, *rest in rows]
        label = self.env._("Unpaid invoices by days overdue")
        return self._chart("ageing", label, "bmasia.invoice", bars, found)

    def _pipeline_chart(self, chosen):
        """Quotes that may become contracts, by stage."""
        quotes, mine = self.env["bmasia.quote"], "bmasia.quote"
        states = dict(quotes._fields["state"]._description_selection(self.env))
        domain = self._chosen_domain(mine, chosen)
        stages = {state: Domain("state", "=", state) for state in ("draft", "sent")}
        stages["accepted"] = Domain(quotes._todo_accepted())
        states["accepted"] = self.env._("Accepted, no contract yet")
        # two questions: in one, each open quote is asked what was made of it
        rows = [
            row
            for asked in (stages["draft"] | stages["sent"], stages["accepted"])
            for row in self._sums(mine, asked & domain, ["state"], "amount_untaxed")
        ]
        places = list(stages)
        found = [(row[0], places.index(row[1]), *row[2:]) for row in rows]
        bars = [(states[state], stages[state] & domain) for state in stages]
        return self._chart("pipeline", self.env._("Quotes by stage"), mine, bars, found)

    def _month_words(self, first):
        month = format_date(self.env, first, date_format="MMM")
        return f"{month} {year_of(first, self.env.lang or 'en_US')[-2:]}"

    def _month_chart(self, key, label, model, day, months, domain, amount):
        bars = [
            (
                self._month_words(month.first),
                Domain(day, ">=", month.first) & Domain(day, "<=", month.last) & domain,
            )
            for month in months
        ]
        whole = Domain(day, ">=", months[0].first) & Domain(day, "<=", months[-1].last)
        firsts = [month.first for month in months]
        rows = self._sums(model, whole & domain, [f"{day}:month"], amount)
        found = [
            (row[0], firsts.index(fields.Date.to_date(row[1])), *row[2:])
            for row in rows
        ]
        return self._chart(key, label, model, bars, found)

    def _sums(self, model, domain, groups, amount):
        return self.env[model]._read_group(
            domain, ["currency_id", *groups], ["__count", f"{amount}:sum"]
        )

    def _chart(self, key, label, model, bars, found):
        """A chart as the screen draws it.

        :param bars: label and domain of each
        :param found: currency, place of the bar, count, amount
        """
        series = {}
        for currency, place, count, amount in found:
            empty = {"values": [0.0] * len(bars), "counts": [0] * len(bars)}
            one = series.setdefault(currency.id, empty)
            one["values"][place], one["counts"][place] = amount or 0.0, count
        return {
            "key": key,
            "label": label,
            "model": model,
            "bars": [
                {"label": words, "domain": plain(domain)} for words, domain in bars
            ],
            "series": [
                {"currency_id": currency, **values}
                for currency, values in sorted(series.items())
            ],
        }
