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
``DATABASE_WAIT`` the seconds to wait for the database (30), ``WORKERS`` how many
processes answer requests (``auto``: as processors and memory allow; else as in Odoo's
own options). ``DATABASE_PASSWORD_FILE`` holds the password that ``DATABASE_URL`` leaves
out. ``--init`` installs the addons named in ``BMASIA_MODULES`` (MODULES), and what goes
with them, into a new, empty database, with the languages named in ``BMASIA_LANGUAGES``
(en_US,th_TH). ``ADMIN_PASSWORD_FILE`` holds the first administrator's password; without
it one is made, and shown once.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import psycopg2

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo.modules.module import Manifest

from tools import database
from tools.database import (
    EX_CONFIG,
    EX_USAGE,
    CannotStart,
    check_configuration_file,
    connect,
    environment,
    holds_odoo,
    use_settings,
)
from tools.first_password import (
    check_installed,
    first_password,
    mark_installation,
    set_first_password,
)
from tools.site import check_site_url, freeze_site_url, site_url
from tools.workers import workers

FOLDER = os.path.dirname(os.path.abspath(__file__))
# beside the package's other files, wherever this one is
SERVER = os.path.join(os.path.dirname(os.path.abspath(database.__file__)), "serve.py")
# Ours that go with another addon; Odoo installs such by itself only together with it:
# the REST interface, the customers' pages, what an administrator watches, paying
# online, jobs of OCA's queue, and what seals the tokens of Odoo's own sign-ins.
BRIDGES = (
    ("bmasia_crm", "bmasia_rest"),
    ("bmasia_crm", "bmasia_portal"),
    ("bmasia_crm", "bmasia_health"),
    ("payment", "bmasia_payment"),
    ("queue_job", "bmasia_queue"),
    ("google_gmail", "mail_user_smtp_gmail"),
    ("microsoft_outlook", "mail_user_smtp_outlook"),
)
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
# Of the advisory lock that one server holds while it looks, installs and upgrades.
UPGRADE_LOCK = 0x626D6173  # "bmas"
LOCK_POLL = 1  # seconds between looks whether the other server is done
LANGUAGES = "en_US,th_TH"  # the first one is theirs who choose no other
# Ours, and Odoo's own parts that --skip-auto-install leaves out: two-factor login, the
# import of lists, signing in at Gmail and Outlook, the page about the API.
MODULES = (
    "bmasia_crm,bmasia_rest,bmasia_portal,bmasia_health,document_sign,"
    "api_doc,auth_totp,base_import,google_gmail,microsoft_outlook"
)
# What --init ends with.
READY = """\

BMAsia CRM is installed in the database {name!r}. Next:

  1. Start the server: the same command without --init.
  2. Open {url} and log in as admin, {password}.
  3. The first screen is a checklist: from your address to the first quote sent.

docs/administrator.md, "The first hour", has all of it with pictures.
"""


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

    :returns: whether indexes have been waiting for it
    :raises CannotStart: missing, and the role may not make it
    """
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_database(),"
            " EXISTS (SELECT FROM pg_proc WHERE proname = 'word_similarity'),"
            " EXISTS (SELECT FROM pg_index JOIN pg_opclass"
            " ON pg_opclass.oid = ANY (indclass::oid[]) WHERE opcname = 'gin_trgm_ops')"
        )
        (database_name, found, has_indexes) = cursor.fetchone()
        if found:
            return not has_indexes
        try:
            cursor.execute("CREATE EXTENSION pg_trgm")
        except psycopg2.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise CannotStart(
                EX_CONFIG,
                f"the extension pg_trgm cannot be made ({reason}): have PostgreSQL's "
                f"superuser do it, psql -d {database_name} "
                "-c 'CREATE EXTENSION pg_trgm'",
            ) from error
    return True


def take_upgrade_lock(connection: Any) -> None:
    """Wait until no other server looks, installs or upgrades. The lock ends with the
    connection, however that ends.
    """
    said = False
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (UPGRADE_LOCK,))
            if cursor.fetchone()[0]:
                return
        if not said:
            tell("another server is upgrading this database: waiting for it")
            said = True
        time.sleep(LOCK_POLL)


def installed_versions(connection: Any) -> dict[str, str]:
    """The version of each installed addon, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, latest_version FROM ir_module_module"
            " WHERE state IN ('installed', 'to upgrade', 'to install')"
        )
        return {name: version or "" for name, version in cursor.fetchall()}


def check_code_is_not_older(connection: Any) -> None:
    """Refuse code from before an upgrade: it would write what the new one cannot read.

    :raises CannotStart: an addon's version in the database is above that on disk
    """
    newer = [
        f"{name} is {version} there and {manifest.version} here"
        for name, version in installed_versions(connection).items()
        if (manifest := Manifest.for_addon(name, display_warning=False))
        and _number(version) > _number(manifest.version)
    ]
    if newer:
        more = f", and {len(newer) - 1} more" if len(newer) > 1 else ""
        raise CannotStart(
            EX_CONFIG,
            f"the database was upgraded by newer code ({newer[0]}{more}): start the "
            "newer code, or restore the backup from before the upgrade "
            "(docs/administrator.md, Upgrade and roll back)",
        )


