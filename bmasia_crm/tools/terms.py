"""When an invoice is to be paid, and on which days a customer takes bills and pays.

>>> due_date(Term.DAYS, 30, date(2026, 1, 31))
datetime.date(2026, 3, 2)
>>> due_date(Term.END_OF_MONTH, 30, date(2026, 1, 15))   # 31 January, and 30 days
datetime.date(2026, 3, 2)
>>> due_date(Term.ON_RECEIPT, 30, date(2026, 1, 15))
datetime.date(2026, 1, 15)
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MAX_DAYS = 366  # of a term; a longer one is a slip of the keyboard
SEARCHED = 800  # days; every rule that has a day at all has one in two years


class Term(StrEnum):
    """What the days of a payment term count from."""

    DAYS = "days"
    END_OF_MONTH = "end_of_month"
    ON_RECEIPT = "on_receipt"


def due_date(term: str, days: int, issued: date) -> date:
    """The last day on which an invoice is paid in time.

    :param str term: a value of :class:`Term`
    :param int days: after the invoice's day, or after the end of its month
    :param date issued: the invoice's day
    """
    if term == Term.ON_RECEIPT:
        return issued
    if term == Term.END_OF_MONTH:
        issued = issued.replace(day=_last_day(issued))
    return issued + timedelta(days=days)


def _last_day(day: date) -> int:
    return monthrange(day.year, day.month)[1]


@dataclass(frozen=True)
class PaymentDays:
    """The days of a customer's calendar for one thing: taking bills, giving cheques.

    Both conditions hold where both are given; with none of them every day will do.

    :param int first: day of the month, 1 to 31; 0: no such condition
    :param int last: the same; 31 is the last day of each month; 0: as ``first``
    :param str weekday: ``"0"`` (Monday) to ``"6"``; empty: any
    :param str week: ``"1"`` to ``"4"``: the first to the fourth of the month,
        ``"last"``; empty: every week

    >>> PaymentDays(first=1, last=10).on_or_after(date(2026, 1, 11))
    datetime.date(2026, 2, 1)
    >>> PaymentDays(weekday="4", week="last").on_or_after(date(2026, 11, 1))
    datetime.date(2026, 11, 27)
    >>> PaymentDays(first=31).on_or_after(date(2026, 2, 3))
    datetime.date(2026, 2, 28)
    >>> PaymentDays().on_or_after(date(2026, 2, 3))
    datetime.date(2026, 2, 3)
    """

    first: int = 0
    last: int = 0
    weekday: str = ""
    week: str = ""

    def __bool__(self) -> bool:
        return bool(self.first or self.weekday)

    def has(self, day: date) -> bool:
        """Whether a day is one of them.

        >>> PaymentDays(first=25, last=5).has(date(2026, 1, 3))   # over the month's end
        True
        """
        return self._in_month(day) and self._in_week(day)

    def _in_month(self, day: date) -> bool:
        if not self.first:
            return True
        end = _last_day(day)
        first, last = min(self.first, end), min(self.last or self.first, end)
        if first <= last:
            return first <= day.day <= last
        return day.day >= first or day.day <= last

    def _in_week(self, day: date) -> bool:
        if not self.weekday:
            return True
        if day.weekday() != int(self.weekday):
            return False
        if self.week == "last":
            return day.day + 7 > _last_day(day)
        return not self.week or (day.day - 1) // 7 + 1 == int(self.week)

    def on_or_after(self, day: date) -> date | None:
        """The next of them, that day included; None where there is none.

        >>> PaymentDays(first=1, weekday="0", week="last").on_or_after(date(2026, 1, 1))
        """
        days = (day + timedelta(days=ahead) for ahead in range(SEARCHED))
        return next((each for each in days if self.has(each)), None)
