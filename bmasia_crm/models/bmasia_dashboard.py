from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.document_flow.tools.days import say_day
from odoo.addons.document_flow.tools.todo import plain

from ..tools import periods
from .bmasia_dashboard_figures import (
    DECISIONS,
    FIGURES,
    NOT_OUT_FIGURES,
    PERIODS,
    REVENUE,
)


@dataclass(frozen=True)
class Choice:
    """What somebody chose at the top of the dashboard."""

    kind: str
    now: periods.Period
    before: periods.Period
    entity: int | None = None
    user: int | None = None


class BmasiaDashboard(models.AbstractModel):
    """The dashboard: everything it shows, in one call.

    The figures are a table (``bmasia_dashboard_figures.py``), the charts a mixin.
    """

    _name = "bmasia.dashboard"
    _description = "Dashboard"
    _inherit = ["bmasia.dashboard.charts.mixin"]

    @api.model
    def get_figures(
        self, entity_id=None, user_id=None, period=None, date_from=None, date_to=None
    ):
        """What the dashboard shows, per currency and never summed across.

        :param int entity_id: only documents of this billing entity (``res.company``),
            and companies that it bills by default
        :param int user_id: only what this person is responsible for
        :param str period: month (default), quarter, year, last_12 or custom
        :param date_from: the first day of a custom period, a date or ``YYYY-MM-DD``
        :param date_to: its last day
        :returns: ``{"is_empty", "period", "periods", "entities", "people", "figures",
            "not_out", "win_rate", "charts"}``; whatever is counted has ``count``,
            ``amounts`` (list of ``[currency id, amount]``), and the ``model`` and
            ``domain`` of the same records
        :rtype: dict
        :raises AccessError: not a user of the CRM
        :raises UserError: it is no id, no day, or no such period
        """
        self.env["bmasia.company"].check_access("read")
        for name, value in (("entity_id", entity_id), ("user_id", user_id)):
            self.env["document.input.mixin"]._check_argument(name, value, "id")
        chosen = self._choice(period or "month", date_from, date_to, entity_id, user_id)
        figures = [self._figure(figure, chosen) for figure in FIGURES]
        return {
            "is_empty": self._is_empty(figures, chosen),
            "period": self._period_words(chosen),
            "periods": [[key, self.env._(label)] for key, label in PERIODS.items()],
            "entities": self._named(self.env.companies),
            "people": self._named(self._people()),
            "figures": figures,
            "not_out": [self._figure(figure, chosen) for figure in NOT_OUT_FIGURES],
            "win_rate": self._win_rate(chosen),
            "charts": self._charts(chosen),
        }

    def _is_empty(self, figures, chosen):
        (companies,) = [each for each in figures if each["key"] == "companies"]
        return not (companies["count"] or chosen.entity or chosen.user)

    # ------------------------------------------------------------
    # WHAT IS CHOSEN
    # ------------------------------------------------------------

    def _choice(self, kind, date_from, date_to, entity_id, user_id):
        reader = self.env["document.input.mixin"]
        reader._check_argument("period", kind, "text")
        if kind not in periods.KINDS:
            raise UserError(
                self.env._("Choose one of these periods: %s.", ", ".join(periods.KINDS))
            )
        today = fields.Date.context_today(self)
        ends = [reader._read_day(day) or None for day in (date_from, date_to)]
        now = periods.period(kind, today, *ends)
        before = periods.before(kind, now, today)
        return Choice(kind, now, before, entity_id or None, user_id or None)

    def _period_words(self, chosen):
        return {
            "key": chosen.kind,
            "first": fields.Date.to_string(chosen.now.first),
            "last": fields.Date.to_string(chosen.now.last),
            "label": self._days_words(chosen.now),
            "before": self._days_words(chosen.before),
        }

    def _days_words(self, days):
        first, last = (say_day(self.env, day) for day in (days.first, days.last))
        return first if first == last else f"{first} – {last}"

    def _chosen_domain(self, model, chosen):
        """The entity and the person that were chosen."""
        field = "billing_entity_id" if model == "bmasia.company" else "company_id"
        domain = Domain(field, "=", chosen.entity) if chosen.entity else Domain.TRUE
        if chosen.user:
            domain &= Domain("user_id", "=", chosen.user)
        return domain

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _figure(self, figure, chosen):
        answer = {
            "key": figure.key,
            "label": self.env._(figure.label),
            "icon": figure.icon,
            "kind": figure.kind,
            "has_amount": bool(figure.amount),
            **self._counted(figure, chosen, chosen.now),
        }
        if figure.key == "revenue":
            answer["label"] = self.env._(REVENUE[chosen.kind])
        if figure.day:
            answer["before"] = self._counted(figure, chosen, chosen.before)
        return answer

    def _counted(self, figure, chosen, days):
        """Count, sums and the list of a figure, of some days where it has a day."""
        domain = self._figure_domain(figure, chosen, days)
        count, amounts = self._count(figure, domain)
        return {
            "model": figure.model,
            "domain": plain(domain),
            "count": count,
            "amounts": amounts,
        }

    def _figure_domain(self, figure, chosen, days):
        domain = Domain(list(figure.domain))
        if figure.day:
            domain &= Domain(figure.day, ">=", days.first)
            domain &= Domain(figure.day, "<=", days.last)
        return domain & self._chosen_domain(figure.model, chosen)

    def _count(self, figure, domain):
        documents = self.env[figure.model]
        if not figure.amount:
            return documents.search_count(domain), []
        rows = documents._read_group(
            domain, ["currency_id"], ["__count", f"{figure.amount}:sum"]
        )
        amounts = [[currency.id, amount or 0.0] for currency, _count, amount in rows]
        return sum(count for _currency, count, _amount in rows), sorted(amounts)

    # ------------------------------------------------------------
    # WON AND LOST
    # ------------------------------------------------------------

    def _win_rate(self, chosen):
        """Of the quotes that were decided in the period: won, declined, expired, and
        the shares of what was won, by number and by money."""
        parts = [
            {"key": figure.key, "label": self.env._(figure.label)}
            | self._counted(figure, chosen, chosen.now)
            for figure in DECISIONS
        ]
        earlier = [self._counted(each, chosen, chosen.before) for each in DECISIONS]
        decided = Domain.OR(Domain(part["domain"]) for part in parts)
        return {
            "model": "bmasia.quote",
            "domain": plain(decided),
            "count": sum(part["count"] for part in parts),
            "parts": parts,
            "share": self._share(parts),
            "share_before": self._share(earlier),
            "shares_of_money": self._shares_of_money(parts),
        }

    def _share(self, parts):
        """What of these was won, in percent, or False: nothing was decided."""
        count = sum(part["count"] for part in parts)
        return round(100 * parts[0]["count"] / count) if count else False

    def _shares_of_money(self, parts):
        """The same of the money, per currency."""
        whole = {}
        for part in parts:
            for currency, amount in part["amounts"]:
                whole[currency] = whole.get(currency, 0.0) + amount
        won = dict(parts[0]["amounts"])
        return [
            [currency, round(100 * won.get(currency, 0.0) / amount)]
            for currency, amount in sorted(whole.items())
            if amount > 0
        ]

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def _people(self):
        """Whom documents may belong to."""
        group = self.env.ref("bmasia_crm.group_user")
        return group.sudo().all_user_ids.filtered(lambda user: user.active)

    def _named(self, records):
        named = [
            {"id": record.id, "name": record.name} for record in records.sudo(False)
        ]
        return sorted(named, key=lambda record: record["name"].lower())
