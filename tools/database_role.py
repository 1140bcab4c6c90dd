"""Who may do what in the private PostgreSQL cluster.

Odoo works as a role that owns its databases and may make further ones, and can do
nothing else: whoever gets Odoo to run a statement of their own must not get programs
and files of the server with it. The superuser, which every cluster has, is another role
with another password.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg2

from tools.errors import SetupError
from tools.settings import HOST

SUPERUSER = "postgres"
ROLE = "bmasia"
HELPER = "bmasia_conversion"  # there only while an earlier cluster is converted
RIGHTS = "LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
# What the superuser owns in a database and Odoo has made: not what belongs to an
# extension, nor sequences that belong to a column and follow their table.
OWNED = """
SELECT 'ALTER TABLE ' || c.oid::regclass FROM pg_class c
 WHERE c.relowner = %(owner)s AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
   AND c.relnamespace = ANY (%(schemas)s::oid[]) AND NOT EXISTS (
       SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid
          AND (deptype = 'e' OR c.relkind = 'S' AND deptype IN ('a', 'i')))
 UNION ALL
SELECT 'ALTER ROUTINE ' || p.oid::regprocedure FROM pg_proc p
 WHERE p.proowner = %(owner)s AND p.pronamespace = ANY (%(schemas)s::oid[])
   AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass
       AND objid = p.oid AND deptype = 'e')
"""


def ensure_role(port: int, password: str, superuser_password: str) -> None:
    """Make Odoo's role what it is to be, and convert a cluster of an earlier release,
    whose only role Odoo worked as. Broken off, it goes on at the next start.

    :param int port: of the running cluster
    :param str password: of Odoo's role
    :param str superuser_password: of the other one
    :raises SetupError: the cluster takes neither password
    """

    def connect(user: str, database: str = "postgres") -> AbstractContextManager[Any]:
        secret = password if user == ROLE else superuser_password
        return _cursor(port, user, secret, database)

    try:
        with connect(SUPERUSER) as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
            is_there = cursor.fetchone()
    except psycopg2.OperationalError:
        _free_the_superuser(connect, superuser_password)
        is_there = False
    with connect(SUPERUSER) as cursor:
        if not is_there:
            cursor.execute(f"CREATE ROLE {ROLE} {RIGHTS} PASSWORD %s", (password,))
        cursor.execute(f"DROP ROLE IF EXISTS {HELPER}")
        cursor.execute(
            "SELECT datname FROM pg_database"
            " WHERE datdba = %s::regrole AND NOT datistemplate AND datname <> %s",
            (SUPERUSER, SUPERUSER),
        )
        databases = [name for (name,) in cursor.fetchall()]
    for name in databases:
        with connect(SUPERUSER, name) as cursor:
            _hand_over(cursor, name)


def _free_the_superuser(
    connect: Callable[[str], AbstractContextManager[Any]], superuser_password: str
) -> None:
    """Up to 19.0.1.1 Odoo worked as the role that the cluster was made with. PostgreSQL
    lets nobody take its rights away: it gets another name, and Odoo a new role."""
    try:
        with connect(ROLE) as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (HELPER,))
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(
                f"{verb} ROLE {HELPER} LOGIN SUPERUSER PASSWORD %s",
                (superuser_password,),
            )
    except psycopg2.Error as error:
        raise SetupError(
            f"PostgreSQL refuses both passwords of the state folder: {error}".strip(),
            "Put the former files back into its folder secrets; ./run clean starts "
            "over with an empty database.",
        ) from error
    with connect(HELPER) as cursor:
        cursor.execute(f"ALTER ROLE {ROLE} RENAME TO {SUPERUSER}")
        # not in one statement with it, but in one transaction
        cursor.execute(f"ALTER ROLE {SUPERUSER} PASSWORD %s", (superuser_password,))


def _hand_over(cursor: Any, database: str) -> None:
    """Make Odoo's role the owner of what is in a database, and then of itself."""
    cursor.execute(
        "SELECT array_agg(oid) FROM pg_namespace"
        " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
    )
    (schemas,) = cursor.fetchone()
    cursor.execute("SELECT %s::regrole::oid", (SUPERUSER,))
    (owner,) = cursor.fetchone()
    cursor.execute(OWNED, {"owner": owner, "schemas": schemas})
    for (statement,) in cursor.fetchall():
        cursor.execute(f"{statement} OWNER TO {ROLE}")
    cursor.execute(f'ALTER DATABASE "{database}" OWNER TO {ROLE}')


@contextmanager
def _cursor(port: int, user: str, password: str, database: str) -> Iterator[Any]:
    """A transaction of a connection of its own."""
    connection = psycopg2.connect(
        host=HOST, port=port, user=user, password=password, dbname=database
    )
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
