"""When customers are reminded of something: rules as data, steps as days.

>>> steps = (Step("overdue_7", 7), Step("overdue_14", 14))
>>> step_of(steps, age=9)
('overdue_7', ())
>>> step_of(steps, age=15)   # slept for a week
('overdue_14', ('overdue_7',))
>>> step_of(steps, age=3)
(None, ())
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

# What has waited for longer is no news, as what an import brings along; days after the
# last step.
WINDOW = 30


class Step(NamedTuple):
    """One reminder of a rule.

    :param str kind: one that ``document.reminder`` has a label for (``selection_add``)
    :param int days: after the document's own day
    :param str template: xml id of its mail template; empty: the rule's
    """

    kind: str
    days: int
    template: str = ""


@dataclass(frozen=True)
class Rule:
    """What customers are reminded of, for one kind of document.

    :param str template: xml id of the mail template
    :param steps: in the order of their days
    :param str receives: field of contacts who get it; empty: who gets the document
    :param str switch: field of the billing entity that says how (``off``, ``draft``,
        ``auto``); empty: as a draft
    """

    template: str
    steps: Sequence[Step]
    receives: str = ""
    switch: str = ""


def step_of(steps: Sequence[Step], age: int) -> tuple[str | None, tuple[str, ...]]:
    """The step that a document has reached, and those that were skipped.

    :param int age: days since the document's own day
    :returns: ``(kind or None, kinds that were skipped)``
    """
    reached = [step.kind for step in steps if step.days <= age]
    return (reached[-1], tuple(reached[:-1])) if reached else (None, ())
