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
    """One thing that customers are reminded of.

    :param str switch: field of the billing entity that says how
    :param steps: pairs of a kind and its days after the document's own day
    """

    model: str
    switch: str
    template: str
    receives: str
    steps: tuple


RULES = (
    Rule(
        "bmasia.contract",
        "renewal_reminders",
        "bmasia_crm.template_renewal_manual",
        "receives_renewals",
        (("renewal", 0),),
    ),
    Rule(
        "bmasia.invoice",
        "overdue_reminders",
        "bmasia_crm.template_invoice_reminder",
        "receives_invoices",
        (("overdue_7", 7), ("overdue_14", 14), ("overdue_21", 21)),
    ),
    Rule(
        "bmasia.quote",
        "quote_reminders",
        "bmasia_crm.template_quote_reminder",
        "receives_quotes",
        (("quote_3", 3), ("quote_7", 7)),
    ),
)
RULE_OF = {rule.model: rule for rule in RULES}


def step_of(steps, age):
    """The step that a document has reached, and those that it went past unnoticed.

    :param int age: days since the document's own day
    :returns: ``(kind or None, skipped kinds)``
    """
    reached = [kind for kind, days in steps if days <= age]
    return (reached[-1], tuple(reached[:-1])) if reached else (None, ())
