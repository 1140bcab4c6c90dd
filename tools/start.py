"""Start Odoo right, or not at all.

``python -m tools.start [--init] [Odoo's own server options]``

What must hold before a port is opened: the database is named, reachable, holds Odoo,
its role is no superuser, and the key ring for stored passwords can be read. Then the
addons that changed are upgraded (their migrations run) and the server starts. Anything
else ends with one line that says which setting to change, and with an exit code of
sysexits.h. It never makes or picks another database: the system that this one replaces
fell back to an empty SQLite file when its database's address was lost, and people
worked in it.

Settings: ``DATABASE_URL`` or Odoo's own options (``db_name`` and so on) name the
database, ``ODOO_SECRET_KEYS`` or ``ODOO_SECRET_KEYS_FILE`` the key ring, ``SITE_URL``
the public address (kept in ``web.base.url``, which Odoo then leaves alone),
``DATABASE_WAIT`` the seconds to wait for the database (30). ``--init`` installs the
addon named in ``BMASIA_MODULES`` (bmasia_crm), and what goes with it, into a new, empty
database, with the languages named in ``BMASIA_LANGUAGES`` (en_US,th_TH).
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg2

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo.cli.command import main as odoo_main
from odoo.modules.module import Manifest
from odoo.tools import config

FOLDER = os.path.dirname(os.path.abspath(__file__))
EX_USAGE, EX_UNAVAILABLE, EX_CONFIG = 64, 69, 78  # sysexits.h
# Odoo's own command. Where a request takes too long, Odoo starts its script anew: this
# file; "python -m odoo" would leave it a path that does not run.
SERVE = "server"
# Ours that go with another addon; Odoo installs such by itself only together with it:
# the REST interface, and what seals the tokens of Odoo's own sign-ins.
BRIDGES = {
    "bmasia_crm": "bmasia_rest",
    "google_gmail": "mail_user_smtp_gmail",
    "microsoft_outlook": "mail_user_smtp_outlook",
}
# The parameter that names what is being upgraded. Odoo commits addon by addon, and
# takes out what is no longer defined at the end of all only.
UPGRADING = "bmasia.upgrading"
# What a role may do beyond its database. Before PostgreSQL 16 one that makes roles may
# make itself a member of those that read files and start programs.
POWERS = """
SELECT rolname, CASE
    WHEN rolsuper THEN 'a superuser of PostgreSQL'
    WHEN rolcreaterole AND current_setting('server_version_num')::int < 160000
        THEN 'one that makes roles (CREATEROLE)'
    ELSE (
        SELECT 'a member of ' || string_agg(power, ', ')
          FROM unnest(ARRAY['pg_execute_server_program', 'pg_read_server_files',
                            'pg_write_server_files']) AS power
         WHERE pg_has_role(current_user, power, 'MEMBER')
    ) END
  FROM pg_roles WHERE rolname = current_user
"""
DATABASE_WAIT = 30  # seconds; a PostgreSQL container needs about ten at its first start
LANGUAGES = "en_US,th_TH"  # the first one is theirs who choose no other
# What --init ends with.
READY = """\

BMAsia CRM is installed in the database {name!r}. Next:

  1. Start the server: the same command without --init.
  2. Open {url} and log in as admin, password admin.
     Choose another password: the picture at the top right, My Preferences, Security.
  3. The first screen is a checklist: from your address to the first quote sent.

docs/administrator.md, "The first hour", has all of it with pictures.
"""


class CannotStart(Exception):
    """Why the server is not started, in one line.

    :param int code: the exit code, as sysexits.h has them
    """

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def database_url_variables(url: str) -> dict[str, str]:
    """Turn a database URL into the variables that Odoo and libpq read.

    >>> database_url_variables("postgresql://pom:p%40ss@db:5433/crm?sslmode=require")
    {'PGHOST': 'db', 'PGPORT': '5433', 'PGUSER': 'pom', 'PGPASSWORD': 'p@ss', \
'PGDATABASE': 'crm', 'PGSSLMODE': 'require'}

    :param str url: as in RFC 3986, scheme ``postgresql`` or ``postgres``
    :rtype: dict
    :raises CannotStart: another scheme, or no database name in it
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise CannotStart(
            EX_CONFIG,
            "DATABASE_URL must look like postgresql://user:password@host:5432/name",
        )
    try:
        port = parts.port
    except ValueError:
        # without the cause: it quotes what may be part of the password
        raise CannotStart(
            EX_CONFIG,
            "the port in DATABASE_URL is no number (in a password write # / : @ as "
            "%23 %2F %3A %40)",
        ) from None
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise CannotStart(
            EX_CONFIG, "DATABASE_URL names no database: add /name at its end"
        )
    values = {
        "PGHOST": parts.hostname,
        "PGPORT": port and str(port),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": name,
        "PGSSLMODE": dict(parse_qsl(parts.query)).get("sslmode"),
    }
    return {variable: value for variable, value in values.items() if value}


