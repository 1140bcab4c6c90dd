"""What the measurements inside a database share."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools.settings import ROOT
from tools.stack import Stack


def run_job(stack: Stack, database: str, job: str, *arguments: object) -> list[str]:
    """Run a program of this folder against a database.

    :param tools.stack.Stack stack: whose PostgreSQL runs
    :param str database: its name
    :param str job: the module in this folder
    :param arguments: for the program
    :returns: its output, line by line
    :rtype: list[str]
    """
    done = subprocess.run(
        [sys.executable, "-m", f"tools.bench.{job}", *map(str, arguments)],
        cwd=ROOT,
        env={**stack.environment, "PGDATABASE": database},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"{job} ended with {done.returncode}:\n{done.stderr[-3000:]}"
        )
    return done.stdout.splitlines()


@contextmanager
def environment() -> Iterator[Any]:
    """Odoo's environment in the database that ``PGDATABASE`` names, as superuser."""
    import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["--no-http", "--log-level=critical"], setup_logging=True)
    with Registry(config["db_name"][0]).cursor() as cursor:
        yield api.Environment(cursor, SUPERUSER_ID, {})
