from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date
from odoo.tools.translate import LazyTranslate

from .bmasia_contract_renewal import ENDING_DAYS

_lt = LazyTranslate(__name__)

MONTHS = 12  # of each chart
# An invoice that counts as revenue; a proforma or a draft never does.
BOOKED = [
    ("state", "in", ("issued", "paid", "credited")),
    ("kind", "in", ("invoice", "credit_note", "adjustment")),
]
ACTIVE = [("state", "=", "active")]
# A renewal that was signed early does not count beside what it renews.
RUNNING = [("is_running", "=", True)]
NOT_RENEWED = [
    *("|", ("renewal_id", "=", False), ("renewal_id.state", "!=", "active")),
]
NOT_OUT = [("send_state", "in", ("queued", "refused", "unknown"))]


@dataclass(frozen=True)
class Figure:
    """One counter: what it counts, and the list that shows the same records.

    ``amount`` is added up per currency; ``filters`` are names in the list's search
    view, whose domains together are ``domain``.
    """

    key: str
    label: str
    model: str
    action: str
    filters: tuple = ()
    domain: tuple = ()
    amount: str = ""
    icon: str = ""
    kind: str = "count"  # what is printed large: the count or the money


FIGURES = (
    Figure(
        "companies",
        _lt("Companies"),
        "bmasia.company",
        "bmasia_crm.bmasia_company_action",
        icon="fa-building-o",
    ),
    Figure(
        "active_contracts",
        _lt("Active contracts"),
        "bmasia.contract",
        "bmasia_crm.bmasia_contract_action",
        ("active",),
        tuple(ACTIVE),
        icon="fa-pencil-square-o",
    ),
    Figure(
        "annual_value",
        _lt("Annual recurring value"),
        "bmasia.contract",
        "bmasia_crm.bmasia_contract_action",
        ("running",),
        tuple(RUNNING),
        "annual_value",
        "fa-refresh",
        "money",
    ),
    Figure(
        "revenue",
        _lt("Revenue of the month"),
        "bmasia.invoice",
        "bmasia_crm.bmasia_invoice_action",
        ("booked", "issue_date"),
        tuple(BOOKED),
        "amount_untaxed_signed",
        "fa-line-chart",
        "money",
    ),
    Figure(
        "open_quotes",
        _lt("Open quotes"),
        "bmasia.quote",
        "bmasia_crm.bmasia_quote_action",
        ("open",),
        (("state", "in", ("draft", "sent")),),
        "amount_untaxed",
        "fa-file-text-o",
    ),
    Figure(
        "overdue",
        _lt("Overdue invoices"),
        "bmasia.invoice",
        "bmasia_crm.bmasia_invoice_action",
        ("overdue",),
        (("is_overdue", "=", True),),
        "amount_due",
        "fa-exclamation-circle",
    ),
    Figure(
        "ending",
        _lt("Contracts ending in 60 days"),
        "bmasia.contract",
        "bmasia_crm.bmasia_contract_action",
        ("ending",),
        (*ACTIVE, *NOT_RENEWED),
        "annual_value",
        "fa-calendar-times-o",
    ),
)
# Mails are counted by the documents that they belong to: a refusal that was made good
# stays in the log of deliveries, but not here.
NOT_OUT_FIGURES = tuple(
    Figure(key, label, model, action, ("not_out",), tuple(NOT_OUT))
    for key, label, model, action in (
        ("quote", _lt("Quotes"), "bmasia.quote", "bmasia_crm.bmasia_quote_action"),
        (
            "contract",
            _lt("Contracts"),
            "bmasia.contract",
            "bmasia_crm.bmasia_contract_action",
        ),
        (
            "invoice",
            _lt("Invoices"),
            "bmasia.invoice",
            "bmasia_crm.bmasia_invoice_action",
        ),
        (
            "receipt",
            _lt("Receipts"),
            "bmasia.receipt",
            "bmasia_crm.bmasia_receipt_action",
        ),
    )
)
# Filters of the actions themselves, which a figure does not want.
SEARCH_DEFAULTS_OFF = {
    f"search_default_{name}": 0 for name in ("open", "active", "running", "booked")
}