def _number(version: str) -> tuple[int, ...]:
    """
    >>> _number("19.0.1.10.0") > _number("19.0.1.7.0")
    True
    """
    return tuple(int(part) for part in version.split(".") if part.isdigit())


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
        for addon, bridge in BRIDGES
        if states.get(addon) == "installed"
        and (
            bridge not in states
            or (bridge in begun and states[bridge] == "uninstalled")
        )
        and (manifest := Manifest.for_addon(bridge, display_warning=False))
        # nor comes what stands on something that was uninstalled
        and not any(
            states.get(other) == "uninstalled" and other not in begun
            for other in manifest["depends"]
        )
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
    modules = os.environ.get("BMASIA_MODULES", MODULES).split(",")
    # nothing else comes by itself, for some of Odoo's own addons phone home
    modules += [bridge for addon, bridge in BRIDGES if addon in modules]
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


def make_indexes(name: str) -> None:
    """Make the indexes of all models that waited for an extension."""
    with environment(name) as env:
        env.registry.check_indexes(env.cr, list(env.registry.models))
        if "document.search" in env:
            env["document.search"].init()
        env.cr.commit()
    tell("made the indexes that waited for the extension pg_trgm")


def bring_up_to_date(connection: Any, name: str) -> None:
    """Upgrade what is older than the code, and tell what was done.

    :raises CannotStart: it failed
    """
    outdated, new = outdated_addons(connection), new_bridges(connection)
    if not (outdated or new):
        return
    before, start = installed_versions(connection), time.monotonic()
    mark_upgrade(connection, [*outdated, *new])
    upgrade(name, outdated, new)
    mark_upgrade(connection, [])
    after = installed_versions(connection)
    changed = [
        f"{addon} {before.get(addon) or '(new)'} to {version}"
        for addon, version in sorted(after.items())
        if before.get(addon) != version
    ]
    what = ", ".join(changed or outdated)
    tell(f"upgraded {what} in {time.monotonic() - start:.0f} s")


def tell(sentence: str) -> None:
    """Say what is being done, in the log of whoever starts this."""
    sys.stdout.write(f"BMAsia CRM: {sentence}\n")
    sys.stdout.flush()


def check_database(connection: Any, name: str, init: bool) -> None:
    """Refuse a database that is not what the command is for.

    :raises CannotStart: empty, in use, half installed, of newer code, or with a role
        that may too much
    """
    check_installed(connection, name)
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
        check_code_is_not_older(connection)


def prepare(name: str, init: bool, password: str = "") -> None:
    """Check everything, install or upgrade the addons.

    :param str name: of the database
    :param bool init: install into an empty database, instead of refusing it
    :param str password: what the first administrator of a new one logs in with
    :raises CannotStart: see there
    """
    check_key_ring()
    connection = connect(name)
    # no transaction of its own that an upgrade would wait for
    connection.autocommit = True
    try:
        take_upgrade_lock(connection)
        check_database(connection, name, init)
        made = ensure_trigrams(connection)
        if init:
            start = time.monotonic()
            mark_installation(connection, name, is_open=True)
            install(name)
            set_first_password(connection, password)
            mark_installation(connection, name, is_open=False)
            count = len(installed_versions(connection))
            tell(f"installed {count} addons in {time.monotonic() - start:.0f} s")
        else:
            bring_up_to_date(connection, name)
            if made:
                make_indexes(name)
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
    # an upgrade's process ends with this one, which holds the lock
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    os.environ.setdefault("DOCUTILSCONFIG", os.path.join(FOLDER, "docutils.conf"))
    try:
        check_configuration_file()
        if url := os.environ.get("SITE_URL"):
            check_site_url(url)
        arguments = [*workers(), *arguments]
        name = use_settings(arguments)
        password, shown = first_password() if init else ("", "")
        prepare(name, init, password)
    except CannotStart as reason:
        sys.stderr.write(f"BMAsia CRM does not start: {reason}\n")
        return reason.code
    if init:
        sys.stdout.write(READY.format(name=name, url=site_url(), password=shown))
        return 0
    sys.stdout.flush()
    os.environ["PYTHONSAFEPATH"] = "1"  # no imports from beside this file
    # Odoo restarts itself under its interpreter's bare name, to be found first here
    folders = [os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)]
    os.environ["PATH"] = os.pathsep.join(folders)
    serve = [sys.executable, SERVER, "server", f"--database={name}"]
    os.execv(sys.executable, serve + ["--no-database-list", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
