"""What My Day asks for: kinds of work as data.

>>> area = Area("sales", "Sales", 20)
>>> Todo("unsent", "Quotes to send", area, button="Review and send").person
'user_id'
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

USER = "document_flow.group_user"
MANAGER = "document_flow.group_manager"


@dataclass(frozen=True)
class Area:
    """A heading of My Day.

    :param label: translated where it is shown
    :param int sequence: the smaller, the higher on the page
    """

    key: str
    label: Any
    sequence: int


@dataclass(frozen=True)
class Todo:
    """One kind of work: which records of a model need somebody, and the click that does
    it.

    :param str key: one of its own on the whole page
    :param label: what the records have in common, as "Quotes that expire soon"
    :param Area area: its heading
    :param str domain: name of the model's method that says which records, as a list of
        conditions without subqueries: the screen opens the same list
    :param button: the words of the click
    :param str method: what it calls on the record; empty: it opens the record
    :param int sequence: within the area
    :param str group: who does this
    :param str person: the field that says whose each record is; empty: whoever is in
        the group
    :param bool others: the work of others, for who looks after a team
    :param str amount: a monetary field, added up per currency
    :param str day: a field with the day that counts
    :param when: what that day is, as "Valid until"
    :param str order: which record comes first
    """

    key: str
    label: Any
    area: Area
    domain: str = ""
    button: Any = ""
    method: str = ""
    sequence: int = 10
    group: str = USER
    person: str = "user_id"
    others: bool = False
    amount: str = ""
    day: str = ""
    when: Any = ""
    order: str = "id"


def plain(part: Any) -> Any:
    """A domain as JSON has it.

    >>> plain(["&", ("day", "<=", date(2026, 1, 31)), ("id", "in", {7})])
    ['&', ['day', '<=', '2026-01-31'], ['id', 'in', [7]]]
    """
    if part is None or isinstance(part, str | int | float):
        return part
    if isinstance(part, date):
        return part.isoformat()
    return [plain(each) for each in part]
