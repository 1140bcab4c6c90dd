"""What a line is charged in each billing period, and what is still to bill of it.

The rule: a whole period is charged its share of the price; a broken one, its share by
the days served out of that period's days. What was billed stays: where a line changes
afterwards, the difference is billed or credited.

>>> year = [periods(date(2026, 1, 1), 12, 12)]
>>> zones = Line(1, 1, "yearly", 28000, (Span(date(2026, 4, 1), date(2026, 12, 31)),))
>>> charged([zones], year)
[{1: 21095.89}]
>>> months = [periods(date(2026, 1, 1), 12, 1)]
>>> sum(sum(amounts.values()) for amounts in charged([zones], months))
21000.0
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import cast

from .money import CENT, add, exact, over_term, subtract, to_currency
from .schedule import Period, periods

DAY = timedelta(days=1)
Stretch = Sequence[Period]  # periods that were agreed together
Billed = Mapping[Hashable, float]  # net by root of line
Exact = Fraction | None  # before it is rounded; None: not served


@dataclass(frozen=True, order=True)
class Span:
    """Days in a row, both ends included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start) // DAY + 1

    def within(self, other: "Span | Period") -> "Span | None":
        """The days that both have, or None."""
        first, last = max(self.start, other.start), min(self.end, other.end)
        return Span(first, last) if first <= last else None


@dataclass(frozen=True)
class Line:
    """What is charged, and on which days it is served.

    :param key: tells the line from the others
    :param root: key of the first line that this one follows, through all changes
    :param charge: ``yearly``, for its own ``days``, or ``once``
    :param amount: net, of a year, of these days, or once; negative: an amount off
    :param spans: days on which it is served, none twice
    :param price_days: what a price for ``days`` is for
    :param taxed: an amount off is taken off what is taxed alike
    """

    key: Hashable
    root: Hashable
    charge: str
    amount: float
    spans: tuple[Span, ...]
    price_days: Span | None = None
    taxed: tuple[Hashable, ...] = ()


@dataclass
class Due:
    """One bill to come, or one credit.

    :param period: which billing period it belongs to
    :param start: the first day that it is about
    :param parts: net by key of line; negative in a credit
    """

    period: int
    start: date
    parts: dict[Hashable, float] = field(default_factory=dict)

    @property
    def amount(self) -> float:
        return add(self.parts.values())


def without(spans: Iterable[Span], gaps: Iterable[Span]) -> tuple[Span, ...]:
    """The days of spans that are in no gap.

    >>> year = Span(date(2026, 1, 1), date(2026, 12, 31))
    >>> [s.days for s in without([year], [Span(date(2026, 4, 1), date(2026, 4, 30))])]
    [90, 245]
    """
    left = list(spans)
    for gap in gaps:
        before, after = Span(date.min, gap.start - DAY), Span(gap.end + DAY, date.max)
        rest = [span.within(side) for span in left for side in (before, after)]
        left = [span for span in rest if span]
    return tuple(left)


