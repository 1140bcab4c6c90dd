"""Reports of Finance over 100,000 invoices, with their payments and receipts."""

import json
import os

from tools.bench.database import run_job
from tools.stack import Stack

INVOICES = 100_000
LIMIT = 2.0  # seconds that a report may take on the reference machine


def measure(stack: Stack, database: str) -> dict[str, float]:
    """Make the invoices and ask for each report.

    :param tools.stack.Stack stack: whose PostgreSQL runs
    :param str database: a fresh one with bmasia_crm
    :returns: ``{report: seconds}``
    :rtype: dict
    """
    run_job(stack, database, "reports_job", "make")
    return dict(json.loads(run_job(stack, database, "reports_job", "time")[-1]))


def table(taken: dict[str, float]) -> list[str]:
    """What was measured, in lines for the terminal."""
    load = os.getloadavg()[0]
    lines = [
        f"\nReports over {INVOICES:,} invoices (at most {LIMIT:.0f} s each; the "
        f"machine's load is {load:.1f})"
    ]
    for name, seconds in sorted(taken.items(), key=lambda each: -each[1]):
        lines.append(f"  {name:<30}{seconds:8.2f} s")
    return lines
