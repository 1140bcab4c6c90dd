"""What of a sale a payment settles, rate by rate, to the smallest unit.

A sale is a list of :class:`Part`, one per tax rate. Each settlement takes a cumulative
share: what all settlements up to it make, rounded, less what the ones before it took.
So the last one closes every rate, whatever the amounts were.

>>> whole = [Part(7.0, "standard", 100.0, 7.0)]
>>> first = share(whole, 35.67)
>>> second = share(whole, 35.67, 35.67, first)
>>> third = share(whole, 35.66, 71.34, add(first, second))
>>> [part.tax for part in (*first, *second, *third)]
[2.33, 2.34, 2.33]
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from .money import CENT, exact, to_currency


@dataclass(frozen=True)
class Part:
    """What is taxed at one rate: the net amount and its tax."""

    rate: float
    category: str
    base: float
    tax: float

    @property
    def key(self) -> tuple[float, str]:
        """What tells the parts of a sale apart."""
        return self.rate, self.category

    @property
    def total(self) -> Decimal:
        """Net and tax."""
        return exact(self.base) + exact(self.tax)


def read(stored: Iterable[dict[str, Any]] | None) -> list[Part]:
    """Parts as they are stored.

    >>> read([{"rate": 7.0, "category": "standard", "base": 100.0, "tax": 7.0}])
    [Part(rate=7.0, category='standard', base=100.0, tax=7.0)]
    """
    return [Part(**each) for each in stored or ()]


def write(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Parts as JSON can store them."""
    return [asdict(part) for part in parts]


def add(*lists: Iterable[Part]) -> list[Part]:
    """Sums by rate and category.

    >>> add([Part(7.0, "standard", 0.1, 0.0)], [Part(7.0, "standard", 0.2, 0.0)])
    [Part(rate=7.0, category='standard', base=0.3, tax=0.0)]
    """
    return _combine([(1, parts) for parts in lists])


def subtract(parts: Iterable[Part], *others: Iterable[Part]) -> list[Part]:
    """What others leave, by rate and category.

    >>> subtract([Part(0.0, "zero", 5.0, 0.0)], [Part(0.0, "zero", 2.0, 0.0)])
    [Part(rate=0.0, category='zero', base=3.0, tax=0.0)]
    """
    return _combine([(1, parts), *((-1, other) for other in others)])


def _combine(signed: list[tuple[int, Iterable[Part]]]) -> list[Part]:
    sums: dict[tuple[float, str], list[Decimal]] = {}
    for sign, parts in signed:
        for part in parts:
            found = sums.setdefault(part.key, [Decimal(), Decimal()])
            found[0] += sign * exact(part.base)
            found[1] += sign * exact(part.tax)
    return [
        Part(*key, float(base), float(tax)) for key, (base, tax) in sorted(sums.items())
    ]


def total(parts: Iterable[Part]) -> float:
    """Net and tax of all parts."""
    return float(sum((part.total for part in parts), Decimal()))


def share(
    whole: Iterable[Part],
    amount: float,
    before: float = 0.0,
    taken: Iterable[Part] = (),
    rounding: float = CENT,
) -> list[Part]:
    """What of a sale falls to an amount, tax included.

    :param whole: the parts of the sale
    :param float amount: what is settled now; the shares sum to it exactly
    :param float before: what was settled until now
    :param taken: the shares of what was settled until now
    :param float rounding: the currency's smallest unit

    >>> share([Part(0.0, "zero", 50.0, 0.0), Part(7.0, "standard", 100.0, 7.0)], 78.5)
    ... # doctest: +NORMALIZE_WHITESPACE
    [Part(rate=0.0, category='zero', base=25.0, tax=0.0),
     Part(rate=7.0, category='standard', base=50.0, tax=3.5)]
    """
    parts = sorted(whole, key=lambda part: part.key)
    sale = sum((part.total for part in parts), Decimal())
    if not sale:
        return [Part(0.0, "outside", float(amount), 0.0)] if amount else []
    settled = exact(before) + exact(amount)
    upto, counted, given = [], Decimal(), Decimal()
    for part in parts:
        counted += part.total
        gross = to_currency(settled * counted / sale, rounding) - given
        given += gross
        base = Decimal()
        if part.total:
            base = to_currency(gross * exact(part.base) / part.total, rounding)
        upto.append(Part(*part.key, float(base), float(gross - base)))
    return subtract(upto, taken)
