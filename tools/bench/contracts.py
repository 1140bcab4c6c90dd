"""1,000 contracts invoiced by the cron: ours, OCA contract; and ours ten times that."""

from tools.bench.database import run_job
from tools.stack import Stack

CONTRACTS, MANY = 1000, 10_000


def measure(stack: Stack, ours: str, oca: str) -> dict[str, float]:
    """Time both crons, each on contracts of its own.

    :param tools.stack.Stack stack: whose PostgreSQL runs
    :param str ours: a database with bmasia_crm
    :param str oca: a database with OCA contract
    :returns: seconds by ``ours``, ``oca`` and ``many``
    :rtype: dict
    """

    def seconds(database: str, kind: str, number: int) -> float:
        return float(run_job(stack, database, "contracts_job", kind, number)[-1])

    return {
        "oca": seconds(oca, "oca", CONTRACTS),
        "ours": seconds(ours, "ours", CONTRACTS),
        "many": seconds(ours, "ours", MANY),
    }


def table(seconds: dict[str, float]) -> list[str]:
    """What was measured, in lines for the terminal."""
    ratio = seconds["oca"] / seconds["ours"]
    growth = seconds["many"] / seconds["ours"] / (MANY / CONTRACTS)
    return [
        f"\n{CONTRACTS:,} contracts with two lines invoiced by the cron",
        f"  bmasia_crm            {seconds['ours']:7.2f} s",
        f"  OCA contract          {seconds['oca']:7.2f} s   {ratio:5.2f} × ours",
        f"  {MANY:,} of ours      {seconds['many']:7.2f} s   {growth:5.2f} × linear",
    ]
