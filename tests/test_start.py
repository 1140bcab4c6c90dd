"""The server starts right or not at all: each case starts the process."""

import doctest
import json
import os
import signal
import stat
import subprocess
import sys
import urllib.request

import psycopg2
import pytest
from cryptography.fernet import Fernet

import odoo.addons

import tools.start as start_module
import tools.workers as workers_module
from tests.kit import answers, wait_for
from tools.database_role import ROLE, SUPERUSER
from tools.keys import DEMO_PREFIX
from tools.settings import HOST, MODULES, ROOT, free_ports
from tools.start import mark_upgrade, new_bridges, outdated_addons

EX_UNAVAILABLE, EX_CONFIG, EX_USAGE = 69, 78, 64
START_LIMIT = 60  # seconds


@pytest.fixture
def start(stack):
    """Start with the running system's settings, some changed or (None) taken away."""

    def run(*arguments, **changes):
        environment = {**stack.environment, "DATABASE_WAIT": "1", **changes}
        return subprocess.run(
            [sys.executable, "-m", "tools.start", *arguments],
            cwd=ROOT,
            env={k: v for k, v in environment.items() if v is not None},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def empty_database(stack, settings):
    name = f"{settings.database}_empty"
    connection = psycopg2.connect(
        host=HOST,
        port=stack.cluster.port,
        user=ROLE,
        password=stack.cluster.password,
        dbname="postgres",
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield name
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


@pytest.fixture
def superuser(stack):
    """Execute a statement as the superuser of the running system's cluster."""
    connection = psycopg2.connect(
        host=HOST,
        port=stack.cluster.port,
        user=SUPERUSER,
        password=stack.cluster.superuser_password,
        dbname="postgres",
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor.execute
    connection.close()


@pytest.fixture
def role(superuser):
    """A role to log in with; what is done to it: ``role("GRANT this TO {}")``."""
    superuser("CREATE ROLE bmasia_start LOGIN PASSWORD 'bmasia_start'")
    yield lambda statement: superuser(statement.format("bmasia_start"))
    superuser("DROP ROLE bmasia_start")


def refused(done, code, *words):
    """One line, the right exit code, and the setting that is to blame."""
    assert done.returncode == code, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert "does not start" in lines[0]
    for word in words:
        assert word in lines[0]


def test_no_database_named(start):
    refused(start(PGDATABASE=None), EX_CONFIG, "DATABASE_URL", "db_name")


def test_two_databases_named(start):
    refused(start(PGDATABASE="one,two"), EX_CONFIG, "one, two")


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("sqlite:///db.sqlite3", "postgresql://"),
        ("postgresql://crm@localhost:5432/", "/name"),
        ("postgresql://crm:hush#hush@localhost:5432/crm", "%23"),
    ],
)
def test_database_url_that_cannot_be_understood(start, url, word):
    done = start(DATABASE_URL=url)
    refused(done, EX_CONFIG, "DATABASE_URL", word)
    assert "hush" not in done.stderr


@pytest.mark.parametrize("name", ["DATABASE_WAIT", "SITE_URL", "WORKERS"])
def test_setting_that_makes_no_sense(start, name):
    refused(start(**{name: "soon"}), EX_CONFIG, f"{name}=soon")


@pytest.mark.parametrize(
    ("text", "words"), [(None, "cannot be read"), ("\n", "is empty")]
)
def test_password_file_that_holds_none(start, tmp_path, text, words):
    path = tmp_path / "password"
    if text is not None:
        path.write_text(text)
    done = start(DATABASE_PASSWORD_FILE=str(path))
    refused(done, EX_CONFIG, "DATABASE_PASSWORD_FILE", str(path), words)


def test_password_from_a_file_is_the_databases(start, stack, tmp_path):
    path = tmp_path / "password"
    path.write_text("wrong\n")
    changes = {"PGPASSWORD": None, "DATABASE_PASSWORD_FILE": str(path)}
    refused(start(**changes), EX_UNAVAILABLE, "password authentication failed")
    path.write_text(f"{stack.cluster.password}\n")
    # as far as the database: it holds Odoo
    refused(start("--init", **changes), EX_USAGE, "already holds Odoo")


@pytest.mark.parametrize("words", [("secrets", "status"), ("crm", "doctor", "--json")])
def test_commands_of_odoo_take_the_servers_settings(stack, settings, tmp_path, words):
    password = tmp_path / "password"
    password.write_text(f"{stack.cluster.password}\n")
    server = {
        name: value
        for name, value in stack.environment.items()
        if not name.startswith("PG")
    }
    address = f"{ROLE}@{HOST}:{stack.cluster.port}/{settings.database}"
    server["DATABASE_URL"] = f"postgresql://{address}"
    server["DATABASE_PASSWORD_FILE"] = str(password)

    def run(module):
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env=server,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert "name one database" in run("odoo").stderr
    done = run("tools.command")
    assert done.returncode in (0, 1), done.stderr
    assert "smtp_pass" in done.stdout or json.loads(done.stdout)


def test_first_password_that_is_too_short(start, empty_database, tmp_path):
    path = tmp_path / "password"
    path.write_text("admin\n")
    done = start("--init", PGDATABASE=empty_database, ADMIN_PASSWORD_FILE=str(path))
    refused(done, EX_CONFIG, "ADMIN_PASSWORD_FILE", "12 characters")
    assert "admin\n" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "quota", "memory", "options"),
    [
        ("", "max 100000", "max", []),
        ("3", "max 100000", "max", ["--workers=3"]),
        ("auto", "100000 100000", str(4 * 1024**3), ["--workers=2"]),
        ("auto", "50000 100000", str(4 * 1024**3), ["--workers=2"]),
        ("auto", "max 100000", str(1024**3), ["--workers=2"]),
    ],
)
def test_processes_are_as_many_as_the_container_allows(
    monkeypatch, tmp_path, setting, quota, memory, options
):
    (tmp_path / "cpu.max").write_text(f"{quota}\n")
    (tmp_path / "memory.max").write_text(f"{memory}\n")
    monkeypatch.setattr(workers_module, "CGROUP", str(tmp_path))
    monkeypatch.setenv("WORKERS", setting)
    assert workers_module.workers() == options


