"""Fill a new database, and its filestore, from a backup. Used by ``tools.backup``.

In the transaction that fills the database, a parameter is written by which it sends and
fetches no e-mail (``mail.hold`` of ``mail_delivery``): there is no moment at which a
server could find it without.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import uuid1, uuid4

import psycopg2
from psycopg2 import sql

from odoo.modules.module import Manifest as AddonManifest
from odoo.tools import config

from tools import ring
from tools.backup_parts import (
    DUMP,
    PIECE,
    Manifest,
    check_parts,
    program,
    read_manifest,
    room_on,
    running,
    stored_files,
)
from tools.database import (
    EX_CANTCREAT,
    EX_CONFIG,
    EX_UNAVAILABLE,
    EX_USAGE,
    CannotStart,
    connect,
    environment,
)

MAINTENANCE = "postgres"  # the database from which others are made
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")  # as Odoo's own manager has it
HOLD = "mail_delivery.hold"  # addons/mail_delivery/tools/hold.py
PARAMETER = """
INSERT INTO public.ir_config_parameter (key, value) VALUES ('{key}', '{value}')
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value;
"""
LACKING = (
    "This server's key ring lacks the keys {keys}: with it, sealed values (mailboxes' "
    "passwords, tokens, seals) cannot be read. Put the right ring in place."
)
HELD = """\
{name} sends and fetches no e-mail, and runs no scheduled job. Start a server with it,
look at it, then let it send: python -m tools.backup release {name}"""
STOP = ("--stop-after-init", "--no-http", "--max-cron-threads=0")


def tell(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def major(manifest: Manifest) -> int:
    """The major version of the PostgreSQL that a backup is of."""
    return int(manifest["postgresql"]["version"]) // 10000


# -- restore --


def restore(folder: Path, name: str, is_staging: bool = False) -> int:
    """Fill a new database from a backup; whole, or not at all.

    :param str name: of the new database, and of its filestore
    :param bool is_staging: neutralize it, for trying things out
    :returns: the exit code
    :raises CannotStart: the backup is damaged, the name is taken, there is no room…
    """
    manifest = read_manifest(folder)
    store = Path(config.filestore(name))
    _check_name(name, store)
    check_parts(folder, manifest)
    with room_on(store), _new_folder(store) as partial:
        _unpack(folder, partial)
        with _new_database(name, manifest):
            _fill(folder, name, manifest, is_staging)
            os.rename(partial, store)
    tell(f"{name}: filled from the backup of {manifest['made_at']}.")
    if is_staging:
        _neutralize(name)
    code = _check_ring(name, manifest)
    if is_staging:
        tell(f"{name} is a staging copy: nothing leaves it, and its screens say so.")
    else:
        tell(HELD.format(name=name))
    return code


def _check_name(name: str, store: Path) -> None:
    if not NAME.fullmatch(name):
        raise CannotStart(
            EX_USAGE, f"{name!r} is no name for a database: letters, digits, _ . -"
        )
    if store.exists() and any(store.iterdir()):
        raise CannotStart(
            EX_CANTCREAT,
            f"the filestore {store} is there already: choose another name, or move it "
            "away",
        )


@contextmanager
def _new_folder(store: Path) -> Iterator[Path]:
    """A folder beside the filestore that is to become it."""
    partial = store.with_name(f".{store.name}.restoring")
    shutil.rmtree(partial, ignore_errors=True)  # of a restore that was killed
    partial.mkdir(parents=True)
    try:
        if store.exists():
            store.rmdir()  # it is empty: see _check_name
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _unpack(folder: Path, target: Path) -> None:
    for stored, content in stored_files(folder):
        path = target / stored
        path.parent.mkdir(exist_ok=True)
        with open(path, "xb") as file:
            shutil.copyfileobj(content, file, PIECE)


@contextmanager
def _new_database(name: str, manifest: Manifest) -> Iterator[None]:
    """Make the database; a failure drops it again. One that is there and empty will do,
    for a role that may make none.
    """
    connection = connect(MAINTENANCE)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            version = connection.server_version // 10000
            if version < major(manifest):
                raise CannotStart(
                    EX_CONFIG,
                    f"the backup is of PostgreSQL {major(manifest)}, this server is "
                    f"{version}: restore it into {major(manifest)} or newer",
                )
            made = _make_database(cursor, name, manifest["postgresql"])
            try:
                yield
            except BaseException:
                if made:
                    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
                    cursor.execute(drop.format(sql.Identifier(name)))
                raise
    finally:
        connection.close()


def _make_database(cursor: Any, name: str, locale: dict[str, str]) -> bool:
    """
    :returns: whether it was made now
    """
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
    if cursor.fetchone():
        _check_empty(name)
        return False
    statement = sql.SQL(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
        " LC_COLLATE {} LC_CTYPE {}"
    ).format(
        sql.Identifier(name),
        sql.Literal(locale["collate"]),
        sql.Literal(locale["ctype"]),
    )
    try:
        cursor.execute(statement)
    except psycopg2.errors.InsufficientPrivilege as error:
        raise CannotStart(
            EX_CANTCREAT,
            "the database role may make no database: have PostgreSQL's superuser do "
            f"it, createdb --owner={cursor.connection.info.user} "
            f"--template=template0 --encoding=UTF8 {name}, and restore again",
        ) from error
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotStart(
            EX_CANTCREAT, f"database {name!r} cannot be made: {reason}"
        ) from error
    return True


def _check_empty(name: str) -> None:
    connection = connect(name, wait=0)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
                " WHERE relkind = 'r' AND nspname NOT LIKE 'pg\\_%'"
                " AND nspname <> 'information_schema' LIMIT 1"
            )
            if cursor.fetchone():
                raise CannotStart(
                    EX_CANTCREAT,
                    f"database {name!r} exists and is not empty: choose another name",
                )
    finally:
        connection.close()


def _fill(folder: Path, name: str, manifest: Manifest, is_staging: bool) -> None:
    """Everything in one transaction, and the mark that holds its mail."""
    pg_restore = program("pg_restore", major(manifest), "the backup")
    psql = program("psql", major(manifest), "the backup")
    reading = [pg_restore, "--no-owner", "--no-privileges", "--file=-"]
    writing = [psql, "--no-psqlrc", "--quiet", "--single-transaction"]
    writing += ["--set=ON_ERROR_STOP=1", f"--dbname={name}"]
    with tempfile.NamedTemporaryFile("w") as chosen:
        chosen.write(_contents(pg_restore, folder / DUMP))
        chosen.flush()
        reading += [f"--use-list={chosen.name}", str(folder / DUMP)]
        with running(*writing, stdin=-1, stdout=subprocess.DEVNULL) as target:
            try:
                with running(*reading, stdout=-1) as source:
                    _copy(source.stdout, target.stdin)
                target.stdin.write(_marks(manifest, is_staging).encode())
                target.stdin.close()
            except BrokenPipeError:
                # psql has ended: what it said is the reason
                target.wait()


def _contents(pg_restore: str, dump: Path) -> str:
    """What is restored: all but comments on extensions, which belong to whoever made
    these.
    """
    with running(pg_restore, "--list", str(dump), stdout=-1) as process:
        lines = process.stdout.read().decode().splitlines()
    return "\n".join(line for line in lines if " COMMENT - EXTENSION " not in line)


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while data := source.read(PIECE):
        target.write(data)


def _marks(manifest: Manifest, is_staging: bool) -> str:
    """What a copy has otherwise than its original."""
    values = {HOLD: datetime.fromisoformat(manifest["made_at"]).isoformat()}
    if is_staging:
        # links and sessions of the one are none of the other
        values |= {"database.uuid": str(uuid1()), "database.secret": str(uuid4())}
    return "".join(
        PARAMETER.format(key=key, value=value) for key, value in values.items()
    )


# -- afterwards --


def _older_than_code(name: str) -> list[str]:
    """The addons of a database that this code would upgrade."""
    connection = connect(name)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, latest_version FROM ir_module_module"
                " WHERE state = 'installed'"
            )
            return [
                addon
                for addon, version in cursor.fetchall()
                if (manifest := AddonManifest.for_addon(addon, display_warning=False))
                and manifest.version != version
            ]
    finally:
        connection.close()


def _neutralize(name: str) -> None:
    """Upgrade it where the code is newer, then neutralize it, then end the hold: there
    is nothing left that could be sent.
    """
    if _older_than_code(name):
        _odoo(name, "-m", "tools.start", *STOP)
    _odoo(name, "-m", "odoo", "neutralize", "-d", name)
    connection = connect(name)
    with connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM ir_config_parameter WHERE key = %s", (HOLD,))
    connection.close()


def _odoo(name: str, *words: str) -> None:
    left_out = ("DATABASE_URL", "SITE_URL")  # they are the original's
    kept = {key: value for key, value in os.environ.items() if key not in left_out}
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    path = os.pathsep.join(filter(None, (folder, kept.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, *words],
        env={**kept, "PGDATABASE": name, "PYTHONPATH": path},
        check=False,
    )
    if done.returncode:
        raise CannotStart(
            EX_UNAVAILABLE,
            f"odoo {words[-1]} failed, as its log says: {name} is restored and held, "
            "but no staging copy",
        )


def _check_ring(name: str, manifest: Manifest) -> int:
    """Tell whether what is sealed can be read here.

    :returns: the exit code
    """
    if lacking := ring.lacking(manifest["keys"]):
        tell(LACKING.format(keys=", ".join(lacking)))
    if _older_than_code(name):
        tell("The first start upgrades it; then look: odoo secrets status")
        return int(bool(lacking))
    bad, count = ring.unreadable(name)
    tell(f"{count - bad} of {count} sealed values can be read.")
    missing = len(manifest["files"]["missing"])
    if missing:
        tell(f"{missing} files were missing when the backup was made.")
    return int(bool(bad or lacking or missing))


# -- release --


def release(name: str, waiting: str | None) -> int:
    """Let a restored database send e-mail.

    :param str waiting: what becomes of the mails that waited when the backup was made:
        ``send``, ``cancel``; needed where there are any. Beside an original that still
        works, both would mail twice what is scheduled: that is what staging is for
    :returns: the exit code
    :raises CannotStart: it is not held, has to be upgraded first, or nothing was chosen
    """
    if _older_than_code(name):
        raise CannotStart(
            EX_CONFIG, f"start a server with {name} once: that upgrades it"
        )
    with environment(name) as env:
        hold = env["mail.hold"]
        if not hold._since():
            raise CannotStart(EX_USAGE, f"{name} is not held: it sends e-mail")
        count = hold._undecided()
        if count and not waiting:
            raise CannotStart(
                EX_USAGE,
                f"{count} e-mails waited when the backup was made. Was the original "
                "stopped before it could send them: --send-waiting. Did it go on "
                "after the backup: --cancel-waiting. Does it still work: make a "
                "staging copy instead",
            )
        hold._release(waiting == "send")
        env.cr.commit()
        # a server that runs has the hold in its memory
        env.registry.signal_changes()
    done = {"send": "sent", "cancel": "cancelled"}.get(waiting or "", "")
    tell(f"{name} sends e-mail." + (f" {count} that waited: {done}." if count else ""))
    return 0
