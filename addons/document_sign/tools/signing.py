"""Who signs next, when somebody is reminded, and what a form says. No ORM."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from odoo.addons.document_flow.tools import typed

from .wishes import LONGEST_NAME, Wish

SIGNED, NOT_SIGNED, DELEGATED = "signed", "not_signed", "delegated"
WAITING, ASKED, DECLINED = "waiting", "asked", "declined"
DRAWN, TYPED = "drawn", "typed"
FIRST_AFTER = 3  # days after which somebody who has not signed is reminded
LAST_BEFORE = 1  # days before the last one on which they are reminded once more
USUAL_DAYS = 30  # that a request for signatures is open
MOST_DAYS = 365
MOST_SIGNERS = 20  # of one document
# Where anybody gets an address, whomever they work for.
PUBLIC_DOMAINS = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.th"),
        *("live.com", "msn.com", "yahoo.com", "yahoo.co.th", "ymail.com", "aol.com"),
        *("icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com"),
        *("qq.com", "163.com", "126.com", "gmx.com", "gmx.net", "mail.ru", "yandex.ru"),
    }
)


@dataclass(frozen=True)
class Place:
    """One signer's place.

    :param order: who has a lower one signs before
    :param state: ``waiting``, ``asked``, ``signed``, ``declined`` or ``delegated``
    """

    order: int
    state: str


def to_ask(places: Sequence[Place], in_order: bool) -> list[int]:
    """Who is to be asked now, by their positions.

    >>> first, second = Place(1, WAITING), Place(2, WAITING)
    >>> to_ask([second, first], True), to_ask([second, first], False)
    ([1], [0, 1])

    Those with the same order are asked together, and the next ones after all of them.

    >>> to_ask([Place(1, SIGNED), Place(1, ASKED), second], True)
    []
    >>> to_ask([Place(1, SIGNED), Place(1, DELEGATED), Place(1, WAITING), second], True)
    [2]
    >>> to_ask([Place(1, SIGNED), second], True), to_ask([], True)
    ([1], [])
    """
    open_ = [place.order for place in places if place.state in (WAITING, ASKED)]
    turn = min(open_, default=0)
    return [
        number
        for number, place in enumerate(places)
        if place.state == WAITING and (place.order == turn or not in_order)
    ]


def are_done(places: Sequence[Place]) -> bool:
    """Whether everybody has signed; who passed it on need not.

    >>> are_done([Place(1, SIGNED), Place(1, DELEGATED), Place(1, SIGNED)])
    True
    >>> are_done([Place(1, SIGNED), Place(2, ASKED)]), are_done([])
    (False, False)
    """
    states = {place.state for place in places} - {DELEGATED}
    return states == {SIGNED}


def is_reminded(
    asked: date, last_day: date, reminded: date | None, today: date
) -> bool:
    """Whether somebody who was asked is reminded today, without anybody's click: once
    some days after, and once just before the last day.

    >>> on = date(2026, 1, 1)
    >>> def says(day, reminded=None, end=31):
    ...     return is_reminded(on, date(2026, 1, end), reminded, date(2026, 1, day))
    >>> says(3), says(4), says(5, date(2026, 1, 4)), says(29, date(2026, 1, 4))
    (False, True, False, False)
    >>> says(30, date(2026, 1, 4)), says(31, date(2026, 1, 30)), says(32 - 1)
    (True, False, True)

    Nobody is reminded on the day on which they were asked, or after the last one.

    >>> says(1, end=1), is_reminded(on, on, None, date(2026, 1, 2))
    (False, False)
    """
    if not asked < today <= last_day:
        return False
    last = last_day - timedelta(days=LAST_BEFORE)
    if today >= last:
        return not reminded or reminded < last
    return not reminded and today >= asked + timedelta(days=FIRST_AFTER)


def read_wish(answer: str, form: dict[str, object]) -> Wish:
    """What a signer's form says, cleaned; lengths are for who takes it to check.

    >>> wish = read_wish(SIGNED, {"full_name": " A\\n B ", "drawing": "data:x"})
    >>> wish.name, wish.more["drawing"], wish.more["to_name"]
    ('A B', 'data:x', '')

    :param answer: ``signed``, ``not_signed`` or ``delegated``, of a route
    :param form: fields by their names
    """
    drawing = form.get("drawing")
    said = Wish.of(answer, form)
    return Wish(
        answer=answer,
        sha256=said.sha256,
        name=said.name,
        reason=said.reason,
        more={
            "drawing": drawing.strip() if isinstance(drawing, str) else "",
            "to_name": typed.line(form.get("to_name"))[: 2 * LONGEST_NAME],
            "to_address": typed.line(form.get("to_address"))[:320],
        },
    )


def domain_of(address: str) -> str:
    """The domain of an address, as it is compared.

    >>> domain_of("Ann@Example.com"), domain_of("no address")
    ('example.com', '')
    """
    return address.rpartition("@")[2].strip().lower() if "@" in address else ""
