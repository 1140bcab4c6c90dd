"""The states of the papers: who may move which paper from where to where, and when.

Data, not branches: the methods, the buttons' conditions, the tests of every forbidden
move and the documentation follow from these tables.
"""

from dataclasses import dataclass

USER = "bmasia_crm.group_user"
FINANCE = "bmasia_crm.group_finance"
MANAGER = "bmasia_crm.group_manager"
SYSTEM = "system"  # crons, outcomes of deliveries, consequences of other moves


@dataclass(frozen=True)
class Move:
    """One permitted move.

    :param who: the group, or ``SYSTEM``
    :param guards: methods of the paper that raise where the move must not happen
    :param stamp: date field that is filled with today
    """

    who: str
    guards: tuple = ()
    stamp: str = ""


QUOTE_MOVES = {
    ("draft", "sent"): Move(USER, ("_check_can_leave_draft",)),
    ("sent", "accepted"): Move(USER, ("_check_not_expired",), "accepted_date"),
    ("sent", "rejected"): Move(USER, (), "rejected_date"),
    ("sent", "expired"): Move(SYSTEM, ("_check_validity_over",)),
    ("sent", "superseded"): Move(SYSTEM, ("_check_revision_sent",)),
    ("expired", "sent"): Move(USER, ("_check_not_expired",)),
    ("expired", "superseded"): Move(SYSTEM, ("_check_revision_sent",)),
    ("rejected", "superseded"): Move(SYSTEM, ("_check_revision_sent",)),
}

CONTRACT_MOVES = {
    ("draft", "sent"): Move(USER, ("_check_can_leave_draft",)),
    ("draft", "cancelled"): Move(MANAGER, ("_check_has_number",), "cancelled_date"),
    ("sent", "active"): Move(USER, ("_check_can_activate",)),
    ("sent", "cancelled"): Move(MANAGER, (), "cancelled_date"),
    ("active", "cancelled"): Move(MANAGER, (), "cancelled_date"),
    ("active", "expired"): Move(SYSTEM, ("_check_term_over",)),
    ("active", "renewed"): Move(SYSTEM, ("_check_successor_started",)),
    ("expired", "renewed"): Move(SYSTEM, ("_check_successor_started",)),
}

INVOICE_MOVES = {
    ("draft", "issued"): Move(FINANCE, ("_check_can_leave_draft",)),
    ("draft", "cancelled"): Move(MANAGER, ("_check_has_number",), "cancelled_date"),
    ("issued", "paid"): Move(SYSTEM, ("_check_is_paid",), "paid_date"),
    ("issued", "cancelled"): Move(MANAGER, ("_check_can_cancel",), "cancelled_date"),
    ("issued", "credited"): Move(SYSTEM, ("_check_is_credited",)),
    ("paid", "credited"): Move(SYSTEM, ("_check_is_credited",)),
}


def forbidden(moves, states):
    """Every move between these states that a table does not permit.

    >>> forbidden({("a", "b"): Move(USER)}, ["a", "b"])
    [('b', 'a')]
    """
    return [
        (old, new)
        for old in states
        for new in states
        if old != new and (old, new) not in moves
    ]
