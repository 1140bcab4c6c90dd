"""The states of the documents: who may take which document from where to where, and
when.

Data, not branches: each model has a table, ``_transitions``. The methods, the buttons'
conditions, the tests of every forbidden transition and the documentation follow from
it.
"""

from dataclasses import dataclass

USER = "bmasia_crm.group_user"
FINANCE = "bmasia_crm.group_finance"
MANAGER = "bmasia_crm.group_manager"
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
    guards: tuple = ()
    stamp: str = ""


def forbidden(transitions, states):
    """Every transition between these states that a table does not permit.

    >>> forbidden({("a", "b"): Transition(USER)}, ["a", "b"])
    [('b', 'a')]
    """
    return [
        (old, new)
        for old in states
        for new in states
        if old != new and (old, new) not in transitions
    ]
