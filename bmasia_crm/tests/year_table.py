"""An accountant's year, as tables: two entities, 15 customers, 15 contracts.

SM is in Thailand (baht, VAT of 7 %), SX in Hong Kong (dollars, no tax). It begins on 1
December 2025. ``test_year.py`` lives through it, ``year_books.py`` reckons it.
"""

# ruff: noqa: E501 (a row is a line)
from datetime import date

FIRST, LAST = date(2025, 12, 1), date(2026, 11, 28)
DUE_DAYS = 30

CUSTOMERS = {
    "TH": (
        *("Amari", "Banyan", "Centara", "Dusit", "Echo", "Gaysorn", "Hyatt", "Ibis"),
        *("Jasmin", "Jasmine Co", "Krabi", "Mercure", "Novotel"),
    ),
    "MV": ("Fairmont", "Lanta"),
}
# A line: quantity x price per year, less a discount; ``once``, or for ``days``.
CONTRACTS = """
key | customer   | seller | signed     | start      | months | billing     | lines
A   | Amari      | SM     | 2025-12-01 | 2025-12-01 | 12     | annual      | 1 x 120000
B   | Banyan     | SM     | 2025-12-05 | 2026-01-01 | 36     | annual      | 7 x 13300.01; once 10000
C   | Centara    | SM     | 2025-12-20 | 2026-01-01 | 12     | annual      | 1 x 120000
D   | Dusit      | SM     | 2026-02-10 | 2026-03-01 | 12     | quarterly   | 3 x 15000.50 - 12.5; once 15000
E   | Echo       | SM     | 2026-01-20 | 2026-02-01 | 12     | monthly     | 12 x 9000.05
F   | Fairmont   | SX     | 2026-01-31 | 2026-01-31 | 10     | monthly     | 2 x 3100
G   | Gaysorn    | SM     | 2026-05-01 | 2026-05-01 | 1      | one_time    | once 8000
H   | Hyatt      | SM     | 2025-12-16 | 2025-12-16 | 6      | upfront     | 1 x 14000
I   | Ibis       | SM     | 2026-02-01 | 2026-02-10 | 36     | upfront     | 4 x 9000
J   | Jasmine Co | SM     | 2026-01-10 | 2026-01-10 | 14     | half_yearly | 1 x 12345.67
K   | Krabi      | SM     | 2026-02-15 | 2026-02-15 | 12     | annual      | 1 x 100000
L   | Lanta      | SX     | 2026-03-10 | 2026-03-10 | 12     | annual      | 1 x 3600
M   | Mercure    | SM     | 2026-04-01 | 2026-04-01 | 12     | quarterly   | 1 x 3222.21
N   | Novotel    | SM     | 2026-01-05 | 2026-01-15 | 12     | half_yearly | 1 x 24000
P   | Novotel    | SM     | 2026-03-20 | 2026-04-01 | 12     | quarterly   | 1 x 28000; days 9000 2026-05-20 2027-03-31
"""
# Signed early, five percent dearer; it ends what it renews on its first day.
RENEWAL = {"of": "H", "key": "H2", "percent": 5, "signed": date(2026, 5, 20)}
CANCELLED = {"key": "C", "day": date(2026, 6, 15)}
MERGED = {"day": date(2026, 7, 5), "customer": "Jasmine Co", "into": "Jasmin"}

# What is sold beside contracts; goods are taxed with their invoice.
SALES = """
key | customer | seller | day        | currency | net      | goods | from       | until
X   | Dusit    | SM     | 2026-04-10 | THB      | 10000    |       | 2026-04-01 | 2027-03-31
Y   | Gaysorn  | SM     | 2026-08-10 | THB      | 5000     | yes   |            |
Z   | Lanta    | SM     | 2026-09-20 | USD      | 1000     |       |            |
"""
RATE = (date(2026, 10, 1), 34.123456)  # baht per dollar

# ``amount`` is what arrives; empty: what is due, less what is withheld.
PAYMENTS = """
day        | bill | amount   | withheld | charge | rounding | note
2025-12-20 | A1   |          | 3600     |        |          |
2026-01-05 | H1   |          |          |        |          |
2026-01-12 | C1   |          | 3600     |        |          |
2026-01-25 | B1   | 60000    |          |        |          |
2026-02-02 | B1   |          | 3093     |        |          |
2026-02-20 | E1   |          | 270      |        |          |
2026-02-27 | K1   | 35666.67 |          |        |          |
2026-03-05 | J1   |          |          |        |          |
2026-03-12 | N1   |          |          |        |          |
2026-03-20 | I1   |          |          |        |          |
2026-03-25 | F1   | 491.67   |          | 25     |          |
2026-03-25 | K1   | 35000    | 1000     |        |          |
2026-04-01 | E2   |          | 270      |        |          | bounces
2026-04-03 | D1   | 20000    | 600.50   |        |          |
2026-04-10 | L1   | 3610     |          |        |          |
2026-04-15 | D1   |          |          |        | -0.40    |
2026-04-20 | X    | 4000     |          |        |          |
2026-04-22 | F2   |          |          |        |          |
2026-05-04 | E2   |          |          |        |          |
2026-05-10 | E3   |          | 270      |        |          |
2026-05-15 | G1   |          |          |        |          |
2026-05-22 | K1   |          | 2000     |        |          |
2026-06-11 | D2   | 5000     |          |        |          |
2026-06-20 | E4   |          | 270      |        |          |
2026-06-25 | P1   |          | 210      |        | 0.25     |
2026-07-06 | H21  |          |          |        |          |
2026-07-20 | D2   |          | 295.32   |        |          |
2026-07-31 | E5   |          |          |        |          |
2026-08-03 | N2   |          |          |        |          |
2026-08-12 | F3   | 500      |          | 15     |          |
2026-08-25 | J2   |          |          |        |          |
2026-09-02 | Y    |          |          |        |          |
2026-10-05 | Z    | 1040     | 30       |        |          |
2026-10-20 | D3   |          |          |        |          |
2026-11-10 | E6   | 3333.33  |          |        |          |
2026-11-17 | E6   | 3333.33  |          |        |          |
2026-11-20 | P3   |          |          |        |          |
"""
BOUNCED = date(2026, 4, 8)  # when the bank said so
ADVANCE = {"day": date(2026, 2, 5), "contract": "I", "amount": 20000}
REFUNDED = {"day": date(2026, 9, 15), "bill": "L1"}  # what it was paid too much

# ``net`` of the first line; empty: all. Of one that tax invoices cover in part, the
# rest becomes an adjustment.
CREDITS = """
day        | bill | net      | paid back
2026-06-15 | C1   | 65424.66 | 2026-07-01
2026-05-20 | X    | 7476.64  | 2026-06-02
2026-08-20 | M1   | 500      |
"""


def rows(table):
    """The rows of a table, as dicts of texts.

    :rtype: list[dict]
    """
    head, *lines = (line.split("|") for line in table.strip().splitlines())
    names = [name.strip() for name in head]
    return [
        dict(zip(names, (cell.strip() for cell in line), strict=True)) for line in lines
    ]
