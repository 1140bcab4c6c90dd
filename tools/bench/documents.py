"""How much slower at a hundred times of documents: lists, search, dashboard, My Day,
and the page of a customer.
"""

import json

from tools.bench import customer
from tools.bench.database import run_job
from tools.stack import Stack

DOCUMENTS, MANY = 1000, 100_000


def measure(stack: Stack, database: str) -> dict[int, dict[str, float]]:
    """Ask at both sizes.

    :param tools.stack.Stack stack: whose PostgreSQL runs
    :param str database: a fresh one with bmasia_crm
    :returns: ``{size: {kind: milliseconds}}``
    :rtype: dict
    """
    taken = {}
    for step, size in (("make", DOCUMENTS), ("grow", MANY)):
        run_job(stack, database, "documents_job", step)
        taken[size] = json.loads(run_job(stack, database, "documents_job", "time")[-1])
        taken[size].update(customer.measure(stack, database))
    return taken


def table(taken: dict[int, dict[str, float]]) -> list[str]:
    """What was measured, in lines for the terminal."""
    few, many = taken[DOCUMENTS], taken[MANY]
    lines = [
        f"\n95th percentile on the server      {DOCUMENTS:>8,}   {MANY:>8,} documents"
    ]
    for kind, before in few.items():
        after = many[kind]
        lines.append(
            f"  {kind:<30}{before:8.1f} ms{after:8.1f} ms   {after / before:5.2f} ×"
        )
    lines.append(f"A customer's page through HTTP may take {customer.LIMIT} ms.")
    return lines
