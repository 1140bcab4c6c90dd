"""The states of the documents: who may take which document from where to where, and
when.

Data, not branches: the methods, the buttons' conditions, the tests of every forbidden
transition and the documentation follow from these tables.
"""

from collections.abc import Collection, Mapping
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
    guards: tuple[str, ...] = ()
    stamp: str = ""


QUOTE_TRANSITIONS = {
    ("draft", "sent"): Transition(USER, ("_check_can_leave_draft",)),
    ("sent", "accepted"): Transition(USER, ("_check_not_expired",), "accepted_date"),
    ("sent", "rejected"): Transition(USER, (), "rejected_date"),
    ("sent", "expired"): Transition(SYSTEM, ("_check_validity_over",)),
    ("sent", "superseded"): Transition(SYSTEM, ("_check_revision_sent",)),
    ("expired", "sent"): Transition(USER, ("_check_not_expired",)),
    ("expired", "superseded"): Transition(SYSTEM, ("_check_revision_sent",)),
    ("rejected", "superseded"): Transition(SYSTEM, ("_check_revision_sent",)),
}

CONTRACT_TRANSITIONS = {
    ("draft", "sent"): Transition(USER, ("_check_can_leave_draft",)),
    ("draft", "cancelled"): Transition(
        MANAGER, ("_check_has_number",), "cancelled_date"
    ),
    ("sent", "active"): Transition(USER, ("_check_can_activate",)),
    ("sent", "cancelled"): Transition(MANAGER, (), "cancelled_date"),
    ("active", "cancelled"): Transition(MANAGER, (), "cancelled_date"),
    ("active", "expired"): Transition(SYSTEM, ("_check_term_over",)),
    ("active", "renewed"): Transition(SYSTEM, ("_check_successor_started",)),
    ("expired", "renewed"): Transition(SYSTEM, ("_check_successor_started",)),
}

INVOICE_TRANSITIONS = {
    ("draft", "issued"): Transition(FINANCE, ("_check_can_leave_draft",)),
    ("draft", "cancelled"): Transition(
        MANAGER, ("_check_has_number",), "cancelled_date"
    ),
    ("issued", "paid"): Transition(SYSTEM, ("_check_is_paid",), "paid_date"),
    ("issued", "cancelled"): Transition(
        MANAGER, ("_check_can_cancel",), "cancelled_date"
    ),
    ("issued", "credited"): Transition(SYSTEM, ("_check_is_credited",)),
    ("paid", "credited"): Transition(SYSTEM, ("_check_is_credited",)),
}


def forbidden(
    transitions: Mapping[tuple[str, str], Transition], states: Collection[str]
) -> list[tuple[str, str]]:
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