def database_name() -> str:
    """The one database that the settings name.

    :raises CannotStart: none or several
    """
    names = config["db_name"]
    if not names:
        raise CannotStart(
            EX_CONFIG,
            "no database is named: set DATABASE_URL (or db_name in the file ODOO_RC)",
        )
    if len(names) > 1:
        raise CannotStart(
            EX_CONFIG, f"one database, please: db_name lists {', '.join(names)}"
        )
    return names[0]


def database_wait() -> int:
    """How long to wait for the database server, in seconds.

    :raises CannotStart: ``DATABASE_WAIT`` is no number
    """
    text = os.environ.get("DATABASE_WAIT") or str(DATABASE_WAIT)
    if not text.isdigit():
        raise CannotStart(
            EX_CONFIG, f"DATABASE_WAIT={text} is no whole number of seconds"
        )
    return int(text)


def check_configuration_file() -> None:
    """Refuse the defaults that Odoo takes when its file is not where it should be.

    :raises CannotStart: ``ODOO_RC`` names no file that can be read
    """
    path = os.environ.get("ODOO_RC")
    if path and not os.access(path, os.R_OK):
        raise CannotStart(
            EX_CONFIG, f"the configuration file {path} cannot be read: check ODOO_RC"
        )


def connect(name: str) -> Any:
    """Open a connection, waiting for a server that is still starting.

    :raises CannotStart: not there after ``DATABASE_WAIT`` seconds, or it refuses us
    """
    deadline = time.monotonic() + database_wait()
    options = {
        "dbname": name,
        "host": config["db_host"] or None,
        "port": config["db_port"] or None,
        "user": config["db_user"] or None,
        "password": config["db_password"] or None,
        "sslmode": config["db_sslmode"],
        "connect_timeout": 5,
    }
    while True:
        try:
            return psycopg2.connect(**{k: v for k, v in options.items() if v})
        except psycopg2.OperationalError as error:
            # a database that is not there or a refused login does not get better
            final = any(
                text in str(error)
                for text in ("does not exist", "authentication failed", "no password")
            )
            if final or time.monotonic() > deadline:
                reason = str(error).strip().splitlines()[0]
                raise CannotStart(
                    EX_UNAVAILABLE,
                    f"database {name!r} cannot be used: {reason} "
                    "(check DATABASE_URL, or db_host, db_user, db_password, db_name)",
                ) from error
            time.sleep(0.5)


def check_role(connection: Any) -> None:
    """Refuse a role that commands the database server: a statement that somebody gets
    Odoo to run must not read its files or start its programs.

    :raises CannotStart: a superuser, or as good as one
    """
    with connection.cursor() as cursor:
        cursor.execute(POWERS)
        (role, powers) = cursor.fetchone()
    if powers:
        raise CannotStart(
            EX_CONFIG,
            f"the database role {role!r} is {powers}: give Odoo one that only owns its "
            "database, as docs/administrator.md says under The database role",
        )


def ensure_trigrams(connection: Any) -> bool:
    """Make the extension by which parts of names are found: Odoo makes its indexes only
    where it is.

    :returns: whether it was missing
    :raises CannotStart: missing, and the role may not make it
    """
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_database(),"
            " EXISTS (SELECT FROM pg_proc WHERE proname = 'word_similarity')"
        )
        (database, found) = cursor.fetchone()
        if found:
            return False
        try:
            cursor.execute("CREATE EXTENSION pg_trgm")
        except psycopg2.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise CannotStart(
                EX_CONFIG,
                f"the extension pg_trgm cannot be made ({reason}): have PostgreSQL's "
                f"superuser do it, psql -d {database} -c 'CREATE EXTENSION pg_trgm'",
            ) from error
    return True


