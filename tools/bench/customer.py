"""The customer's page through HTTP, at a hundred times of documents."""

import http.client
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tools.bench.database import run_job
from tools.settings import HOST
from tools.stack import Stack

LIMIT = 300  # milliseconds that the page may take on the reference machine
ROUNDS = 30
WARM = 3  # requests that fill Odoo's caches


def measure(stack: Stack, database: str) -> dict[str, float]:
    """Ask for the page of a document of each kind.

    :param tools.stack.Stack stack: whose PostgreSQL runs
    :param str database: with the documents of ``documents_job``
    :returns: ``{kind: milliseconds}``, the 95th percentile
    :rtype: dict
    """
    paths = json.loads(run_job(stack, database, "customer_job")[-1])
    with _odoo(stack, database) as port:
        return {kind: _time(port, path) for kind, path in paths.items()}


@contextmanager
def _odoo(stack: Stack, database: str) -> Iterator[int]:
    """Odoo's server on a database, while it lasts."""
    other = Stack(replace(stack.settings, database=database))
    other.cluster.port = stack.cluster.port
    other.write_configuration()
    configuration = other.state / "odoo.conf"
    # nothing beside what is measured
    text = configuration.read_text().replace("cron_threads = 1", "cron_threads = 0")
    configuration.write_text(text)
    try:
        other.start_odoo()
        yield other.settings.odoo_port
    finally:
        other.stop_odoo()
        stack.write_configuration()


def _time(port: int, path: str) -> float:
    connection, taken = http.client.HTTPConnection(HOST, port), []
    for turn in range(WARM + ROUNDS):
        start = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200 or b'class="article-frame"' not in content:
            raise RuntimeError(f"The page of a customer answers {answer.status}")
        if turn >= WARM:
            taken.append((time.perf_counter() - start) * 1000)
    connection.close()
    return statistics.quantiles(taken, n=20)[-1]
