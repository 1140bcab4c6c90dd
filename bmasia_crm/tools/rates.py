"""A sale at the standard rate of another day than its document's.

Net is what was agreed. Tax comes on top, at the rate of the day on which it falls due:
what was settled or taken back before a new rate keeps the old one.

>>> bill = [TaxRow("standard", 7.0, 2000.0, 140.0)]
>>> paid = [TaxRow("standard", 7.0, 1000.0, 70.0)]
>>> [(row.rate, row.base, row.tax) for row in at_rate(bill, 7, 10, paid)]
[(10.0, 1000.0, 100.0), (7.0, 1000.0, 70.0)]
"""

from collections.abc import Iterable

from . import money, shares
from .money import CENT, TaxRow, exact

STANDARD = "standard"


def restated(
    rows: Iterable[TaxRow], printed: float, now: float, rounding: float = CENT
) -> list[TaxRow]:
    """Rows with all that is taxed at one standard rate taxed at another.

    >>> restated([TaxRow("standard", 7.0, 100.0, 7.0)], 7, 10)
    [TaxRow(category='standard', rate=10.0, base=100.0, tax=10.0)]
    """
    if printed == now:
        return list(rows)
    return shares.add(
        _taxed(row.base, now, rounding) if row.key == (STANDARD, printed) else row
        for row in rows
    )


def _taxed(base: float, rate: float, rounding: float) -> TaxRow:
    tax = money.to_currency(exact(base) * exact(rate) / 100, rounding)
    return TaxRow(STANDARD, float(rate), base, float(tax))


def at_rate(
    whole: Iterable[TaxRow],
    printed: float,
    now: float,
    settled: Iterable[TaxRow] = (),
    rounding: float = CENT,
) -> list[TaxRow]:
    """The rows of a sale on a day with another standard rate.

    :param whole: as the document has them
    :param float printed: the standard rate of the document
    :param float now: the standard rate of the day
    :param settled: what was settled or taken back so far; what of it had another rate
        than today's keeps that, and the rest has today's

    >>> bill = [TaxRow("standard", 7.0, 100.05, 7.0), TaxRow("zero", 0.0, 50.0, 0.0)]
    >>> at_rate(bill, 7, 7) == bill
    True
    >>> [row.tax for row in at_rate(bill, 7, 10)]
    [10.01, 0.0]
    """
    rows = shares.add(whole)
    own = {row.key for row in rows}
    kept = [
        part
        for part in shares.add(settled)
        if part.category == STANDARD and part.rate != now and part.base > 0
        if part.rate == printed or part.key not in own
    ]
    found = []
    for row in rows:
        is_other = row.key != (STANDARD, printed)
        if is_other or now == printed and not kept:
            found.append(row)
            continue
        base = money.subtract(row.base, *(part.base for part in kept))
        found += kept
        if base > 0:
            found.append(_taxed(base, now, rounding))
        elif base < 0:  # more was taken than there was: as printed
            found.append(TaxRow(STANDARD, float(printed), base, 0.0))
    return shares.add(found)
