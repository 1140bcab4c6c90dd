"""Which open documents the money that arrived pays: a proposal, the first ones first.

>>> hotel = Open(10700, 300)   # 3 % of 10,000 are withheld
>>> propose(10400, [hotel])
[Use(amount=10400.0, withheld=300.0)]
>>> propose(10700, [hotel])   # exactly what is due: nothing was withheld
[Use(amount=10700.0, withheld=0.0)]
>>> propose(10375, [hotel])   # nearly all: banks kept the rest
[Use(amount=10375.0, withheld=300.0)]
>>> propose(5200, [hotel])   # a half, with its half of the tax
[Use(amount=5200.0, withheld=150.0)]
>>> [use.amount for use in propose(1200, [Open(1070), Open(2140), Open(500)])]
[1070.0, 130.0, 0.0]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from . import money

NEARLY = 0.9  # of what is asked; who pays less than that pays a part


@dataclass(frozen=True)
class Open:
    """What is due of a document, and what of that its customer should withhold."""

    due: float
    withheld: float = 0.0

    @property
    def asked(self) -> float:
        """What is to be transferred."""
        return max(money.subtract(self.due, self.withheld), 0.0)


@dataclass(frozen=True)
class Use:
    """What of the money goes to a document, and what was withheld beside it."""

    amount: float = 0.0
    withheld: float = 0.0


def propose(
    amount: float, documents: Sequence[Open], rounding: float = money.CENT
) -> list[Use]:
    """One use per document, in their order.

    :param float amount: what arrived
    :param float rounding: the currency's smallest unit
    """
    sums = accumulate((document.due for document in documents), _plus)
    if amount in sums:
        documents = [Open(document.due) for document in documents]
    left, uses = amount, []
    for document in documents:
        use = _use(left, document, rounding)
        left = money.subtract(left, use.amount)
        uses.append(use)
    return uses


def _plus(total: float, due: float) -> float:
    return money.add([total, due])


def _use(left: float, document: Open, rounding: float) -> Use:
    asked = document.asked
    amount = max(min(float(left), asked), 0.0)
    if not amount:
        return Use()
    if amount >= asked * NEARLY:
        return Use(amount, float(document.withheld))
    share = money.exact(document.withheld) * money.exact(amount) / money.exact(asked)
    return Use(amount, float(money.to_currency(share, rounding)))