def test_processes_follow_the_processors(monkeypatch, tmp_path):
    monkeypatch.setattr(workers_module, "CGROUP", str(tmp_path))  # a machine without
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)))
    monkeypatch.setattr(os, "sysconf", {"SC_PAGE_SIZE": 2**30, "SC_PHYS_PAGES": 9}.get)
    monkeypatch.setenv("WORKERS", "auto")
    assert workers_module.workers() == ["--workers=12"]


@pytest.mark.parametrize("module", [start_module, workers_module])
def test_engines_are_as_their_examples_say(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_new_installation_has_what_the_demo_has():
    assert start_module.MODULES == ",".join(MODULES)


def test_configuration_file_that_is_not_there(start, tmp_path):
    path = str(tmp_path / "odoo.conf")
    refused(start(ODOO_RC=path), EX_CONFIG, path, "ODOO_RC")


def test_addons_that_are_not_on_the_path(start, tmp_path):
    path = tmp_path / "odoo.conf"
    path.write_text("[options]\nhttp_interface = 127.0.0.1\n")
    done = start(ODOO_RC=str(path), PYTHONPATH=str(ROOT))
    refused(done, EX_CONFIG, "addons_path", "encrypted_field")


def test_database_server_unreachable(start):
    port = free_ports(1)[0]
    refused(start(PGPORT=str(port)), EX_UNAVAILABLE, "DATABASE_URL", "refused")


def test_database_login_refused(start):
    refused(start(PGPASSWORD="wrong"), EX_UNAVAILABLE, "db_password")


def test_database_that_does_not_exist(start):
    refused(start(PGDATABASE="nowhere"), EX_UNAVAILABLE, "nowhere", "db_name")


def test_empty_database_is_not_filled_by_itself(start, empty_database):
    done = start(PGDATABASE=empty_database)
    refused(done, EX_CONFIG, "empty", "--init")


def test_superuser_of_the_database_server_is_refused(start, stack):
    done = start(PGUSER=SUPERUSER, PGPASSWORD=stack.cluster.superuser_password)
    refused(done, EX_CONFIG, "superuser", SUPERUSER, "docs/administrator.md")


@pytest.mark.parametrize("power", ["pg_execute_server_program", "pg_read_server_files"])
def test_role_that_is_as_good_as_a_superuser_is_refused(start, role, power):
    role(f"GRANT {power} TO {{}}")
    done = start(PGUSER="bmasia_start", PGPASSWORD="bmasia_start")
    refused(done, EX_CONFIG, power, "docs/administrator.md")


def test_role_that_may_not_make_the_extension_is_told_the_command(
    start, role, empty_database
):
    done = start(
        "--init",
        PGDATABASE=empty_database,
        PGUSER="bmasia_start",
        PGPASSWORD="bmasia_start",
    )
    command = f"psql -d {empty_database} -c 'CREATE EXTENSION pg_trgm'"
    refused(done, EX_CONFIG, "pg_trgm", command)


def test_init_refuses_a_database_in_use(start):
    refused(start("--init"), EX_USAGE, "already holds Odoo")


LITTLE = {"BMASIA_MODULES": "base", "BMASIA_LANGUAGES": "en_US"}
COMMENT = (
    "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
    " WHERE datname = current_database()"
)


@pytest.fixture
def ask(stack, empty_database):
    """The one value that a query of the new database gives."""

    def ask(query):
        connection = psycopg2.connect(
            host=HOST,
            port=stack.cluster.port,
            user=ROLE,
            password=stack.cluster.password,
            dbname=empty_database,
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
            (value,) = cursor.fetchone()
        connection.close()
        return value

    return ask


def test_an_installation_that_was_broken_off_is_never_served(
    start, stack, empty_database, ask
):
    """Its administrator's password is still Odoo's own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.start", "--init"],
        cwd=ROOT,
        env={**stack.environment, **LITTLE, "PGDATABASE": empty_database},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    installed = "SELECT to_regclass('ir_module_module') IS NOT NULL"
    wait_for(lambda: ask(installed), START_LIMIT)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for words in ([], ["--init"]):
        done = start(*words, PGDATABASE=empty_database)
        refused(done, EX_CONFIG, empty_database, "broken off", "with --init")


def test_a_whole_installation_has_no_mark(start, empty_database, ask):
    done = start("--init", PGDATABASE=empty_database, **LITTLE)
    assert done.returncode == 0, done.stderr[-2000:]
    assert ask(COMMENT) is None


@pytest.fixture
def our_addons(monkeypatch):
    """Ours are on Odoo's path, as its configuration has them."""
    folders = [*odoo.addons.__path__, str(ROOT), str(ROOT / "addons")]
    monkeypatch.setattr(odoo.addons, "__path__", folders)


@pytest.mark.usefixtures("our_addons")
def test_an_addon_that_goes_with_another_comes_once_with_the_upgrade(stack, settings):
    """What somebody has uninstalled is known to the database, and stays out."""
    connection = psycopg2.connect(
        host=HOST,
        port=stack.cluster.port,
        user=ROLE,
        password=stack.cluster.password,
        dbname=settings.database,
    )
    with connection.cursor() as cursor:
        assert new_bridges(connection) == []
        rest = ("bmasia_rest",)
        cursor.execute(
            "UPDATE ir_module_module SET state = 'uninstalled' WHERE name = %s", rest
        )
        assert new_bridges(connection) == []
        cursor.execute("DELETE FROM ir_module_module WHERE name = %s", rest)
        assert new_bridges(connection) == [*rest]
        sql = "UPDATE ir_module_module SET state = %s WHERE name = %s"
        cursor.execute(sql, ("installed", "payment"))
        cursor.execute("DELETE FROM ir_module_module WHERE name = 'bmasia_payment'")
        assert new_bridges(connection) == [*rest, "bmasia_payment"]
        # what it stands on was uninstalled
        cursor.execute(sql, ("uninstalled", "bmasia_portal"))
        assert new_bridges(connection) == [*rest]
        cursor.execute(
            "UPDATE ir_module_module SET state = 'uninstalled'"
            " WHERE name = 'bmasia_crm'"
        )
        assert new_bridges(connection) == []
    connection.close()  # nothing of it was committed


@pytest.mark.usefixtures("our_addons")
def test_an_upgrade_that_was_killed_is_gone_on_with(stack, settings):
    """Also what was done already: only a whole upgrade removes what is gone."""
    connection = psycopg2.connect(
        host=HOST,
        port=stack.cluster.port,
        user=ROLE,
        password=stack.cluster.password,
        dbname=settings.database,
    )
    try:
        assert outdated_addons(connection) == []
        mark_upgrade(connection, ["document_flow", "bmasia_crm"])
        assert sorted(outdated_addons(connection)) == ["bmasia_crm", "document_flow"]
        mark_upgrade(connection, [])
        assert outdated_addons(connection) == []
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ir_module_module SET state = 'to upgrade'"
                " WHERE name = 'document_flow'"
            )
            assert outdated_addons(connection) == ["document_flow"]
    finally:
        connection.close()  # of the last step nothing was committed


def test_key_ring_missing(start):
    refused(start(ODOO_SECRET_KEYS_FILE=None), EX_CONFIG, "ODOO_SECRET_KEYS")


def test_key_ring_malformed(start):
    done = start(ODOO_SECRET_KEYS_FILE=None, ODOO_SECRET_KEYS="not-a-key")
    refused(done, EX_CONFIG, "ODOO_SECRET_KEYS")
    assert "not-a-key" not in done.stderr


def test_key_ring_file_that_others_can_read(start, stack, tmp_path):
    path = tmp_path / "keys"
    with open(stack.environment["ODOO_SECRET_KEYS_FILE"]) as own:
        path.write_text(own.read())
    path.chmod(0o644)
    refused(start(ODOO_SECRET_KEYS_FILE=str(path)), EX_CONFIG, "chmod 400")


def test_key_of_another_demo(start):
    key = DEMO_PREFIX + Fernet.generate_key().decode()[len(DEMO_PREFIX) :]
    done = start(ODOO_SECRET_KEYS_FILE=None, ODOO_SECRET_KEYS=key)
    refused(done, EX_CONFIG, "key of the demo", "make a key of its own")


def test_secrets_of_the_installation_are_readable_by_their_owner_only(settings):
    folder = settings.state / "secrets"
    modes = {p.name: stat.S_IMODE(os.stat(p).st_mode) for p in folder.iterdir()}
    assert modes and set(modes.values()) == {0o400}
    assert stat.S_IMODE(os.stat(settings.state / "demo-api-keys.json").st_mode) == 0o600


def test_server_that_restarts_itself_comes_back(stack):
    """Odoo does so when a request is over its time limit; SIGHUP asks for the same."""
    (port,) = free_ports(1)
    server = subprocess.Popen(
        [*(sys.executable, "-m", "tools.start"), f"--http-port={port}"],
        cwd=ROOT,
        env=stack.environment,
    )
    page = f"http://{HOST}:{port}/web/login"
    try:
        wait_for(lambda: answers(port), START_LIMIT)
        # answered when it is up; a restart in the midst of that is no restart
        urllib.request.urlopen(page, timeout=START_LIMIT).close()
        server.send_signal(signal.SIGHUP)
        wait_for(lambda: not answers(port), START_LIMIT)
        wait_for(lambda: answers(port), START_LIMIT)
        urllib.request.urlopen(page, timeout=START_LIMIT).close()
        assert server.poll() is None
    finally:
        server.terminate()
        server.wait(START_LIMIT)


def test_public_address_is_frozen(json2, settings):
    parameter = json2.user("admin").call(
        "ir.config_parameter",
        "search_read",
        domain=[("key", "in", ["web.base.url", "web.base.url.freeze"])],
        fields=["key", "value"],
        order="key",
    )
    assert [p["value"] for p in parameter] == [settings.odoo_url, "True"]