def holds_odoo(connection: Any) -> bool:
    """Whether the database has Odoo's tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('ir_module_module') IS NOT NULL")
        return cursor.fetchone()[0]


def outdated_addons(connection: Any) -> list[str]:
    """Installed addons whose version on disk is another one than in the database, and
    those whose upgrade was begun and did not come to its end."""
    begun = _parameter(connection, UPGRADING)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, latest_version, state <> 'installed' FROM ir_module_module"
            " WHERE state IN ('installed', 'to upgrade', 'to install')"
        )
        installed = cursor.fetchall()
    return [
        name
        for name, version, is_marked in installed
        if (manifest := Manifest.for_addon(name, display_warning=False))
        and (manifest.version != version or is_marked or name in begun)
    ]


def new_bridges(connection: Any) -> list[str]:
    """Ours that go with an installed addon and came after this database was made. What
    somebody has uninstalled is known to it, and stays out."""
    begun = _parameter(connection, UPGRADING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, state FROM ir_module_module")
        states = dict(cursor.fetchall())
    return [
        bridge
        for addon, bridge in BRIDGES.items()
        if states.get(addon) == "installed"
        and (
            bridge not in states
            or (bridge in begun and states[bridge] == "uninstalled")
        )
        and Manifest.for_addon(bridge, display_warning=False)
    ]


def check_key_ring(connection: Any = None) -> None:
    """Refuse to start without the keys for the passwords in the database.

    :param connection: to the database, once it holds Odoo
    :raises CannotStart: missing, unreadable, malformed, or another database's demo key
    """
    # Odoo's own imports are in order only after this one
    import_module("odoo.http")
    try:
        from odoo.addons.encrypted_field.fields import DEMO_MARKER, SENTENCES
        from odoo.addons.encrypted_field.tools.keyring import (
            DemoKey,
            KeyRing,
            KeyRingError,
        )
    except ModuleNotFoundError as error:
        raise CannotStart(
            EX_CONFIG,
            f"{error.name} is not found: addons_path (in the file ODOO_RC) must name "
            "the folders that hold bmasia_crm and encrypted_field",
        ) from error

    try:
        ring = KeyRing.from_environ()
        if connection and ring.demo_key_ids - _parameter(connection, DEMO_MARKER):
            raise DemoKey()
    except KeyRingError as error:
        sentence = next(text for kind, text in SENTENCES if isinstance(error, kind))
        # nobody is logged in whose language it could be translated to
        raise CannotStart(EX_CONFIG, sentence._source) from error


def check_site_url(url: str) -> None:
    """Refuse an address that would make every link in a mail a dead one.

    :raises CannotStart: no ``https://host`` or ``http://host``
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CannotStart(
            EX_CONFIG, f"SITE_URL={url} must look like https://crm.example.com"
        )


def mark_upgrade(connection: Any, addons: Iterable[str]) -> None:
    """Note what is about to be upgraded, or with no addons that it is done: where an
    upgrade is killed, the next start goes through all of it again."""
    with connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM ir_config_parameter WHERE key = %s", (UPGRADING,))
        if names := ",".join(sorted(addons)):
            cursor.execute(
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)",
                (UPGRADING, names),
            )


