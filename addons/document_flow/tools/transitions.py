"""The states of a kind of document: who may take it from where to where, and when.

Data, not branches: the methods, the buttons' conditions, the tests of every forbidden
transition and the documentation follow from a table ``{(old, new): Transition}``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

SYSTEM = "system"  # crons, outcomes of deliveries, consequences of other transitions


@dataclass(frozen=True)
class Transition:
    """One permitted transition.

    :param who: the group, or ``SYSTEM``
    :param guards: methods of the document that raise where the transition must not
        happen
    :param stamp: date field that is filled with today
    """

    who: str
    guards: tuple[str, ...] = ()
    stamp: str = ""


def forbidden(
    transitions: Mapping[tuple[str, str], Transition], states: Collection[str]
) -> list[tuple[str, str]]:
    """Every transition between these states that a table does not permit.

    >>> forbidden({("a", "b"): Transition(SYSTEM)}, ["a", "b"])
    [('b', 'a')]
    """
    return [
        (old, new)
        for old in states
        for new in states
        if old != new and (old, new) not in transitions
    ]
