"""The result of a mail to several people, in one word.

>>> status(["sent", "sent"]), status(["sent", "refused"]), status(["refused"])
('sent', 'partial', 'refused')
>>> status(["queued", "sent"]), status([])
('queued', 'refused')
"""

from collections.abc import Iterable

WAITING = frozenset({"queued", "sending", "deferred"})
# Nobody knows whether an unknown one arrived, so no machine may send it again.
GONE = frozenset({"sent", "unknown"})


def status(states: Iterable[str]) -> str:
    """The answer's status, from the states of the deliveries.

    >>> status(["unknown"])
    'sent'
    """
    states = set(states)
    if states & WAITING:
        return "queued"
    if not states & GONE:
        return "refused"
    return "sent" if states <= GONE else "partial"


def send_state(states: Iterable[str]) -> str:
    """A document's ``send_state``: the one that people must look at goes first.

    >>> send_state(["sent", "refused"]), send_state(["unknown", "sent"])
    ('refused', 'unknown')
    >>> send_state(["sent", "deferred"]), send_state(["cancelled"])
    ('queued', 'none')
    """
    states = set(states)
    if "sending" in states:
        return "sending"
    if states & WAITING:
        return "queued"
    for state in ("refused", "unknown", "sent"):
        if state in states:
            return state
    return "none"
