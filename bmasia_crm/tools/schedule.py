"""When a contract is billed, and how much each time.

Dates are inclusive on both ends. Shares add up to the whole, to the cent.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from .money import CENT, exact, to_currency

# months between two bills; None: one bill for the whole term
EVERY = {
    "monthly": 1,
    "quarterly": 3,
    "half_yearly": 6,
    "annual": 12,
    "upfront": None,
    "one_time": None,
}


@dataclass(frozen=True)
class Period:
    """One period of a term, ``months`` of it, both days included."""

    start: date
    end: date
    months: int


def add_months(day: date, months: int) -> date:
    """The same day that many months later, or the last one of a shorter month.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    >>> add_months(date(2026, 1, 1), -1)
    datetime.date(2025, 12, 1)
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))


def end_of(start: date, months: int) -> date:
    """The last day of a term.

    >>> end_of(date(2026, 1, 1), 12)
    datetime.date(2026, 12, 31)
    >>> end_of(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 27)
    """
    return add_months(start, months) - timedelta(days=1)


def years(start: date, end: date) -> Fraction:
    """How many years a stretch of time is, both days included.

    Whole years count as such; what is left counts by its days, out of those of the
    year that begins with it.

    >>> years(date(2026, 1, 1), date(2026, 12, 31))
    Fraction(1, 1)
    >>> years(date(2026, 3, 15), date(2026, 12, 31)) == Fraction(292, 365)
    True
    >>> years(date(2027, 3, 1), date(2028, 2, 29))   # 366 days, one year
    Fraction(1, 1)
    """
    whole, days, of = split_years(start, end)
    return whole + Fraction(days, of)


def split_years(start: date, end: date) -> tuple[int, int, int]:
    """Whole years, the days after them, and how many days that year has.

    >>> split_years(date(2026, 3, 15), date(2027, 3, 31))
    (1, 17, 366)
    """
    whole = 0
    while end_of(start, 12 * (whole + 1)) <= end:
        whole += 1
    rest = add_months(start, 12 * whole)
    year = add_months(start, 12 * (whole + 1)) - rest
    return whole, (end - rest).days + 1, year.days


def periods(start: date, months: int, every: int | None = None) -> list[Period]:
    """Cut a term into periods; the last one takes what is left.

    Each start is reckoned from the term's start: no drift after a short month.

    >>> periods(date(2026, 1, 31), months=3, every=1)[1].start   # no February 31st
    datetime.date(2026, 2, 28)
    >>> periods(date(2026, 1, 31), months=3, every=1)[2].start
    datetime.date(2026, 3, 31)
    >>> [p.months for p in periods(date(2026, 1, 1), months=14, every=12)]
    [12, 2]
    >>> len(periods(date(2026, 1, 1), months=36))
    1
    """
    every = every or months
    cuts = [*range(0, months, every), months]
    return [
        Period(
            start=add_months(start, first),
            end=end_of(start, next_first),
            months=next_first - first,
        )
        for first, next_first in zip(cuts, cuts[1:], strict=False)
    ]


def shares(amount: float, months: Sequence[int], rounding: float = CENT) -> list[float]:
    """Cut an amount in proportion to the months of each period.

    Cumulative rounding: no share is more than a unit off, and they sum to the whole.

    >>> shares(100, [1, 1, 1])
    [33.33, 33.34, 33.33]
    >>> sum(shares(14000, [12, 2]))
    14000.0
    """
    whole, found, before, passed = sum(months), [], to_currency(0, rounding), 0
    for count in months:
        passed += count
        so_far = to_currency(exact(amount) * passed / whole, rounding)
        found.append(float(so_far - before))
        before = so_far
    return found
