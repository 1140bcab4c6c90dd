"""When customers are reminded of something: rules as data, steps as days.

>>> step_of((("overdue_7", 7), ("overdue_14", 14)), age=9)
('overdue_7', ())
>>> step_of((("overdue_7", 7), ("overdue_14", 14)), age=15)   # slept for a week
('overdue_14', ('overdue_7',))
>>> step_of((("overdue_7", 7),), age=3)
(None, ())
"""

from dataclasses import dataclass

# What has waited for longer is no news, as what an import brings along; days after the
# last step.
WINDOW = 30


@dataclass(frozen=True)
class Rule:
    """What the customers of one kind of document are reminded of: its
    ``_reminder_rule``.

    :param str switch: field of the billing entity that says how
    :param steps: pairs of a kind and its days after the document's own day
    """

    switch: str
    template: str
    receives: str
    steps: tuple


def step_of(steps, age):
    """The step that a document has reached, and those that it went past unnoticed.

    :param int age: days since the document's own day
    :returns: ``(kind or None, kinds passed over)``
    """
    reached = [kind for kind, days in steps if days <= age]
    return (reached[-1], tuple(reached[:-1])) if reached else (None, ())
