"""Which database the settings name, and the way to it. Used by ``tools.start`` and
``tools.backup``, also in the image, where they run without the rest of this folder.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg2

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo.tools import config

EX_USAGE, EX_DATAERR, EX_UNAVAILABLE = 64, 65, 69  # sysexits.h
EX_SOFTWARE, EX_CANTCREAT, EX_IOERR, EX_CONFIG = 70, 73, 74, 78
DATABASE_WAIT = 30  # seconds; a PostgreSQL container needs about ten at its first start
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# What a URL may say after its question mark, by the variable that libpq reads it from.
# libpq knows more, but takes it from a connection alone, and Odoo makes these itself.
URL_PARAMETERS = {
    "dbname": "PGDATABASE",
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "options": "PGOPTIONS",
    "application_name": "PGAPPNAME",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "load_balance_hosts": "PGLOADBALANCEHOSTS",
    "channel_binding": "PGCHANNELBINDING",
    "require_auth": "PGREQUIREAUTH",
    "requirepeer": "PGREQUIREPEER",
    "gssencmode": "PGGSSENCMODE",
    "krbsrvname": "PGKRBSRVNAME",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL",
    "sslcrldir": "PGSSLCRLDIR",
    "sslsni": "PGSSLSNI",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
}
PORT = "5432"
CODED = "in a password write # / : @ as %23 %2F %3A %40"


class CannotStart(Exception):
    """Why something is not begun, in one line.

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
    >>> database_url_variables("postgresql://%2Frun%2Fpostgresql/crm")
    {'PGHOST': '/run/postgresql', 'PGDATABASE': 'crm'}
    >>> database_url_variables("postgresql:///crm?host=/run/postgresql")
    {'PGHOST': '/run/postgresql', 'PGDATABASE': 'crm'}
    >>> database_url_variables("postgresql://one,two:5432/crm")
    {'PGHOST': 'one,two', 'PGPORT': '5432', 'PGDATABASE': 'crm', \
'PGTARGETSESSIONATTRS': 'read-write'}

    :param str url: as libpq takes it, scheme ``postgresql`` or ``postgres``
    :rtype: dict
    :raises CannotStart: another scheme, no database name, or what Odoo cannot pass on
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        # without the cause: it quotes what may be part of the password
        raise CannotStart(
            EX_CONFIG, f"the host in DATABASE_URL cannot be read ({CODED})"
        ) from None
    if parts.scheme not in ("postgresql", "postgres"):
        raise CannotStart(
            EX_CONFIG,
            "DATABASE_URL must look like postgresql://user:password@host:5432/name",
        )
    login, _at, places = parts.netloc.rpartition("@")
    user, _colon, password = login.partition(":")
    hosts, ports = _places(places)
    values = {
        "PGHOST": ",".join(hosts),
        "PGPORT": ",".join(ports),
        "PGUSER": unquote(user),
        "PGPASSWORD": unquote(password),
        "PGDATABASE": unquote(parts.path.removeprefix("/")),
    }
    values |= _url_parameters(parts.query)
    _check_url_values(values)
    if "," in values["PGHOST"]:
        # else a copy that only reads may be taken for the database
        values.setdefault("PGTARGETSESSIONATTRS", "read-write")
    return {variable: value for variable, value in values.items() if value}


def _places(text: str) -> tuple[list[str], list[str]]:
    """The hosts of a URL, and their ports where one is named.

    >>> _places("[::1]:5433,db")
    (['::1', 'db'], ['5433', '5432'])
    """
    hosts, ports = [], []
    for place in text.split(","):
        if place.startswith("["):
            host, _bracket, rest = place[1:].partition("]")
            port = rest.removeprefix(":")
        else:
            host, _colon, port = place.partition(":")
        hosts.append(unquote(host))
        ports.append(port)
    if any(ports):
        ports = [port or PORT for port in ports]
    return hosts, [port for port in ports if port]


def _url_parameters(query: str) -> dict[str, str]:
    values = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in URL_PARAMETERS:
            known = ", ".join(sorted(URL_PARAMETERS))
            raise CannotStart(
                EX_CONFIG,
                f"DATABASE_URL has {name!r}, which Odoo cannot pass on. It takes: "
                f"{known}",
            )
        values[URL_PARAMETERS[name]] = value
    return values


def _check_url_values(values: dict[str, str]) -> None:
    ports = set(filter(None, values["PGPORT"].split(",")))
    if not all(port.isascii() and port.isdigit() for port in ports):
        # not named: it may be part of the password
        raise CannotStart(EX_CONFIG, f"the port in DATABASE_URL is no number ({CODED})")
    if len(ports) > 1:
        raise CannotStart(
            EX_CONFIG,
            f"DATABASE_URL names the ports {' and '.join(sorted(ports))}: Odoo takes "
            "one for all hosts",
        )
    values["PGPORT"] = "".join(ports)
    if not values["PGDATABASE"]:
        raise CannotStart(
            EX_CONFIG, "DATABASE_URL names no database: add /name at its end"
        )
    mode = values.get("PGSSLMODE")
    if mode and mode not in SSL_MODES:
        raise CannotStart(
            EX_CONFIG, f"sslmode in DATABASE_URL must be one of {', '.join(SSL_MODES)}"
        )


def read_secret(variable: str) -> str:
    """What the file holds that a variable names, without the end of its line.

    :returns: nothing where the variable is not set
    :raises CannotStart: the file cannot be read, or is empty
    """
    if not (path := os.environ.get(variable)):
        return ""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "no text")
        raise CannotStart(
            EX_CONFIG, f"{variable}: {path} cannot be read ({reason})"
        ) from None
    if not text:
        raise CannotStart(EX_CONFIG, f"{variable}: {path} is empty")
    return text


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
    return str(names[0])


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


def use_settings(options: list[str]) -> str:
    """Read the settings, as Odoo does, ``DATABASE_URL`` and ``DATABASE_PASSWORD_FILE``.

    :param list[str] options: Odoo's own, of the command line
    :returns: the name of the database
    :raises CannotStart: they make no sense
    """
    if url := os.environ.get("DATABASE_URL"):
        os.environ.update(database_url_variables(url))
    if password := read_secret("DATABASE_PASSWORD_FILE"):
        os.environ.setdefault("PGPASSWORD", password)
    config.parse_config(list(options), setup_logging=False)
    return database_name()


def connect(name: str, wait: int | None = None) -> Any:
    """Open a connection, waiting for a server that is still starting.

    :param int wait: seconds; default: ``DATABASE_WAIT``
    :raises CannotStart: not there by then, or it refuses us
    """
    deadline = time.monotonic() + (database_wait() if wait is None else wait)
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


@contextmanager
def environment(name: str) -> Iterator[Any]:
    """Odoo's environment of a database that has the versions of this code."""
    # Odoo's own imports are in order only after this one
    import_module("odoo.http")
    from odoo import SUPERUSER_ID
    from odoo.api import Environment
    from odoo.modules.registry import Registry

    with Registry(name).cursor() as cursor:
        yield Environment(cursor, SUPERUSER_ID, {})


def holds_odoo(connection: Any) -> bool:
    """Whether the database has Odoo's tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('ir_module_module') IS NOT NULL")
        (found,) = cursor.fetchone()
        return bool(found)
