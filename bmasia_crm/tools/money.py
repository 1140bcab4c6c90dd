"""The money totals: gross → discount → net → tax → total.

Gross, discount and net of a line are rounded in the currency. Tax is rounded once per
document and rate, on the base of that rate (EN 16931, BR-CO-17), and shared out to the
lines so that they sum to it: each printed row follows from the rows above it.

>>> line = amounts(quantity=3, unit_price=14000, discount=10, tax_rate=7)
>>> line
Amounts(gross=42000.0, discount=4200.0, untaxed=37800.0, tax=2646.0, total=40446.0)
>>> total([line, line]).total
80892.0
>>> document = [Taxable("standard", 7, 7.5)] * 10
>>> tax_rows(document)
[TaxRow(category='standard', rate=7.0, base=75.0, tax=5.25)]
>>> add(line_taxes(document))
5.25
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
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


@dataclass(frozen=True)
class Taxable:
    """A line's net amount, and how it is taxed."""

    category: str
    rate: float
    untaxed: float


@dataclass(frozen=True)
class TaxRow:
    """What one rate of one category comes to in a document, or in a part of it."""

    category: str
    rate: float
    base: float
    tax: float

    @property
    def key(self) -> tuple[str, float]:
        """What tells the rows of a document apart."""
        return self.category, self.rate

    @property
    def total(self) -> float:
        """Base and tax."""
        return add([self.base, self.tax])


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


def tax_rows(lines: Iterable[Taxable], rounding: float = CENT) -> list[TaxRow]:
    """The tax of a document: per category and rate, rate × base, rounded once.

    >>> mixed = [Taxable("standard", 7, 99.99), Taxable("zero", 0, 900.04)]
    >>> [(row.rate, row.base, row.tax) for row in tax_rows(mixed)]
    [(7.0, 99.99, 7.0), (0.0, 900.04, 0.0)]
    """
    bases: dict[tuple[str, float], Decimal] = {}
    for line in lines:
        key = line.category, float(line.rate)
        bases[key] = bases.get(key, Decimal()) + exact(line.untaxed)
    # highest rate first, for every reader in the same order
    keys = sorted(bases, key=lambda key: (-key[1], key[0]))
    return [
        TaxRow(category, rate, float(base), float(_tax(base, rate, rounding)))
        for category, rate in keys
        for base in [bases[category, rate]]
    ]


def _tax(base: Decimal, rate: float, rounding: float) -> Decimal:
    return to_currency(base * exact(rate) / 100, rounding)


def line_taxes(
    lines: Sequence[Taxable],
    rounding: float = CENT,
    rows: Iterable[TaxRow] | None = None,
) -> list[float]:
    """What each line has of its document's tax; they sum to it, rate by rate.

    By the largest remainder: each is less than a unit away from its exact tax, and
    equal lines differ by a unit at most, the first ones having more.

    :param rows: the tax of the document; default: of these lines

    >>> line_taxes([Taxable("standard", 7, 10.05)] * 3)   # 2.11 of 30.15
    [0.71, 0.7, 0.7]
    """
    step = exact(rounding).normalize()
    taxes = [Decimal()] * len(lines)
    for row in tax_rows(lines, rounding) if rows is None else rows:
        key = row.category, row.rate
        mine = [
            index
            for index, line in enumerate(lines)
            if (line.category, float(line.rate)) == key and line.untaxed
        ]
        if not mine:
            continue
        whole = {i: exact(lines[i].untaxed) * exact(row.rate) / 100 for i in mine}
        for i in mine:
            taxes[i] = (whole[i] / step).quantize(Decimal(1), ROUND_FLOOR) * step
        left = exact(row.tax) - sum((taxes[i] for i in mine), Decimal())
        each, more = divmod(int(left / step), len(mine))  # floors, below zero as well
        by_remainder = sorted(mine, key=lambda i: taxes[i] - whole[i])
        for place, i in enumerate(by_remainder):
            taxes[i] += step * (each + (place < more))
    return [float(tax) for tax in taxes]


