"""Net and tax by rate as documents store them, and what of a sale a payment settles.

A sale is a list of :class:`~.money.TaxRow`. Each settlement takes a part as
:func:`.money.share` reckons it: the last one closes every rate, whatever the amounts
were.

>>> whole = [TaxRow("standard", 7.0, 100.0, 7.0)]
>>> first = share(whole, 35.67)
>>> second = share(whole, 35.67, first)
>>> third = share(whole, 35.66, add(first, second))
>>> [row.tax for row in (*first, *second, *third)]
[2.33, 2.34, 2.33]
"""

import math
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from . import money
from .money import CENT, TaxRow, exact


def read(stored: Iterable[dict[str, Any]] | None) -> list[TaxRow]:
    """Rows as they are stored.

    >>> read([{"rate": 7.0, "category": "standard", "base": 100.0, "tax": 7.0}])
    [TaxRow(category='standard', rate=7.0, base=100.0, tax=7.0)]
    """
    return [TaxRow(**each) for each in stored or ()]


def write(rows: Iterable[TaxRow]) -> list[dict[str, Any]]:
    """Rows as JSON can store them."""
    return [asdict(row) for row in rows]


def add(*lists: Iterable[TaxRow]) -> list[TaxRow]:
    """Sums by rate and category, the highest rate first.

    >>> add([TaxRow("standard", 7.0, 0.1, 0.0)], [TaxRow("standard", 7.0, 0.2, 0.0)])
    [TaxRow(category='standard', rate=7.0, base=0.3, tax=0.0)]
    """
    return _combine([(1, rows) for rows in lists])


def subtract(rows: Iterable[TaxRow], *others: Iterable[TaxRow]) -> list[TaxRow]:
    """What others leave, by rate and category.

    >>> subtract([TaxRow("zero", 0.0, 5.0, 0.0)], [TaxRow("zero", 0.0, 2.0, 0.0)])
    [TaxRow(category='zero', rate=0.0, base=3.0, tax=0.0)]
    """
    return _combine([(1, rows), *((-1, other) for other in others)])


def _combine(signed: list[tuple[int, Iterable[TaxRow]]]) -> list[TaxRow]:
    sums: dict[tuple[str, float], list[Decimal]] = {}
    for sign, rows in signed:
        for row in rows:
            found = sums.setdefault(row.key, [Decimal(), Decimal()])
            found[0] += sign * exact(row.base)
            found[1] += sign * exact(row.tax)
    keys = sorted(sums, key=lambda key: (-key[1], key[0]))
    return [TaxRow(*key, *map(float, sums[key])) for key in keys]


def total(rows: Iterable[TaxRow]) -> float:
    """Net and tax of all rows."""
    return money.add(row.total for row in rows)


def share(
    whole: Iterable[TaxRow],
    amount: float,
    taken: Iterable[TaxRow] = (),
    rounding: float = CENT,
) -> list[TaxRow]:
    """What of a sale falls to an amount, tax included.

    More than the sale comes to has its proportions: an advance may be for several years
    of a contract whose lines are those of one.

    :param whole: the rows of the sale
    :param float amount: what is settled now; the shares sum to it exactly
    :param taken: the shares of what was settled until now
    :param float rounding: the currency's smallest unit

    >>> sale = [TaxRow("standard", 7.0, 100.0, 7.0), TaxRow("zero", 0.0, 50.0, 0.0)]
    >>> [(row.base, row.tax) for row in share(sale, 78.5)]
    [(50.0, 3.5), (25.0, 0.0)]
    >>> [(row.base, row.tax) for row in share(sale, 314)]
    [(200.0, 14.0), (100.0, 0.0)]
    """
    rows, had = add(whole), add(taken)
    sale = total(rows)
    if sale <= 0:
        return [TaxRow("outside", 0.0, float(amount), 0.0)] if amount else []
    if any(row.total < 0 for row in rows):
        return _set_right(rows, amount, rounding)
    times = max(math.ceil(exact(money.add([total(had), amount])) / exact(sale)), 1)
    many = [
        TaxRow(*row.key, *(float(exact(v) * times) for v in (row.base, row.tax)))
        for row in rows
    ]
    return money.share(many, amount, had, rounding)


def corrected(
    credited: Iterable[TaxRow],
    declared: Iterable[TaxRow],
    left: Iterable[TaxRow],
    rounding: float = CENT,
) -> list[TaxRow]:
    """What of a credit corrects tax invoices: at each rate, what they declared beyond
    what is left of the sale; and no less in all than was paid too much.

    :param credited: what is taken back of the sale now
    :param declared: by tax invoices, less earlier credit notes
    :param left: of the sale, with all that is credited of it
    :param rounding: the currency's smallest unit
    :returns: its part of each of them

    Example: 500 of a bill over 1,000 at 7 % and 1,000 at 0 % is paid, then the latter
    is credited.

    >>> sale = [TaxRow("standard", 7.0, 1000.0, 70.0), TaxRow("zero", 0.0, 1000.0, 0.0)]
    >>> paid = share(sale, 500)
    >>> [(row.base, row.tax) for row in paid]
    [(241.54, 16.91), (241.55, 0.0)]
    >>> [(row.base, row.tax) for row in corrected(sale[1:], paid, sale[:1])]
    [(241.55, 0.0)]
    """
    own, known, rest = add(credited), add(declared), add(left)
    known = add(known, *([TaxRow(*row.key, 0.0, 0.0)] for row in own))
    least = max(money.subtract(total(known), total(rest)), 0.0)
    if any(row.total < 0 for row in own):
        return share(own, least, rounding=rounding)
    beyond = {row.key: row.total for row in subtract(known, rest)}
    parts = [
        part
        for row in own
        for part in money.share(
            [row], max(min(row.total, beyond[row.key]), 0.0), rounding=rounding
        )
    ]
    others = money.subtract(total(parts), least)
    # declared at rates that this does not credit; or all rates have what is theirs
    if others < 0:
        return share(own, least, rounding=rounding)
    if others <= rounding * len(own):
        return share(parts, least, rounding=rounding) if least else []
    return parts


def _set_right(rows: list[TaxRow], amount: float, rounding: float) -> list[TaxRow]:
    """Of what is left of a sale of which one rate was paid too much: each row in
    proportion, so that this one goes back to the other rates by the last payment.

    Example: 500 of a bill over 1,000 at 7 % and 1,000 at 0 % is paid, then the latter
    is credited. Half of what was paid was declared at 0 %.

    >>> left = [TaxRow("standard", 7.0, 750.0, 52.5), TaxRow("zero", 0.0, -250.0, 0.0)]
    >>> [(row.base, row.tax) for row in share(left, 552.5)]
    [(750.0, 52.5), (-250.0, 0.0)]
    >>> [(row.base, row.tax) for row in share(left, 300)]
    [(407.24, 28.51), (-135.75, 0.0)]
    """
    sale, rest, parts = exact(total(rows)), exact(amount), []
    for index, row in enumerate(rows, 1):
        own = exact(row.total)
        part = rest
        if index < len(rows):
            part = money.to_currency(own * exact(amount) / sale, rounding)
        tax = Decimal()
        if own:
            tax = money.to_currency(exact(row.tax) * part / own, rounding)
        parts.append(TaxRow(*row.key, float(part - tax), float(tax)))
        rest -= part
    return parts
