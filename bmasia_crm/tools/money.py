"""The money totals: gross → discount → net → tax → total.

Every step of a line is rounded in the currency, and a document is the sum of its lines,
so that each printed row follows from the rows above it, to the cent.

>>> line = amounts(quantity=3, unit_price=14000, discount=10, tax_rate=7)
>>> line
Amounts(gross=42000.0, discount=4200.0, untaxed=37800.0, tax=2646.0, total=40446.0)
>>> total([line, line]).total
80892.0
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Number = float | Decimal  # ints are floats to the type checker
CENT = 0.01  # rounding of most currencies; JPY has 1.0
MAX_QUANTITY = 10**6
MAX_PRICE = 10**12  # rupiah and dong have many zeros
# A line's gross amount. Twenty years of it, billed at once as one unit, are a price.
MAX_GROSS = MAX_PRICE // 20


@dataclass(frozen=True)
class Amounts:
    """One line's or one document's totals."""

    gross: float = 0.0
    discount: float = 0.0
    untaxed: float = 0.0
    tax: float = 0.0
    total: float = 0.0


def exact(value: Number) -> Decimal:
    """The decimal that a person reads, not the float's binary neighbour.

    >>> exact(0.285) * 100
    Decimal('28.500')
    """
    return Decimal(repr(float(value)))


def to_currency(value: Number, rounding: float = CENT) -> Decimal:
    """Round half up to the currency's smallest unit.

    >>> to_currency(exact(1.005))
    Decimal('1.01')
    >>> to_currency(1499.5, rounding=1.0)
    Decimal('1500')
    """
    step = exact(rounding).normalize()
    value = value if isinstance(value, Decimal) else exact(value)
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def amounts(
    quantity: float,
    unit_price: Number,
    discount: float = 0.0,
    tax_rate: float = 0.0,
    rounding: float = CENT,
    years: int | Fraction = 1,
) -> Amounts:
    """The totals of one line.

    :param float discount: percent of the gross amount
    :param float tax_rate: percent of what the discount leaves; 0 means no tax
    :param float rounding: the currency's smallest unit
    :param years: how many years the price is charged for, an int or a ``Fraction``

    >>> amounts(1, 0.1 + 0.2).gross
    0.3
    >>> amounts(7, 1.15, discount=100, tax_rate=7).total
    0.0
    >>> amounts(1, 999, tax_rate=7, rounding=1.0).tax
    70.0
    >>> from fractions import Fraction
    >>> amounts(2, 14000, years=Fraction(292, 365)).gross
    22400.0
    """
    whole = exact(quantity) * exact(unit_price) * years.numerator
    gross = to_currency(whole / years.denominator, rounding)
    less = to_currency(gross * exact(discount) / 100, rounding)
    untaxed = gross - less
    tax = to_currency(untaxed * exact(tax_rate) / 100, rounding)
    steps = (gross, less, untaxed, tax, untaxed + tax)
    return Amounts(*(float(step) for step in steps))


def total(lines: Iterable[Amounts]) -> Amounts:
    """Add up totals, step by step.

    >>> total([])
    Amounts(gross=0.0, discount=0.0, untaxed=0.0, tax=0.0, total=0.0)
    >>> total([Amounts(0.1, 0, 0.1, 0, 0.1), Amounts(0.2, 0, 0.2, 0, 0.2)]).total
    0.3
    """
    columns = zip(*(astuple(line) for line in lines), strict=True)
    sums = [float(sum(map(exact, column), Decimal())) for column in columns]
    return Amounts(*sums)


def add(values: Iterable[Number]) -> float:
    """Sum of amounts, without the dust of binary fractions.

    >>> add([0.1, 0.2])
    0.3
    """
    return float(sum(map(exact, values), Decimal()))


def subtract(amount: Number, *others: Number) -> float:
    """What others leave of an amount.

    >>> subtract(0.3, 0.1, 0.1)
    0.1
    """
    return float(exact(amount) - sum(map(exact, others), Decimal()))


def over_term(per_year: float, months: int, rounding: float = CENT) -> float:
    """What a yearly amount comes to over the term.

    >>> over_term(14000, 24)
    28000.0
    >>> over_term(1000, 5)
    416.67
    """
    return float(to_currency(exact(per_year) * months / 12, rounding))


def gross_for(untaxed: float, discount: float, rounding: float = CENT) -> float:
    """The gross amount that a discount turns into exactly this net amount.

    There always is one: one cent more gross makes the net grow by a cent or not at all.

    >>> gross_for(1049.93, 10)
    1166.59
    >>> amounts(1, gross_for(1049.93, 10), discount=10).untaxed
    1049.93
    """
    left = 1 - exact(discount) / 100
    if left == 0:
        raise ValueError("a discount of 100 % leaves nothing of any amount")
    step = exact(rounding).normalize()
    gross = to_currency(exact(untaxed) / left, rounding)
    for candidate in (gross, gross - step, gross + step):
        if amounts(1, candidate, discount, rounding=rounding).untaxed == untaxed:
            return float(candidate)
    raise ValueError(f"{untaxed} is no amount of a currency rounded to {rounding}")