def _parameter(connection: Any, key: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM ir_config_parameter WHERE key = %s", (key,))
        return {text for (value,) in cursor for text in value.split(",")}


def freeze_site_url(connection: Any, url: str) -> None:
    """Keep the public address in the database, so that links in mails are right
    whoever logs in from wherever."""
    with connection, connection.cursor() as cursor:
        for key, value in (
            ("web.base.url", url.rstrip("/")),
            ("web.base.url.freeze", "True"),
        ):
            cursor.execute(
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
                " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
                " WHERE ir_config_parameter.value <> EXCLUDED.value",
                (key, value),
            )


def site_url() -> str:
    """The address that people open: the public one, else that of this machine."""
    host = config["http_interface"] or "127.0.0.1"
    if host in ("0.0.0.0", "::"):  # noqa: S104 (nothing listens here)
        host = "127.0.0.1"
    return os.environ.get("SITE_URL") or f"http://{host}:{config['http_port']}"


def odoo_command(*arguments: str) -> None:
    """Run one of Odoo's commands to its end.

    :raises CannotStart: it failed; its own log says why
    """
    done = subprocess.run([sys.executable, "-m", "odoo", *arguments], check=False)
    if done.returncode:
        raise CannotStart(
            done.returncode, f"odoo {arguments[0]} failed: its log says why"
        )


def install(name: str) -> None:
    """Install the addons into the empty database.

    :raises CannotStart: it failed
    """
    modules = os.environ.get("BMASIA_MODULES", "bmasia_crm").split(",")
    # nothing else comes by itself, for some of Odoo's own addons phone home
    modules += [bridge for addon, bridge in BRIDGES.items() if addon in modules]
    odoo_command(
        "server",
        f"--init={','.join(dict.fromkeys(modules))}",
        f"--database={name}",
        "--skip-auto-install",
        f"--load-language={os.environ.get('BMASIA_LANGUAGES', LANGUAGES)}",
        "--stop-after-init",
        "--no-http",
        "--max-cron-threads=0",
    )


def upgrade(name: str, addons: Iterable[str], new: Iterable[str] = ()) -> None:
    """Upgrade these addons, and what depends on them; install what is new.

    Not by ``odoo module upgrade``: that reads the acting user before anything is
    upgraded, which fails where an addon adds a column to users.

    :param list[str] addons: their names
    :param list[str] new: addons that come with them
    :raises CannotStart: it failed
    """
    named = {"update": addons, "init": new}
    odoo_command(
        "server",
        *(
            f"--{how}={','.join(sorted(names))}"
            for how, names in named.items()
            if names
        ),
        f"--database={name}",
        "--stop-after-init",
        "--no-http",
        "--max-cron-threads=0",
    )


def prepare(name: str, init: bool) -> None:
    """Check everything, install or upgrade the addons.

    :param str name: of the database
    :param bool init: install into an empty database, instead of refusing it
    :raises CannotStart: see there
    """
    check_key_ring()
    connection = connect(name)
    try:
        if init == holds_odoo(connection):
            raise CannotStart(
                EX_USAGE if init else EX_CONFIG,
                f"database {name!r} already holds Odoo: start without --init"
                if init
                else f"database {name!r} is empty: is DATABASE_URL (db_name) the right "
                "one? A new installation is made once, with --init",
            )
        check_role(connection)
        if not init:
            check_key_ring(connection)
        made = ensure_trigrams(connection)
        if init:
            install(name)
        else:
            outdated, new = outdated_addons(connection), new_bridges(connection)
            if made and not outdated:  # an upgrade makes the indexes
                outdated = ["bmasia_crm"]
            if outdated or new:
                mark_upgrade(connection, [*outdated, *new])
                upgrade(name, outdated, new)
                mark_upgrade(connection, [])
        if url := os.environ.get("SITE_URL"):
            freeze_site_url(connection, url)
    finally:
        connection.close()


def main(arguments: list[str]) -> int:
    """Start the server in this process, or say why not.

    :param list[str] arguments: of the command line
    :returns: the exit code, when the server is not started
    :rtype: int
    """
    arguments = list(arguments)
    init = "--init" in arguments
    if init:
        arguments.remove("--init")
    os.environ.setdefault("DOCUTILSCONFIG", os.path.join(FOLDER, "docutils.conf"))
    try:
        check_configuration_file()
        if url := os.environ.get("SITE_URL"):
            check_site_url(url)
        if url := os.environ.get("DATABASE_URL"):
            os.environ.update(database_url_variables(url))
        config.parse_config(list(arguments), setup_logging=False)
        name = database_name()
        prepare(name, init)
    except CannotStart as reason:
        sys.stderr.write(f"BMAsia CRM does not start: {reason}\n")
        return reason.code
    if init:
        sys.stdout.write(READY.format(name=name, url=site_url()))
        return 0
    sys.stdout.flush()
    os.environ["PYTHONSAFEPATH"] = "1"  # no imports from beside this file
    # Odoo restarts itself under its interpreter's bare name, to be found first here
    folders = [os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)]
    os.environ["PATH"] = os.pathsep.join(folders)
    serve = [sys.executable, os.path.abspath(__file__), SERVE, f"--database={name}"]
    os.execv(sys.executable, serve + ["--no-database-list", *arguments])


if __name__ == "__main__":
    if sys.argv[1:2] == [SERVE]:
        sys.exit(odoo_main())
    sys.exit(main(sys.argv[1:]))
