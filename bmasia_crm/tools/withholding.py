"""Tax that a Thai customer withholds from a payment and pays to the state.

Of the price without VAT (Departmental Order Tor Por. 4/2528, made under sections 3
tredecim and 50 of the Revenue Code): 3 % of services (section 40(7) and (8)), 5 % of
rent (section 40(5)), nothing of goods; a state body withholds 1 % of either (section 69
bis). Under the order, what comes to less than 1,000 baht in all is paid without.

>>> proposal([Part(3.0, 10000.0), Part(0.0, 500.0)])
[Withheld(rate=3.0, base=10000.0, amount=300.0)]
>>> share(300.0, settled=5350.0, total=10700.0)
150.0
"""

from collections.abc import Iterable
from typing import NamedTuple

from . import money

SMALLEST = 1000.0  # baht in all: less is paid in full
# Of income, as section 40 of the Revenue Code numbers it, for the certificate.
INCOMES = [
    ("40_1", "40(1) Salary, wages"),
    ("40_2", "40(2) Fees, commission"),
    ("40_3", "40(3) Royalties, licence fees"),
    ("40_4", "40(4) Interest, dividends"),
    ("40_5", "40(5) Rent"),
    ("40_6", "40(6) Liberal professions"),
    ("40_7", "40(7) Contract work with materials"),
    ("40_8", "40(8) Services and other business"),
]
RENT = 5.0  # percent


class Part(NamedTuple):
    """A part of an invoice before VAT, and what is withheld of it, in percent."""

    rate: float
    net: float


class Withheld(NamedTuple):
    """What is withheld at one rate."""

    rate: float
    base: float
    amount: float


def proposal(parts: Iterable[Part], rounding: float = money.CENT) -> list[Withheld]:
    """What is withheld of these, one row per rate.

    >>> rows = proposal([Part(3.0, 33.33), Part(3.0, 33.33), Part(5.0, 90.0)])
    >>> [tuple(row) for row in rows]
    [(3.0, 66.66, 2.0), (5.0, 90.0, 4.5)]
    >>> proposal([])
    []
    """
    bases: dict[float, list[float]] = {}
    for part in parts:
        if part.rate:
            bases.setdefault(part.rate, []).append(part.net)
    rows = []
    for rate, nets in sorted(bases.items()):
        base = money.add(nets)
        exact = money.exact(base) * money.exact(rate) / 100
        rows.append(Withheld(rate, base, float(money.to_currency(exact, rounding))))
    return rows


def share(
    expected: float, settled: float, total: float, rounding: float = money.CENT
) -> float:
    """What of it falls to a payment that settles a part of the invoice.

    >>> share(300.0, 0.0, 0.0)
    0.0
    """
    if not total:
        return 0.0
    exact = money.exact(expected) * money.exact(settled) / money.exact(total)
    return float(money.to_currency(exact, rounding))


def income_of(rate: float) -> str:
    """Which income is withheld at a rate, as far as that tells.

    >>> income_of(5.0), income_of(3.0)
    ('40_5', '40_8')
    """
    return "40_5" if rate == RENT else "40_8"