def credited_tax(
    lines: Sequence[Taxable],
    invoiced: Iterable[TaxRow],
    credited: Iterable[TaxRow] = (),
    rounding: float = CENT,
) -> list[TaxRow]:
    """The tax of a credit note, cumulative as the parts of :func:`share`: notes that
    take back the whole base take back the whole tax.

    :param lines: of the credit note
    :param invoiced: rows of the invoice
    :param credited: rows of the credit notes before this one

    >>> bill = tax_rows([Taxable("standard", 7, 7.5)] * 2)   # 1.05
    >>> first = credited_tax([Taxable("standard", 7, 7.5)], bill)
    >>> second = credited_tax([Taxable("standard", 7, 7.5)], bill, first)
    >>> [row.tax for row in first + second]
    [0.53, 0.52]
    """
    whole, had = _by_key(invoiced), _by_key(credited)
    rows = []
    for row in tax_rows(lines, rounding):
        base, tax = whole.get((row.category, row.rate), _NOTHING)
        if base:
            before, taken = had.get((row.category, row.rate), _NOTHING)
            upto = to_currency(tax * (before + exact(row.base)) / base, rounding)
            own = _between(upto - taken, Decimal(), max(tax - taken, Decimal()))
            row = TaxRow(row.category, row.rate, row.base, float(own))
        rows.append(row)
    return rows


def share(
    rows: Sequence[TaxRow],
    amount: Number,
    taken: Iterable[TaxRow] = (),
    rounding: float = CENT,
) -> list[TaxRow]:
    """What a part of a document's total holds of each rate's base and tax.

    Parts are cumulative: each takes what all up to it come to, rounded, less what
    earlier ones took. So the last one closes every base and every tax.

    :param rows: of the document, less what was credited of it
    :param amount: the part, tax included
    :param taken: rows of the earlier parts that count, in any order
    :returns: a row per row of the document, in its order; they sum to the amount
    :raises ValueError: a negative part, or more than is left

    >>> bill, taken = tax_rows([Taxable("standard", 7, 100)]), []
    >>> for part in (35.67, 35.67, 35.66):
    ...     taken += share(bill, part, taken)
    >>> [row.tax for row in taken], add(row.base for row in taken)
    ([2.33, 2.34, 2.33], 100.0)
    """
    had = _by_key(taken)
    earlier = [had.get((row.category, row.rate), _NOTHING) for row in rows]
    whole = sum((exact(row.total) for row in rows), Decimal())
    before = sum((base + tax for base, tax in had.values()), Decimal())
    rest = exact(amount)
    if not 0 <= rest <= whole - before:
        raise ValueError(f"{amount} is no part of {whole - before}")
    # of each row, what nobody has taken
    left = [
        max(exact(row.total) - base - tax, Decimal())
        for row, (base, tax) in zip(rows, earlier, strict=True)
    ]
    parts = []
    for index, (row, (base, tax)) in enumerate(zip(rows, earlier, strict=True)):
        own, others = exact(row.total), sum(left[index + 1 :], Decimal())
        after = sum((b + t for b, t in earlier[index:]), Decimal()) + rest
        upto = to_currency(own * after / whole, rounding) if whole else Decimal()
        part = _between(upto - base - tax, rest - others, min(left[index], rest))
        parts.append(_split(row, part, base, tax, rounding))
        whole, rest = whole - own, rest - part
    return parts


def _split(
    row: TaxRow, part: Decimal, base: Decimal, tax: Decimal, rounding: float
) -> TaxRow:
    """Base and tax of a part of a row, of which this much was taken earlier."""
    own = exact(row.total)
    due = exact(row.tax) * (base + tax + part) / own if own else Decimal()
    open_base = max(exact(row.base) - base, Decimal())
    open_tax = max(exact(row.tax) - tax, Decimal())
    least = max(part - open_base, Decimal())
    own_tax = _between(
        to_currency(due, rounding) - tax, least, max(min(open_tax, part), least)
    )
    return TaxRow(row.category, row.rate, float(part - own_tax), float(own_tax))


_NOTHING = (Decimal(), Decimal())


def _by_key(rows: Iterable[TaxRow]) -> dict[tuple[str, float], tuple[Decimal, Decimal]]:
    """Base and tax by category and rate."""
    sums: dict[tuple[str, float], tuple[Decimal, Decimal]] = {}
    for row in rows:
        base, tax = sums.get((row.category, row.rate), _NOTHING)
        sums[row.category, row.rate] = (base + exact(row.base), tax + exact(row.tax))
    return sums


def _between(value: Decimal, least: Decimal, most: Decimal) -> Decimal:
    return min(max(value, least, Decimal()), most)


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
