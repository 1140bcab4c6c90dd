"""Which open invoices a movement on the bank account pays: a proposal, never more.

>>> hotel = Item(1, "INV-2026-1101-001", 7, ("Hilton Pattaya Co., Ltd.",), 10700, 300)
>>> bar = Item(2, "INV-2026-1101-002", 8, ("Skyline Bar",), 10700, 300)
>>> found = propose(10700, "FROM HILTON PATTAYA CO", [hotel, bar])
>>> found.parts, found.reasons, found.sure
(((1, 10700.0, 0.0),), ('customer', 'amount'), True)
>>> propose(10400, "INV202611 01-002", [hotel, bar]).parts   # less tax withheld
((2, 10400.0, 300.0),)
>>> propose(10700, "ATM", [hotel, bar]) is None   # either of them
True
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from odoo.addons.document_flow.tools.folding import fold, squeezed

from .company_names import without_legal_form

COMBINED = 4  # invoices that are tried together; more fit by chance
TRIED = 14  # invoices of one customer among which combinations are looked for
SHORTEST_NAME = 5  # letters; a shorter one is found in any text
CUT_NAME = 8  # letters from which on the beginning of a name tells whose it is
CENT = 0.005


@dataclass(frozen=True)
class Item:
    """An open invoice.

    :param names: legal and trade name of the customer, names it pays under
    :param float withheld: tax that its customer is to withhold of what is due
    """

    id: int
    number: str
    customer: int
    names: tuple[str, ...]
    due: float
    withheld: float = 0.0


@dataclass(frozen=True)
class Proposal:
    """What a movement may pay.

    :param parts: ``(invoice, amount, withheld)`` of each
    :param reasons: ``number``, ``customer``, ``amount``, ``withheld``, ``rest``
    :param bool sure: amount and payer, or amount and number, say the same
    """

    customer: int
    parts: tuple[tuple[int, float, float], ...]
    reasons: tuple[str, ...]
    sure: bool


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Letters and figures only, without accents and legal forms.

    >>> plain("Café Zürich Ltd")
    'CAFEZURICH'
    >>> plain("บริษัท Hilton-Pattaya Co., Ltd. (สำนักงานใหญ่)")
    'HILTONPATTAYA'
    """
    return squeezed(without_legal_form(text.replace("สำนักงานใหญ่", " "))).upper()


def names_customer(text: str, names: Iterable[str]) -> bool:
    """Whether a movement's text names a customer; banks cut names off.

    >>> names_customer("TR FR HILTON PATT", ["Hilton Pattaya Co., Ltd."])
    True
    >>> names_customer("TR FR HILTON HUA HIN", ["Hilton Pattaya Co., Ltd."])
    False
    """
    said = plain(text)
    for name in filter(None, map(plain, names)):
        if len(name) >= SHORTEST_NAME and name in said:
            return True
        if name[:CUT_NAME] not in said:
            continue  # most of them, where thousands of names are tried
        # cut off: the text ends there
        if any(said.endswith(name[:length]) for length in range(CUT_NAME, len(name))):
            return True
    return False


def names_number(text: str, number: str) -> bool:
    """Whether a movement's text holds an invoice's number, however it is written.

    >>> names_number("pay inv 2026 1101 001", "INV-2026-1101-001")
    True
    >>> names_number("INV-2026-1101-0012", "INV-2026-1101-001")
    False
    """
    said, wanted = _joined(text), _joined(number)
    if not wanted or wanted not in said:
        return False
    return bool(re.search(rf"{re.escape(wanted)}(?!\d)", said))


@lru_cache(maxsize=20_000)
def _joined(text: str) -> str:
    return re.sub(r"[\s/_.#:]", "", fold(text)).upper()


def propose(amount: float, text: str, items: Sequence[Item]) -> Proposal | None:
    """The invoices that a movement most probably pays, or None.

    :param float amount: that came in
    :param str text: payer, reference and description, as the bank gives them
    :param items: open invoices of the account's currency, the oldest first
    """
    named = [item for item in items if names_number(text, item.number)]
    customers = {item.customer for item in named}
    if len(customers) == 1:
        return _of_customer(amount, named, items, ("number",))
    if customers:
        return None
    customers_names = {item.customer: item.names for item in items}
    payers = {
        customer
        for customer, names in customers_names.items()
        if names_customer(text, names)
    }
    if len(payers) == 1:
        [payer] = payers
        mine = [item for item in items if item.customer == payer]
        return _of_customer(amount, mine, items, ("customer",))
    return _by_amount(amount, [i for i in items if not payers or i.customer in payers])


def _of_customer(
    amount: float,
    first: Sequence[Item],
    items: Sequence[Item],
    reasons: tuple[str, ...],
) -> Proposal:
    """The named invoices, or what else of their customer fits the amount."""
    customer = first[0].customer
    rest = [i for i in items if i.customer == customer and i not in first]
    for some in (first, [*first, *rest]):
        if found := _fitting(amount, some):
            return replace(found, reasons=(*reasons, *found.reasons))
    parts, left = [], amount
    for item in [*first, *rest]:
        part = round(min(left, item.due), 2)
        if part > 0:
            parts.append((item.id, part, 0.0))
            left = round(left - part, 2)
    why = (*reasons, "rest") if left else reasons
    return Proposal(customer, tuple(parts), why, sure=False)


def _by_amount(amount: float, items: Sequence[Item]) -> Proposal | None:
    """The only invoice, of whomever, that is due with just this amount."""
    found = [i for i in items if abs(i.due - amount) < CENT]
    if len(found) != 1:
        return None
    [item] = found
    return Proposal(item.customer, ((item.id, float(amount), 0.0),), ("amount",), False)


def _fitting(amount: float, items: Sequence[Item]) -> Proposal | None:
    """The fewest invoices of one customer that make the amount, tax withheld or not."""
    sizes: Collection[int] = range(1, min(COMBINED, len(items)) + 1)
    groups = [tuple(items)] if len(items) > COMBINED else []
    groups += [g for n in sizes for g in combinations(items[:TRIED], n)]
    for share, why in ((0.0, ("amount",)), (1.0, ("amount", "withheld"))):
        for group in groups:
            held = [item.withheld * share for item in group]
            paid = [round(i.due - tax, 2) for i, tax in zip(group, held, strict=True)]
            if abs(sum(paid) - amount) < CENT and any(held) == bool(share):
                parts = tuple(
                    (item.id, float(part), tax)
                    for item, part, tax in zip(group, paid, held, strict=True)
                )
                return Proposal(group[0].customer, parts, why, sure=True)
    return None
