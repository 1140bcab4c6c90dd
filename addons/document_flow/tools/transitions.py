"""The states of a kind of document: who may take it from where to where, and when.

Data, not branches: the methods, the buttons' conditions, the tests of every forbidden
transition and the documentation follow from a table ``{(old, new): Transition}``.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SYSTEM = "system"  # crons, outcomes of deliveries, consequences of other transitions


@dataclass(frozen=True)
class Question:
    """What a dialog asks before a transition is made.

    :param method: of the document; makes the transition, given the answer
    :param field: of the dialog, that holds the answer
    :param label: what the button says, as text that is translated when it is shown
    :param proposes: method of the document that gives the usual answer
    """

    method: str
    field: str
    label: Any
    proposes: str = ""


@dataclass(frozen=True)
class Transition:
    """One permitted transition.

    :param who: the group, or ``SYSTEM``
    :param guards: methods of the document that raise where the transition must not
        happen
    :param stamp: date field that is filled with today
    :param asks: what must be known first, if that is asked in a dialog
    """

    who: str
    guards: tuple[str, ...] = ()
    stamp: str = ""
    asks: Question | None = None


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


def questions(
    transitions: Mapping[tuple[str, str], Transition],
    further: Iterable[Question] = (),
) -> dict[str, Question]:
    """What is asked before transitions of a table, by what their methods are called.

    :param further: what is asked before other methods

    >>> why = Question("action_reject", "reason", "Declined")
    >>> table = {("a", "b"): Transition(SYSTEM), ("a", "c"): Transition("u", asks=why)}
    >>> {name: question.field for name, question in questions(table).items()}
    {'reject': 'reason'}
    """
    asked = [transition.asks for transition in transitions.values() if transition.asks]
    asked += further
    return {question.method.removeprefix("action_"): question for question in asked}
