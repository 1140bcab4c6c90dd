"""What the dashboard counts: a table, one row for each figure."""

from dataclasses import dataclass
from typing import Any

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# An invoice that counts as revenue; a proforma or a draft never does.
BOOKED = [
    ("state", "in", ("issued", "paid", "credited")),
    ("kind", "in", ("invoice", "credit_note", "adjustment")),
]
ACTIVE = [("state", "=", "active")]
# A renewal that was signed early does not count beside what it renews.
RUNNING = [("is_running", "=", True)]
# Asked of the renewals: "none, or one in another state" compares with all contracts.
NOT_RENEWED = [("renewal_ids", "not any", ACTIVE)]
NOT_OUT = [("send_state", "in", ("queued", "refused", "unknown"))]


@dataclass(frozen=True)
class Figure:
    """One counter: what it counts.

    ``amount`` is added up per currency. With a ``day``, what lies in the chosen period
    is counted, and compared with the period before; without, it is as of today.
    """

    key: str
    label: Any
    model: str
    domain: tuple = ()
    amount: str = ""
    day: str = ""
    icon: str = ""
    kind: str = "count"  # what is printed large: the count or the money


FIGURES = (
    Figure(
        "revenue",
        _lt("Revenue"),
        "bmasia.invoice",
        tuple(BOOKED),
        "amount_untaxed_signed",
        "issue_date",
        "fa-line-chart",
        "money",
    ),
    Figure(
        "annual_value",
        _lt("ARR"),
        "bmasia.contract",
        tuple(RUNNING),
        "annual_value",
        icon="fa-refresh",
        kind="money",
    ),
    Figure(
        "signed",
        _lt("Contracts signed"),
        "bmasia.contract",
        (("signed_date", "!=", False), ("state", "!=", "cancelled")),
        "annual_value",
        "signed_date",
        "fa-handshake-o",
    ),
    Figure(
        "quotes_sent",
        _lt("Quotes sent"),
        "bmasia.quote",
        (("state", "!=", "draft"),),
        "amount_untaxed",
        "date",
        "fa-paper-plane-o",
    ),
    Figure(
        "open_quotes",
        _lt("Open quotes"),
        "bmasia.quote",
        (("state", "in", ("draft", "sent")),),
        "amount_untaxed",
        icon="fa-file-text-o",
    ),
    Figure(
        "overdue",
        _lt("Overdue invoices"),
        "bmasia.invoice",
        (("is_overdue", "=", True),),
        "amount_due",
        icon="fa-exclamation-circle",
    ),
    Figure(
        "ending",
        _lt("Contracts ending soon"),
        "bmasia.contract",
        (*ACTIVE, *NOT_RENEWED, ("notice_from", "<=", "today")),
        "annual_value",
        icon="fa-calendar-times-o",
    ),
    Figure(
        "active_contracts",
        _lt("Active contracts"),
        "bmasia.contract",
        tuple(ACTIVE),
        icon="fa-pencil-square-o",
    ),
    Figure("companies", _lt("Companies"), "bmasia.company", icon="fa-building-o"),
)
# Mails are counted by the documents that they belong to: a refusal that was made good
# stays in the log of deliveries, but not here.
NOT_OUT_FIGURES = tuple(
    Figure(key, label, model, tuple(NOT_OUT))
    for key, label, model in (
        ("quote", _lt("Quotes"), "bmasia.quote"),
        ("contract", _lt("Contracts"), "bmasia.contract"),
        ("invoice", _lt("Invoices"), "bmasia.invoice"),
        ("receipt", _lt("Receipts"), "bmasia.receipt"),
    )
)
# Of the quotes that were decided in the period.
WON = Figure(
    "won",
    _lt("Won"),
    "bmasia.quote",
    (("state", "=", "accepted"),),
    "amount_untaxed",
    "accepted_date",
)
DECLINED = Figure(
    "declined",
    _lt("Declined"),
    "bmasia.quote",
    (("state", "=", "rejected"),),
    "amount_untaxed",
    "rejected_date",
)
EXPIRED = Figure(
    "expired",
    _lt("Expired"),
    "bmasia.quote",
    (("state", "=", "expired"),),
    "amount_untaxed",
    "valid_until",
)
DECISIONS = (WON, DECLINED, EXPIRED)
PERIODS = {
    "month": _lt("This month"),
    "quarter": _lt("This quarter"),
    "year": _lt("This year"),
    "last_12": _lt("Last 12 months"),
    "custom": _lt("Other days"),
}
REVENUE = {
    "month": _lt("Revenue this month"),
    "quarter": _lt("Revenue this quarter"),
    "year": _lt("Revenue this year"),
    "last_12": _lt("Revenue, last 12 months"),
    "custom": _lt("Revenue of these days"),
}
