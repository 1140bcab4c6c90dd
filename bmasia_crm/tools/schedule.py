"""When a contract is billed, and how much each time.

Dates are inclusive on both ends. Shares add up to the whole, to the cent.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
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
SHARE_OF_NOTICE = 3  # a third of the term, at most


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


def end_of(start: date, months: int, by_law: bool = True) -> date:
    """The last day of a term.

    The day before the corresponding one; the last day of the month, where that has no
    such day (Thai Civil and Commercial Code, section 193/5).

    :param by_law: False: a day earlier in such a month, as contracts were signed before
        version 1.5

    >>> end_of(date(2026, 1, 1), 12)
    datetime.date(2026, 12, 31)
    >>> end_of(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    >>> end_of(date(2028, 2, 29), 12)
    datetime.date(2029, 2, 28)
    """
    day = add_months(start, months)
    is_last = by_law and day.day < start.day
    return day if is_last else day - timedelta(days=1)


def notice_day(start: date, end: date, days: int) -> date:
    """From which day on the end of a term is looked at: so many days before it, but at
    most a third of the term, so that a month that was sold is not due on its first day.

    >>> notice_day(date(2026, 1, 1), date(2026, 12, 31), 60)
    datetime.date(2026, 11, 1)
    >>> notice_day(date(2026, 1, 1), date(2026, 1, 31), 60)   # 10 of 31 days
    datetime.date(2026, 1, 21)
    """
    whole = (end - start).days + 1
    return end - timedelta(days=max(0, min(days, whole // SHARE_OF_NOTICE)))


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
    # not the same day of that year: a leap day has none
    passed = end_of(start, 12 * whole) if whole else start - timedelta(days=1)
    year = end_of(start, 12 * (whole + 1)) - passed
    return whole, (end - passed).days, year.days


def periods(
    start: date, months: int, every: int | None = None, by_law: bool = True
) -> list[Period]:
    """Cut a term into periods; the last one takes what is left.

    Each end is reckoned from the term's start, and the next period begins the day
    after: no drift after a short month, no gap and no day twice.

    >>> [str(p.end) for p in periods(date(2026, 1, 31), months=3, every=1)]
    ['2026-02-28', '2026-03-30', '2026-04-30']
    >>> [p.months for p in periods(date(2026, 1, 1), months=14, every=12)]
    [12, 2]
    >>> len(periods(date(2026, 1, 1), months=36))
    1
    """
    cuts = [*range(0, months, every or months), months]
    found: list[Period] = []
    for first, next_first in zip(cuts, cuts[1:], strict=False):
        end = end_of(start, next_first, by_law)
        begins = found[-1].end + timedelta(days=1) if found else start
        found.append(Period(begins, end, next_first - first))
    return found


def shares(amount: float, months: Sequence[int], rounding: float = CENT) -> list[float]:
    """Cut an amount in proportion to the months of each period.

    >>> shares(100, [1, 1, 1])
    [33.33, 33.34, 33.33]
    >>> sum(shares(14000, [12, 2]))
    14000.0
    """
    whole = sum(months)
    return parts(amount, [Fraction(count, whole) for count in months], rounding)


def parts(
    amount: float, weights: Sequence[Fraction], rounding: float = CENT
) -> list[float]:
    """What each of some parts gets of an amount.

    Cumulative rounding: no part is more than a unit off, and they sum to what their
    weights together are of the amount, rounded once.

    >>> parts(28000, [Fraction(0), Fraction(275, 365)])
    [0.0, 21095.89]
    """
    found, before, passed = [], to_currency(0, rounding), Fraction(0)
    for weight in weights:
        passed += weight
        so_far = to_currency(_decimal(exact(amount), passed), rounding)
        found.append(float(so_far - before))
        before = so_far
    return found


def _decimal(amount: Decimal, part: Fraction) -> Decimal:
    return amount * part.numerator / part.denominator
