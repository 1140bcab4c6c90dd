"""Odoo works as a role that owns its database and commands nothing beyond it."""

import os
import subprocess

import psycopg2
import pytest

from tools.database_role import HELPER, ROLE, SUPERUSER
from tools.postgres import Cluster, bin_folder
from tools.settings import HOST, ROOT

# as an earlier release left it: tables, a view, a sequence of its own, a function
CONTENT = """
CREATE EXTENSION pg_trgm;
CREATE TABLE customer (id serial PRIMARY KEY, name varchar NOT NULL);
CREATE INDEX ON customer USING gin (name gin_trgm_ops);
CREATE VIEW customers AS SELECT name FROM customer;
CREATE SEQUENCE signaling;
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
INSERT INTO customer (name) VALUES ('Hilton Pattaya');
"""
FORBIDDEN = (
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "CREATE TABLE got (line text); COPY got FROM PROGRAM 'id'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "CREATE ROLE another SUPERUSER",
    "ALTER SYSTEM SET log_statement = 'all'",
    "CREATE EXTENSION file_fdw",
    f"SET ROLE {SUPERUSER}",
    "SET ROLE pg_execute_server_program",
)


def connect(cluster, database, user=ROLE):
    passwords = {ROLE: cluster.password, SUPERUSER: cluster.superuser_password}
    connection = psycopg2.connect(
        host=HOST,
        port=cluster.port,
        user=user,
        password=passwords[user],
        dbname=database,
    )
    connection.autocommit = True
    return connection


def ask(cluster, database, statement, user=ROLE):
    """The rows that a statement gives; none where it gives nothing."""
    connection = connect(cluster, database, user)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@pytest.fixture
def cluster(tmp_path):
    """One that is not made yet, in a state folder of its own."""
    cluster = Cluster(tmp_path / "state", durable=False)
    yield cluster
    cluster.remove()


def made_by_an_earlier_release(cluster):
    """Odoo's role is the one that the cluster was made with."""
    password = cluster.superuser_password
    cluster.superuser_password = cluster.password
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.postgres.SUPERUSER", ROLE)
        cluster._make()
    cluster.superuser_password = password
    cluster._start()
    ask(cluster, "postgres", "CREATE DATABASE crm TEMPLATE template0")
    ask(cluster, "crm", CONTENT)


def test_role_of_the_running_system_is_no_superuser(stack, settings):
    powers = ask(
        stack.cluster,
        settings.database,
        "SELECT rolsuper, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles"
        " WHERE rolname = current_user",
    )
    assert powers == [(False, False, False, False)]
    owner = "SELECT datdba::regrole::text FROM pg_database WHERE datname = '{}'"
    owner = owner.format(settings.database)
    assert ask(stack.cluster, "postgres", owner) == [(ROLE,)]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_role_reads_no_file_and_starts_no_program(stack, settings, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(stack.cluster, settings.database, statement)


def test_role_makes_and_drops_databases_and_the_extensions_it_needs(stack, settings):
    name = f"{settings.database}_role"
    ask(stack.cluster, "postgres", f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        for extension in ("pg_trgm", "unaccent"):
            ask(stack.cluster, name, f"CREATE EXTENSION {extension}")
    finally:
        ask(stack.cluster, "postgres", f'DROP DATABASE "{name}" WITH (FORCE)')


def test_cluster_of_an_earlier_release_is_converted(cluster):
    made_by_an_earlier_release(cluster)
    power = "SELECT rolname, rolsuper FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1"
    assert ask(cluster, "postgres", power) == [(ROLE, True)]
    cluster.start()
    is_converted(cluster)
    cluster.stop()
    cluster.start()  # and stays so
    is_converted(cluster)


def is_converted(cluster):
    power = "SELECT rolname, rolsuper FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1"
    assert ask(cluster, "postgres", power) == [(ROLE, False), (SUPERUSER, True)]
    foreign = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        f" AND relowner <> '{ROLE}'::regrole"
    )
    assert ask(cluster, "crm", foreign) == []
    assert ask(cluster, "crm", "SELECT name FROM customers") == [("Hilton Pattaya",)]
    # what upgrades do
    ask(cluster, "crm", "ALTER TABLE customer ALTER COLUMN name DROP NOT NULL")
    ask(cluster, "crm", "CREATE OR REPLACE VIEW customers AS SELECT name FROM customer")
    ask(cluster, "crm", "ALTER SEQUENCE signaling RESTART; DROP FUNCTION one()")
    ask(cluster, "crm", "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'")


@pytest.mark.parametrize("step", ["helper made", "renamed", "role made"])
def test_conversion_that_was_broken_off_goes_on(cluster, step):
    made_by_an_earlier_release(cluster)
    secret = cluster.superuser_password
    helper = f"CREATE ROLE {HELPER} LOGIN SUPERUSER PASSWORD 'of another attempt'"
    ask(cluster, "postgres", helper)
    if step != "helper made":
        with psycopg2.connect(
            host=HOST,
            port=cluster.port,
            user=HELPER,
            password="of another attempt",
            dbname="postgres",
        ) as connection:
            cursor = connection.cursor()
            cursor.execute(f"ALTER ROLE {ROLE} RENAME TO {SUPERUSER}")
            cursor.execute(f"ALTER ROLE {SUPERUSER} PASSWORD %s", (secret,))
        connection.close()
    if step == "role made":
        role = f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{cluster.password}'"
        ask(cluster, "postgres", role, SUPERUSER)
    cluster.start()
    is_converted(cluster)


def test_script_of_the_docker_volume_makes_the_role_and_its_database(cluster, tmp_path):
    cluster.start()
    password = tmp_path / "database-password"
    password.write_text("a'b\\c\n")
    environment = {
        "PATH": f"{bin_folder()}:{os.environ['PATH']}",
        "PGHOST": HOST,
        "PGPORT": str(cluster.port),
        "PGPASSWORD": cluster.superuser_password,
        "DATABASE_PASSWORD_FILE": str(password),
    }
    script = ROOT / "config" / "postgres-init.sh"
    done = subprocess.run(
        [script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    connection = psycopg2.connect(
        host=HOST, port=cluster.port, user="odoo", password="a'b\\c", dbname="bmasia"
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, datname FROM pg_roles"
            " JOIN pg_database ON datdba = pg_roles.oid WHERE rolname = 'odoo'"
        )
        assert cursor.fetchall() == [(False, False, False, "bmasia")]
        cursor.execute("CREATE EXTENSION pg_trgm")
    connection.close()
