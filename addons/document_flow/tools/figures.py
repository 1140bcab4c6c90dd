"""Figures as documents and mails write them, the same in every language.

>>> amount(14000), amount(1234567.5, digits=0)
('14,000.00', '1,234,568')
>>> number(1200), number(2.5), number(0.0)
('1,200', '2.5', '0')
"""


def amount(value: float, digits: int = 2) -> str:
    """An amount of money, without its currency.

    :param int digits: decimals of the currency
    """
    return f"{value:,.{digits}f}"


def price(value: float, digits: int = 2) -> str:
    """A price per unit, in the digits of its currency or, where it has more, in its
    own, up to four.

    >>> price(14000), price(1499.5, digits=0), price(0.0333)
    ('14,000.00', '1,499.5', '0.0333')
    """
    more = f"{value:,.4f}".rstrip("0")
    return max(amount(value, digits), more.rstrip("."), key=len)


def number(value: float) -> str:
    """A quantity or a rate: decimals only where there are some, at most four.

    >>> number(1e7), number(7.25), number(0.333)
    ('10,000,000', '7.25', '0.333')
    """
    return f"{value:,.4f}".rstrip("0").rstrip(".")
