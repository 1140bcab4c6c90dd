"""One quote's PDF against Odoo's own quotation, and invoices by the hundred."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tools.settings import ROOT
from tools.stack import Stack

MODULES = ["bmasia_crm", "sale"]
SINGLES, BATCH, LARGE = 5, 100, 1000


def measure(stack: Stack) -> dict[str, Any]:
    """Install both, serve the database for wkhtmltopdf's sake, and measure.

    :param tools.stack.Stack stack: of a database of its own, its cluster running
    :returns: what :mod:`tools.bench.printing_job` prints
    :rtype: dict
    """
    stack.drop_database()
    stack.install(MODULES)
    stack.start_odoo()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tools.bench.printing_job"),
            *map(str, (SINGLES, BATCH, LARGE)),
        ],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        done.check_returncode()
    return json.loads(done.stdout.splitlines()[-1])


def lines(result: dict[str, Any]) -> Iterator[str]:
    """The table.

    :param dict result: of :func:`measure`
    """
    ours = result["ours"]
    yield f"\nOne quote with six lines as PDF ({result['binary']})"
    rows = {
        "ours": ours,
        "Odoo's quotation, its defaults": result["stock"],
        "Odoo's quotation, print delay 0": result["stock_no_delay"],
    }
    for label, seconds in rows.items():
        yield f"  {label:<34}{seconds * 1000:7.0f} ms {seconds / ours:6.1f} × ours"
    yield "  where the time of ours goes"
    for name, seconds in result["stages"].items():
        yield f"    {name:<32}{seconds * 1000:7.1f} ms"
    ratio = result["together"] / result["one_by_one"]
    split = "right" if result["split_right"] else "WRONG"
    yield f"\n{result['batch']} invoices in one call (processor time)"
    yield f"  {result['together']:.2f} s, {ratio:.2f} × one by one, split {split}"
    each = 1000 * result["large_seconds"] / result["large"]
    yield f"{result['large']} invoices in one call (processor time)"
    yield f"  {result['large_seconds']:.1f} s, {each:.0f} ms each"
    before, batch, large, merged = result["memory"]
    size = result["large_bytes"] / 1e6
    yield (
        f"  memory of process and children at most {before} MB before, {batch} MB "
        f"after the {result['batch']}, {large} MB after the {result['large']}, "
        f"{merged} MB after "
        f"they are merged to {size:.0f} MB of PDF"
    )
