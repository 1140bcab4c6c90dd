"""Periods of the dashboard, and what each is compared with.

>>> today = date(2026, 11, 29)
>>> month = period("month", today)
>>> str(month)
'2026-11-01 – 2026-11-30'
>>> str(before("month", month, today))   # so far, not the whole of October
'2026-10-01 – 2026-10-29'
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

MONTHS_BACK = {"month": 1, "quarter": 3, "year": 12, "last_12": 12}
CUSTOM = "custom"
KINDS = (*MONTHS_BACK, CUSTOM)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days, the first and the last included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"


def period(
    kind: str, today: date, first: date | None = None, last: date | None = None
) -> Period:
    """The days of a kind of period.

    >>> str(period("quarter", date(2026, 11, 29)))
    '2026-10-01 – 2026-12-31'
    >>> str(period("last_12", date(2026, 11, 29)))
    '2025-12-01 – 2026-11-30'
    >>> str(period("custom", date(2026, 11, 29), date(2026, 3, 5), date(2026, 3, 1)))
    '2026-03-01 – 2026-03-05'
    """
    if kind == CUSTOM:
        ends = sorted([first or last or today, last or first or today])
        return Period(*ends)
    month = today.replace(day=1)
    start = {
        "month": month,
        "quarter": month.replace(month=month.month - (month.month - 1) % 3),
        "year": month.replace(month=1),
        "last_12": month - relativedelta(months=11),
    }[kind]
    return Period(start, start + relativedelta(months=MONTHS_BACK[kind]) - DAY)


def before(kind: str, now: Period, today: date) -> Period:
    """The same days of the period before; of one that runs, as far as today.

    >>> days = Period(date(2026, 3, 1), date(2026, 3, 10))
    >>> str(before("custom", days, date(2026, 11, 29)))
    '2026-02-19 – 2026-02-28'
    >>> str(before("year", period("year", date(2026, 3, 31)), date(2026, 3, 31)))
    '2025-01-01 – 2025-03-31'
    """
    if kind == CUSTOM:
        days = now.last - now.first + DAY
        return Period(now.first - days, now.first - DAY)
    back = relativedelta(months=MONTHS_BACK[kind])
    return Period(now.first - back, min(now.last, today) - back)


def months(last: date, count: int) -> Iterator[Period]:
    """Whole months in order, up to the one of a day.

    >>> [str(month) for month in months(date(2026, 2, 10), 2)]
    ['2026-01-01 – 2026-01-31', '2026-02-01 – 2026-02-28']
    """
    first = last.replace(day=1) - relativedelta(months=count - 1)
    for number in range(count):
        start = first + relativedelta(months=number)
        yield Period(start, start + relativedelta(months=1) - DAY)
