"""Servers that start on a database of another version: one upgrades, the others wait,
and older code stays away."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from tests.backup_kit import LIMIT, Backups
from tests.kit import wait_for
from tools import database, start
from tools.database import CannotStart, database_url_variables
from tools.settings import ROOT
from tools.start import UPGRADE_LOCK

EX_CONFIG = 78
STOP = ("--stop-after-init", "--no-http", "--max-cron-threads=0")
ADDON = "bmasia_rest"  # nothing depends on it: its upgrade is short
VERSION = "SELECT latest_version FROM ir_module_module WHERE name = %s"
SET_VERSION = "UPDATE ir_module_module SET latest_version = %s WHERE name = %s"
INDEXES = """
SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%gin_trgm_ops%'
   AND tablename IN ('res_partner', 'bmasia_quote', 'bmasia_zone')
"""


@pytest.fixture(scope="module")
def copy(stack, tmp_path_factory):
    """A copy of the running system's database, and the way to it."""
    backups = Backups(stack, tmp_path_factory.mktemp("backups"))
    try:
        backups.restore(backups.make(), "nodes")
        yield backups
    finally:
        backups.drop()


def begin(copy):
    """Start a server, as on a machine of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tools.start", *STOP],
        cwd=ROOT,
        env=copy.environment(PGDATABASE=copy.name("nodes")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process):
    """What a server said until it ended, in order."""
    said, log = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, log[-3000:]
    assert "Traceback" not in log, log[-3000:]
    return said


def version(copy):
    return copy.execute(copy.name("nodes"), VERSION, ADDON)[0][0]


def test_one_upgrades_and_the_other_waits(copy):
    now = version(copy)
    copy.execute(copy.name("nodes"), SET_VERSION, "19.0.1.6.0", ADDON)
    said = [end(process) for process in [begin(copy), begin(copy)]]
    upgraded = rf"^BMAsia CRM: upgraded {ADDON} 19\.0\.1\.6\.0 to {now} in \d+ s$"
    assert len(re.findall(upgraded, "".join(said), re.M)) == 1, said
    assert version(copy) == now
    assert "upgraded" not in end(begin(copy))


def test_who_waits_says_so_and_goes_on_when_the_other_is_gone(copy):
    other = psycopg2.connect(
        host=copy.stack.cluster.environment["PGHOST"],
        port=copy.stack.cluster.port,
        user=copy.stack.cluster.environment["PGUSER"],
        password=copy.stack.cluster.password,
        dbname=copy.name("nodes"),
    )
    other.cursor().execute("SELECT pg_advisory_lock(%s)", (UPGRADE_LOCK,))
    process = begin(copy)
    assert "another server is upgrading" in process.stdout.readline()
    assert process.poll() is None
    other.close()  # as when it is killed
    end(process)


def test_who_is_stopped_takes_the_upgrade_along(copy):
    """Else it would go on without the lock, beside the next server's."""
    name = copy.name("nodes")
    now = version(copy)
    copy.execute(name, SET_VERSION, "19.0.1.6.0", ADDON)
    process = begin(copy)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    wait_for(lambda: children.read_text().split(), LIMIT)
    (child,) = children.read_text().split()
    process.terminate()
    process.communicate(timeout=LIMIT)
    assert process.returncode == 143
    assert not Path(f"/proc/{child}").exists()
    assert "upgraded" in end(begin(copy))
    assert version(copy) == now


def test_older_code_is_refused(copy):
    now = version(copy)
    copy.execute(copy.name("nodes"), SET_VERSION, "19.0.9.0.0", ADDON)
    try:
        process = begin(copy)
        _said, log = process.communicate(timeout=LIMIT)
    finally:
        copy.execute(copy.name("nodes"), SET_VERSION, now, ADDON)
    assert process.returncode == EX_CONFIG, log
    (line,) = log.splitlines()
    assert f"{ADDON} is 19.0.9.0.0 there and {now} here" in line
    assert "Upgrade and roll back" in line


def test_indexes_that_waited_for_their_extension_are_made(copy):
    name = copy.name("nodes")
    before = copy.execute(name, INDEXES)
    assert before[0][0] >= 3
    copy.execute(name, "DROP EXTENSION pg_trgm CASCADE")
    # as when the superuser makes it after the addons were installed
    copy.execute(name, "CREATE EXTENSION pg_trgm")
    assert copy.execute(name, INDEXES) == [(0,)]
    end(begin(copy))
    assert copy.execute(name, INDEXES) == before


# -- the address of the database --


@pytest.mark.parametrize("module", [database, start], ids=lambda each: each.__name__)
def test_the_examples_are_right(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    ("url", "values"),
    [
        ("postgresql:///crm?host=/run/pg", {"PGHOST": "/run/pg"}),
        ("postgresql://%2Frun%2Fpg/crm", {"PGHOST": "/run/pg"}),
        (
            "postgresql://a/crm?sslmode=verify-full&sslrootcert=/ca.pem",
            {"PGHOST": "a", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/ca.pem"},
        ),
        (
            "postgresql://a:5433,b:5433/crm",
            {"PGHOST": "a,b", "PGPORT": "5433", "PGTARGETSESSIONATTRS": "read-write"},
        ),
        ("postgres://a/?dbname=crm", {"PGHOST": "a"}),
        ("postgresql://[::1]:5433/crm", {"PGHOST": "::1", "PGPORT": "5433"}),
    ],
)
def test_addresses_that_libpq_knows_are_passed_on(url, values):
    assert database_url_variables(url) == {**values, "PGDATABASE": "crm"}


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("postgresql://a:5432,b:5433/crm", "the ports 5432 and 5433"),
        ("postgresql://a,b:5433/crm", "the ports 5432 and 5433"),
        ("postgresql://a/crm?keepalives=1", "'keepalives'"),
        ("postgresql://a/crm?sslmode=maybe", "sslmode"),
        ("postgresql://a:b/crm", "is no number"),
        ("postgresql://[a/crm", "cannot be read"),
        ("postgresql://a", "/name"),
    ],
)
def test_what_odoo_cannot_pass_on_is_named(url, word):
    with pytest.raises(CannotStart, match=re.escape(word)):
        database_url_variables(url)


def test_a_server_is_reached_by_one_of_several_hosts(copy):
    """The first is nobody."""
    cluster = copy.stack.cluster
    place = f"127.0.0.2,127.0.0.1:{cluster.port}"
    place = place.replace(",", f":{cluster.port},")
    login = f"{cluster.environment['PGUSER']}:{cluster.password}"
    url = f"postgresql://{login}@{place}/{copy.name('nodes')}"
    unset = dict.fromkeys(("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"))
    done = copy.python("-m", "tools.start", *STOP, DATABASE_URL=url, **unset)
    assert done.returncode == 0, done.stderr[-2000:]
