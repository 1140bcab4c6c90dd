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

    Its texts are translated when they are shown.

    :param method: of the document; makes the transition, given the answers
    :param title: of the dialog, and of the buttons that open and confirm it
    :param reason: label of the reason, if one is asked for
    :param hint: what the reason is for: whether it is printed
    :param day: label of the day, if one is asked for
    :param proposes: method of the document that gives the usual day
    :param options: whether it asks which of the offered options were chosen
    :param then: what the same click may go on with: titles by method of the document
    """

    method: str
    title: Any
    reason: Any = ""
    hint: Any = ""
    day: Any = ""
    proposes: str = ""
    options: bool = False
    then: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """
        >>> Question("action_reject", "Mark as declined").name
        'reject'
        """
        return self.method.removeprefix("action_")

    @property
    def fields(self) -> tuple[str, ...]:
        """What is asked for, in the order in which the method takes it.

        >>> Question("action_reject", "Decline", day="On", reason="Why").fields
        ('reason', 'day')
        """
        return tuple(name for name in ("reason", "day") if getattr(self, name))


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

    >>> why = Question("action_reject", "Mark as declined", reason="Reason")
    >>> table = {("a", "b"): Transition(SYSTEM), ("a", "c"): Transition("u", asks=why)}
    >>> {name: question.title for name, question in questions(table).items()}
    {'reject': 'Mark as declined'}
    """
    asked = [transition.asks for transition in transitions.values() if transition.asks]
    asked += further
    return {question.name: question for question in asked}
