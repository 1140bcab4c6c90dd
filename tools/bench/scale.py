"""A million documents and two million deliveries, against a tenth of them: lists, first
screen, searches, the page of a large customer, sent e-mails, and the room it all takes.
"""

import json
from typing import Any

import psycopg2

from tools.bench import customer
from tools.bench.database import run_job
from tools.database_role import ROLE, SUPERUSER
from tools.settings import HOST
from tools.stack import Stack

SIZES = {100_000: (1, 99), 1_000_000: (100, 999)}  # documents: the copies for them
FEW, MANY = SIZES
FULL = 20_000  # rows of deliveries that no page needs
KIBIBYTE = 1024
Taken = dict[int, dict[str, dict[str, Any]]]


def measure(stack: Stack, database: str) -> tuple[Taken, dict[str, Any]]:
    """Ask at both sizes.

    :param tools.stack.Stack stack: whose PostgreSQL runs
    :param str database: a fresh one with bmasia_crm
    :returns: ``{size: {kind: {"ms", "rows"}}}``, and the sizes of tables
    :rtype: tuple
    """
    _allow_filling(stack)
    run_job(stack, database, "documents_job", "make")
    taken = {}
    for size, copies in SIZES.items():
        run_job(stack, database, "scale_job", "grow", *copies)
        taken[size] = json.loads(run_job(stack, database, "scale_job", "time")[-1])
    pages = customer.measure(stack, database)
    taken[MANY] |= {kind: {"ms": ms, "rows": 0} for kind, ms in pages.items()}
    return taken, json.loads(run_job(stack, database, "scale_job", "sizes")[-1])


def _allow_filling(stack: Stack) -> None:
    """Ten million rows are filled in without a look at each of their references."""
    connection = psycopg2.connect(
        host=HOST,
        port=stack.cluster.port,
        user=SUPERUSER,
        password=stack.cluster.superuser_password,
        dbname="postgres",
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}")
    connection.close()


def table(taken: Taken, sizes: dict[str, Any]) -> list[str]:
    """What was measured, in lines for the terminal."""
    few, many = taken[FEW], taken[MANY]
    lines = [f"\n95th percentile on the server    {FEW:>10,}   {MANY:>9,} documents"]
    for kind, after in many.items():
        before = few.get(kind)
        row = f"  {kind:<31}"
        row += f"{before['ms']:8.1f} ms" if before else " " * 11
        row += f"{after['ms']:9.1f} ms"
        row += f"{after['ms'] / before['ms']:7.2f} ×" if before else " " * 9
        if after["rows"] > FULL:
            row += f"   reads {after['rows']:,} deliveries"
        lines.append(row)
    lines.append(f"\nRoom in the database, in bytes for each of {MANY:,} documents")
    lines += [
        f"  {name:<31}{rows:>12,} rows{size / MANY:>10,.0f}"
        for name, rows, size in sizes["tables"]
    ]
    whole = sizes["database"]
    lines.append(f"  all, {whole / KIBIBYTE**3:.1f} GB{whole / MANY:>42,.0f}")
    return lines
