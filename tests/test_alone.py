"""Each generic addon installs alone on plain Odoo; BMAsia CRM without REST."""

import subprocess
import sys

import psycopg2
import pytest

from tests.test_architecture import ADDONS, manifest
from tools.database_role import ROLE
from tools.settings import GENERIC_ADDONS, HOST, ROOT


@pytest.fixture(scope="module")
def plain_odoo(stack, settings):
    """A database with plain Odoo's mail and nothing of ours, to copy."""
    cluster = stack.cluster
    connection = psycopg2.connect(
        host=HOST,
        port=cluster.port,
        user=ROLE,
        password=cluster.password,
        dbname="postgres",
    )
    connection.autocommit = True
    template = f"{settings.database}_plain"
    databases = [template]

    def execute(statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)

    def install(database, addon, source="template0"):
        execute(f'CREATE DATABASE "{database}" TEMPLATE "{source}"')
        databases.append(database)
        return subprocess.run(
            [
                *(sys.executable, "-m", "odoo", "server", f"--init={addon}"),
                *(f"--database={database}", "--skip-auto-install", "--no-http"),
                *("--stop-after-init", "--max-cron-threads=0", "--log-level=warn"),
                "--db-filter=.*",
            ],
            cwd=ROOT,
            env=stack.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def installed(database):
        own = psycopg2.connect(
            host=HOST,
            port=cluster.port,
            user=ROLE,
            password=cluster.password,
            dbname=database,
        )
        with own, own.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM ir_module_module WHERE state = 'installed'"
            )
            names = {row[0] for row in cursor.fetchall()}
        own.close()
        return names

    assert install(template, "mail").returncode == 0
    yield lambda addon: (
        install(f"{settings.database}_{addon}", addon, template),
        installed(f"{settings.database}_{addon}"),
    )
    for database in databases:
        execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    connection.close()


def stands_on(addon):
    """Those of ours that an addon's manifest asks for, and what they ask for."""
    direct = set(manifest(addon)["depends"]) & set(ADDONS)
    return direct.union(*map(stands_on, direct))


@pytest.mark.parametrize("addon", [*GENERIC_ADDONS, "bmasia_crm"])
def test_installs_without_the_others(plain_odoo, addon):
    done, names = plain_odoo(addon)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "ERROR" not in done.stderr and "WARNING" not in done.stderr, done.stderr
    assert names & set(ADDONS) == {addon} | stands_on(addon)