def lasting(start: date, end: date, every: int | None) -> list[Period]:
    """Periods from one day to another; the last one is broken where no whole number of
    months ends on that day.

    :param every: months of a period; None: one for it all
    """
    months = 1
    while periods(start, months)[-1].end < end:
        months += 1
    if every and periods(start, months)[-1].end > end:
        months = -(-months // every) * every
    return periods(start, months, every)


def charged(
    chain: Sequence[Line], stretches: Sequence[Stretch], rounding: float = CENT
) -> list[dict[Hashable, float]]:
    """What each period of all stretches is charged for lines that follow one another.

    Cumulative rounding of what they come to together: no period is more than a unit
    off, and a line that is replaced by an equal one changes nothing.

    :returns: net by key of line, by period; a line that is not served is not there
    """
    exacts = [_exact(line, stretches, rounding) for line in chain]
    own = [_rounded(amounts, rounding) for amounts in exacts]
    together = [sum(filter(None, each)) for each in zip(*exacts, strict=True)]
    sums = _rounded(together, rounding)
    found = []
    for index, whole in enumerate(sums):
        amounts = {
            line.key: rounded[index]
            for line, exact_, rounded in zip(chain, exacts, own, strict=True)
            if exact_[index] is not None
        }
        if amounts:
            last = next(reversed(amounts))
            amounts[last] = subtract(whole, *list(amounts.values())[:-1])
        found.append(amounts)
    return found


def _exact(line: Line, stretches: Sequence[Stretch], rounding: float) -> list[Exact]:
    """What each period is charged for a line, before it is rounded; None where it is
    not served.
    """
    flat = [period for stretch in stretches for period in stretch]
    if line.charge == "once":
        first = _begins(line, flat)
        weights = [1 if index == first else 0 for index in range(len(flat))]
        return _weighted(line.amount, weights)
    if line.charge == "days":
        return _weighted(line.amount, _by_days(line, flat))
    found: list[Exact] = []
    for stretch in stretches:
        whole = over_term(line.amount, sum(p.months for p in stretch), rounding)
        found += _weighted(whole, _by_months(line, stretch))
    return found


def _weighted(
    amount: float | Decimal, weights: Iterable[Fraction | int]
) -> list[Exact]:
    whole = Fraction(exact(amount))
    return [whole * weight if weight else None for weight in weights]


def _rounded(exacts: Iterable[Exact], rounding: float) -> list[float]:
    found, before, passed = [], to_currency(0, rounding), Fraction(0)
    for amount in exacts:
        passed += amount or 0
        so_far = to_currency(Decimal(passed.numerator) / passed.denominator, rounding)
        found.append(float(so_far - before))
        before = so_far
    return found


def plan(
    lines: Sequence[Line],
    stretches: Sequence[Stretch],
    billed: Mapping[int, Billed],
    rounding: float = CENT,
) -> list[Due]:
    """What is still to bill, and to credit, in the order of days.

    A period that was not billed has a bill of what begins with it, even of nothing, and
    one for each later day on which a line begins. A period that was billed has a bill
    of what was added since, and a credit of what was taken away.

    :param billed: what was billed, net by root, by period
    """
    flat = [period for stretch in stretches for period in stretch]
    found: dict[tuple[int, date, bool], Due] = {
        (index, period.start, True): Due(index, period.start)
        for index, period in enumerate(flat)
        if index not in billed
    }
    for chain in _chains(lines):
        for index, amounts in enumerate(charged(chain, stretches, rounding)):
            before = billed.get(index)
            if before is None:
                day = _first_day(chain, flat[index])
            else:
                amounts = _difference(chain, flat[index], amounts, before)
                day = _first_change(chain, flat[index])
            for key, amount in amounts.items():
                place = (index, day, amount >= 0)
                found.setdefault(place, Due(index, day)).parts[key] = amount
    dues = [found[place] for place in sorted(found)]
    _take_off(lines, flat, dues, billed)
    return dues


def _chains(lines: Iterable[Line]) -> Collection[list[Line]]:
    """Lines that follow one another, without the amounts off."""
    chains: dict[Hashable, list[Line]] = {}
    for line in lines:
        if line.amount >= 0:
            chains.setdefault(line.root, []).append(line)
    return chains.values()


def _difference(
    chain: Sequence[Line],
    period: Period,
    amounts: Mapping[Hashable, float],
    billed: Billed,
) -> dict[Hashable, float]:
    """What a period was not billed of a chain, or too much, as of its last line."""
    left = subtract(add(amounts.values()), billed.get(chain[0].root, 0.0))
    return {_last(chain, period).key: left} if left else {}


def _take_off(
    lines: Sequence[Line],
    flat: Sequence[Period],
    dues: Iterable[Due],
    billed: Mapping[int, Billed],
) -> None:
    """Amounts off are taken off the first bills, as long as those charge something at
    the same rate of tax: none goes below zero, and none is of before its day.
    """
    taxed = {line.key: line.taxed for line in lines}
    for line in lines:
        if line.amount >= 0:
            continue
        earlier = add(roots.get(line.root, 0.0) for roots in billed.values())
        left = subtract(-line.amount, -earlier)
        for due in dues:
            if not line.spans or flat[due.period].end < min(line.spans).start:
                continue
            alike = [
                part for key, part in due.parts.items() if taxed[key] == line.taxed
            ]
            off = min(left, max(add(alike), 0.0))
            if off > 0:
                due.parts[line.key] = -off
                left = subtract(left, off)


def _begins(line: Line, flat: Sequence[Period]) -> int | None:
    first = min(line.spans).start if line.spans else None
    if first is None:
        return None
    for index, period in enumerate(flat):
        if period.end >= first:
            return index
    return len(flat) - 1


def _by_months(line: Line, stretch: Stretch) -> list[Fraction]:
    whole = sum(period.months for period in stretch)
    return [
        Fraction(period.months, whole)
        * Fraction(served(line.spans, period), Span(period.start, period.end).days)
        for period in stretch
    ]


def _by_days(line: Line, flat: Sequence[Period]) -> list[Fraction]:
    """Days before the first period are its, those after the last one are that one's."""
    widened = [
        Span(
            date.min if index == 0 else period.start,
            date.max if index == len(flat) - 1 else period.end,
        )
        for index, period in enumerate(flat)
    ]
    price_days = cast(Span, line.price_days)
    inside = [span.within(price_days) for span in line.spans]
    spans = [span for span in inside if span]
    return [Fraction(served(spans, period), price_days.days) for period in widened]


def served(spans: Iterable[Span], period: "Span | Period") -> int:
    """How many days of a period are in one of these spans, which do not overlap."""
    inside = (span.within(period) for span in spans)
    return sum(span.days for span in inside if span)


def _first_day(chain: Iterable[Line], period: Period) -> date:
    """The first day in a period on which one of these lines is served."""
    return min(_starts(chain, period), default=period.start)


def _first_change(chain: Sequence[Line], period: Period) -> date:
    """The first day in a period on which lines are served otherwise than before."""
    ends = [
        span.end + DAY
        for line in chain
        for span in line.spans
        if period.start <= span.end + DAY <= period.end
    ]
    starts = [day for day in _starts(chain, period) if day > period.start]
    return min(starts + ends, default=period.start)


def _starts(chain: Iterable[Line], period: Period) -> Iterator[date]:
    for line in chain:
        for span in line.spans:
            served = span.within(period)
            if served and line.price_days:
                served = served.within(line.price_days)
            if served:
                yield served.start


def _last(chain: Sequence[Line], period: Period) -> Line:
    """The line of a chain that is served last in a period, else the newest."""
    serving = [line for line in chain if served(line.spans, period)]
    return (serving or chain)[-1]