class BmasiaDashboard(models.AbstractModel):
    """The first screen: everything it shows, in one call."""

    _name = "bmasia.dashboard"
    _description = "First Screen"

    @api.model
    def get_figures(self, entity_id=None, user_id=None):
        """What the first screen shows, per currency and never summed across.

        :param int entity_id: only documents of this billing entity (``res.company``),
            and companies that it bills by default
        :param int user_id: only what this person is responsible for
        :returns: ``{"is_empty", "entities", "people", "figures", "not_out",
            "charts"}``; a figure has ``count``, ``amounts`` (list of
            ``[currency id, amount]``) and the ``action``, ``context`` and ``domain``
            that open the same records
        :rtype: dict
        :raises AccessError: not a user of the CRM
        :raises UserError: it is no id
        """
        self.env["bmasia.company"].check_access("read")
        for name, value in (("entity_id", entity_id), ("user_id", user_id)):
            self.env["document.input.mixin"]._check_argument(name, value, "id")
        chosen = {"entity": entity_id, "user": user_id}
        figures = [self._figure(figure, chosen) for figure in FIGURES]
        return {
            "is_empty": not figures[0]["count"] and not any(chosen.values()),
            "entities": self._named(self.env.companies),
            "people": self._named(self._people()),
            "figures": figures,
            "not_out": [self._figure(figure, chosen) for figure in NOT_OUT_FIGURES],
            "charts": [self._revenue_chart(chosen), self._ending_chart(chosen)],
        }

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _figure(self, figure, chosen):
        domain = self._domain(figure, chosen)
        count, amounts = self._count(figure, domain)
        return {
            "key": figure.key,
            "label": self.env._(figure.label),
            "icon": figure.icon,
            "kind": figure.kind,
            "count": count,
            "amounts": amounts,
            "action": figure.action,
            "context": self._search_defaults(figure, chosen),
            "domain": self._entity_domain(figure.model, chosen),
        }

    def _count(self, figure, domain):
        documents = self.env[figure.model]
        if not figure.amount:
            return documents.search_count(domain), []
        rows = documents._read_group(
            domain, ["currency_id"], ["__count", f"{figure.amount}:sum"]
        )
        amounts = [[currency.id, amount or 0.0] for currency, _count, amount in rows]
        return sum(count for _currency, count, _amount in rows), sorted(amounts)

    def _domain(self, figure, chosen):
        domain = Domain(list(figure.domain)) & self._choice(figure.model, chosen)
        today = fields.Date.context_today(self)
        if figure.key == "ending":
            last = today + relativedelta(days=ENDING_DAYS)
            domain &= Domain("end_date", "<=", last)
        if figure.key == "revenue":
            first = today.replace(day=1)
            domain &= Domain("issue_date", ">=", first)
            domain &= Domain("issue_date", "<", first + relativedelta(months=1))
        return domain

    def _choice(self, model, chosen):
        """The domain of the entity and the person that were chosen."""
        domain = Domain(self._entity_domain(model, chosen))
        if chosen["user"]:
            domain &= Domain("user_id", "=", chosen["user"])
        return domain

    def _entity_domain(self, model, chosen):
        """Not a search default: the client would read the entity's name, which fails
        for those that are not ticked in the company switcher."""
        field = "billing_entity_id" if model == "bmasia.company" else "company_id"
        return [(field, "=", chosen["entity"])] if chosen["entity"] else []

    def _search_defaults(self, figure, chosen):
        context = dict(SEARCH_DEFAULTS_OFF)
        context.update({f"search_default_{name}": 1 for name in figure.filters})
        if chosen["user"]:
            context["search_default_user_id"] = chosen["user"]
        return context

    # ------------------------------------------------------------
    # CHARTS
    # ------------------------------------------------------------

    def _revenue_chart(self, chosen):
        """Revenue of the last months, a series for each currency."""
        first = fields.Date.context_today(self).replace(day=1)
        months = self._months(first - relativedelta(months=MONTHS - 1))
        return self._chart(
            "revenue",
            self.env._("Revenue by month"),
            "bmasia.invoice",
            "issue_date",
            months,
            Domain(BOOKED) & self._choice("bmasia.invoice", chosen),
            "amount_untaxed_signed",
        )

    def _ending_chart(self, chosen):
        """What the contracts that end in the next months are worth in a year."""
        months = self._months(fields.Date.context_today(self).replace(day=1))
        return self._chart(
            "ending",
            self.env._("Contracts by the month they end, value per year"),
            "bmasia.contract",
            "end_date",
            months,
            Domain([*ACTIVE, *NOT_RENEWED]) & self._choice("bmasia.contract", chosen),
            "annual_value",
        )

    def _chart(self, key, label, model, day, months, domain, amount):
        whole = domain & Domain(day, ">=", months[0]) & Domain(day, "<", months[-1])
        rows = self.env[model]._read_group(
            whole, ["currency_id", f"{day}:month"], [f"{amount}:sum"]
        )
        series = {}
        for currency, month, value in rows:
            values = series.setdefault(currency.id, [0.0] * MONTHS)
            values[months.index(fields.Date.to_date(month))] = value or 0.0
        return {
            "key": key,
            "label": label,
            "model": model,
            "field": day,
            "domain": list(domain),
            "months": [fields.Date.to_string(month) for month in months],
            "labels": [
                format_date(self.env, month, date_format="MMM yy")
                for month in months[:MONTHS]
            ],
            "series": [
                {"currency_id": currency, "values": values}
                for currency, values in sorted(series.items())
            ],
        }

    def _months(self, first):
        """The first days of the chart's months, and of the month after them."""
        return [first + relativedelta(months=number) for number in range(MONTHS + 1)]

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
