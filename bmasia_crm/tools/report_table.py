"""A report as a table, from which screen, XLSX, CSV and PDF are made.

>>> columns = [Column("customer", "Customer"), Column("due", "Due", "money")]
>>> rows = [{"customer": "Hilton", "due": 107.1, "currency": "THB"}]
>>> table = Table("Aged Receivables", columns, rows)
>>> table.totals()
[{'currency': 'THB', 'due': 107.1}]
>>> table.texts(rows[0], str)
['Hilton', '107.10']
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
KINDS = ("text", "date", "money", "number")


@dataclass(frozen=True)
class Column:
    """One column.

    :param str name: the key of its values in a row
    :param str label: for people, translated
    :param str kind: text, date, money or number
    :param bool total: whether money is added up below, per currency
    """

    name: str
    label: str
    kind: str = "text"
    total: bool = True

    @property
    def is_figure(self) -> bool:
        """Whether its values stand on the right."""
        return self.kind in ("money", "number")


@dataclass(frozen=True)
class Chosen:
    """What a report is asked for: a billing entity, its days (both included, the first
    one none where it is as of a day), a customer, and who is responsible."""

    company: Any
    first: date | None
    last: date
    customer: Any = None
    user: Any = None

    @property
    def entity(self) -> int:
        """The id of the billing entity."""
        return int(self.company.id)


@dataclass(frozen=True)
class Table:
    """The rows of a report, and what is said above them.

    A row has values by the columns' names, and ``currency``, the code of its money.
    Everything else in it, such as what a click opens, is not shown. ``digits`` has the
    decimals of each currency that has other than two; ``word_*`` are for people:
    without one for the currency, all money is of one, which is said above the rows.
    """

    title: str
    columns: list[Column]
    rows: list[Row]
    facts: list[tuple[str, str]] = field(default_factory=list)
    digits: dict[str, int] = field(default_factory=dict)
    word_total: str = "Total"
    word_currency: str = "Currency"

    def with_rows(self, rows: list[Row]) -> "Table":
        """The same table with other rows."""
        return replace(self, rows=rows)

    def summed(self) -> list[str]:
        """The names of the columns that are added up."""
        return [c.name for c in self.columns if c.kind == "money" and c.total]

    def totals(self) -> list[Row]:
        """One row for each currency: money of several is never added up."""
        names = self.summed()
        sums: dict[str, dict[str, Decimal]] = {}
        for row in self.rows if names else []:
            own = sums.setdefault(row["currency"], dict.fromkeys(names, Decimal(0)))
            for name in names:
                own[name] += Decimal(repr(float(row.get(name) or 0)))
        return [
            {"currency": code, **{name: float(value) for name, value in own.items()}}
            for code, own in sorted(sums.items())
        ]

    def total_rows(self) -> list[Row]:
        """The sums with their name in the first column."""
        first = self.columns[0].name
        return [{**row, first: self.word_total} for row in self.totals()]

    def shown_columns(self) -> list[Column]:
        """The columns and, where there is money, its currency."""
        currency = Column("currency", self.word_currency)
        names_it = self.has_money() and self.word_currency
        return [*self.columns, *([currency] if names_it else [])]

    def has_money(self) -> bool:
        """Whether its rows need the name of a currency beside them."""
        return any(column.kind == "money" for column in self.columns)

    def places(self, currency: str) -> int:
        """The decimals of a currency."""
        return self.digits.get(currency, 2)

    def texts(self, row: Row, day: Callable[[date], str]) -> list[str]:
        """A row as people read it.

        :param day: writes a date in the reader's language
        """
        return [self.text(column, row, day) for column in self.columns]

    def text(self, column: Column, row: Row, day: Callable[[date], str]) -> str:
        """One value of a row as people read it; empty where there is none."""
        value = row.get(column.name)
        if column.kind == "money" and value is not None:
            return f"{value:,.{self.places(row['currency'])}f}"
        if value is None or value is False or value == "":
            return ""
        if column.kind == "number" and not isinstance(value, str):
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        return day(value) if isinstance(value, date) else str(value)
