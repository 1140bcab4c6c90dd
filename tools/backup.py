"""Back up a database with its files, restore it, make a staging copy.

    python -m tools.backup make FOLDER [--keep N]
    python -m tools.backup verify BACKUP
    python -m tools.backup restore BACKUP --as NAME
    python -m tools.backup staging BACKUP --as NAME
    python -m tools.backup release NAME [--send-waiting | --cancel-waiting]

Settings as in ``tools.start``. Exit code 0: done; 1: done, but something is missing in
it, as a line says; others of sysexits.h: not done, and nothing is left of it, save
perhaps after 70, which nobody foresaw.

A backup is one folder, whole or not there. The key ring is never in it: the manifest
names the keys that its sealed values need. What is restored sends no e-mail until it is
released.
"""

import argparse
import json
import os
import shutil
import sys
import tarfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo import release
from odoo.tools import config

from tools import restore, ring
from tools.backup_parts import (
    DUMP,
    FILES,
    FORMAT,
    MANIFEST,
    PIECE,
    Hashed,
    Manifest,
    add_stored_file,
    check_parts,
    program,
    read_manifest,
    room_on,
    running,
)
from tools.database import (
    EX_CONFIG,
    EX_SOFTWARE,
    EX_UNAVAILABLE,
    EX_USAGE,
    CannotStart,
    check_configuration_file,
    connect,
    holds_odoo,
    use_settings,
)

PARTIAL = ".partial"  # the end of the name of what is being made
LOCK_WAIT = "60s"  # for an upgrade, or a change of the table of attachments
NOT_WHOLE = 1  # exit code


def tell(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


# -- make --


def make(name: str, folder: Path, keep: int) -> int:
    """Back up a database, which people may go on using.

    :param str name: of the database
    :param folder: where the backup gets a folder of its own
    :param int keep: how many backups of this database stay there; 0: all
    :returns: the exit code
    :raises CannotStart: it could not be made; nothing is left of it
    """
    connection = connect(name)
    try:
        if not holds_odoo(connection):
            raise CannotStart(EX_CONFIG, f"database {name!r} is empty: nothing to do")
        connection.rollback()
        keys = ring.key_ids(name)
        target = folder / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        with room_on(folder), _whole(target) as partial:
            manifest = _fill(connection, name, partial) | {"keys": keys}
            _write_manifest(partial, manifest)
    finally:
        connection.close()
    megabytes = sum(p["size"] for p in manifest["parts"].values()) / PIECE
    files = manifest["files"]
    tell(f"{target}: the database and {files['count']} files, {megabytes:.0f} MB.")
    if keys:
        tell(f"Its sealed values need the keys {', '.join(keys)}: keep them elsewhere.")
    for old, lacking in _older(folder, name)[keep:] if keep else ():
        if lacking < len(files["missing"]):
            tell(f"{old}: kept, for it has files that are missing now.")
            continue
        shutil.rmtree(old)
        tell(f"{old}: removed.")
    if files["missing"]:
        tell(
            f"{len(files['missing'])} files that the database names are not in the "
            f"filestore; {MANIFEST} lists them."
        )
    return NOT_WHOLE if files["missing"] else 0


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A folder that has its name once it is whole, and is not there otherwise."""
    partial = target.with_name(target.name + PARTIAL)
    partial.mkdir(parents=True, mode=0o700)
    try:
        yield partial
        os.rename(partial, target)
        _sync(target.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _fill(connection: Any, name: str, partial: Path) -> Manifest:
    """Dump and files of one moment: PostgreSQL keeps the snapshot while the transaction
    is open, and its lock keeps Odoo from clearing away files that the snapshot names.
    """
    server = connection.server_version // 10000
    pg_dump = program("pg_dump", server, "the server")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET idle_in_transaction_session_timeout = 0;"
            f" SET lock_timeout = '{LOCK_WAIT}';"
            f" COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ"
        )
        _lock_attachments(cursor)
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        # not before what is in it: the first whole second after
        made_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        manifest = _describe(cursor, name)
        manifest |= {"format": FORMAT, "made_at": made_at.isoformat()}
        dump = _dump(pg_dump, name, snapshot, partial / DUMP)
        files, counted = _copy_files(cursor, name, partial / FILES)
    connection.rollback()
    return manifest | {"parts": {DUMP: dump, FILES: files}, "files": counted}


def _lock_attachments(cursor: Any) -> None:
    import psycopg2

    try:
        cursor.execute("LOCK TABLE ir_attachment IN ROW EXCLUSIVE MODE")
    except psycopg2.errors.LockNotAvailable as error:
        raise CannotStart(
            EX_UNAVAILABLE,
            "the database is being upgraded: back it up when that is done",
        ) from error


def _describe(cursor: Any, name: str) -> Manifest:
    cursor.execute(
        "SELECT name, latest_version FROM ir_module_module WHERE state = 'installed'"
        " ORDER BY name"
    )
    addons = dict(cursor.fetchall())
    cursor.execute(
        "SELECT datcollate, datctype FROM pg_database"
        " WHERE datname = current_database()"
    )
    collate, ctype = cursor.fetchone()
    version = cursor.connection.server_version
    return {
        "database": name,
        "odoo": release.version,
        "addons": addons,
        "postgresql": {"version": version, "collate": collate, "ctype": ctype},
    }


def _dump(pg_dump: str, name: str, snapshot: str, path: Path) -> dict[str, Any]:
    command = [pg_dump, "--format=custom", "--no-owner", f"--snapshot={snapshot}"]
    with running(*command, f"--dbname={name}", stdout=-1) as process:
        with open(path, "xb") as file:
            part = Hashed(file)
            while data := process.stdout.read(PIECE):
                part.write(data)
            _sync_file(file)
    return part.summary()


def _copy_files(
    cursor: Any, name: str, path: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    store, count, missing = config.filestore(name), 0, []
    cursor.execute(
        "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL"
        " ORDER BY store_fname"
    )
    with open(path, "xb") as file:
        part = Hashed(file)
        with tarfile.open(fileobj=part, mode="w|") as tar:  # type: ignore[call-overload]
            for (stored,) in cursor:
                if add_stored_file(tar, stored, os.path.join(store, stored)):
                    count += 1
                else:
                    missing.append(stored)
        _sync_file(file)
    return part.summary(), {"count": count, "missing": missing}


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    with open(folder / MANIFEST, "x", encoding="utf-8") as file:
        json.dump(manifest, file, indent=4, sort_keys=True)
        _sync_file(file)
    _sync(folder)


def _sync_file(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _older(folder: Path, name: str) -> list[tuple[Path, int]]:
    """The whole backups of a database, newest first, and how many files each lacks."""
    found = []
    for path in folder.glob(f"{name}-*Z"):
        try:
            manifest = read_manifest(path)
        except CannotStart:
            continue  # somebody else's, or damaged: for a person to look at
        if manifest.get("database") == name:
            lacking = len(manifest["files"]["missing"])
            found.append((manifest["made_at"], path, lacking))
    return [(path, lacking) for _when, path, lacking in sorted(found, reverse=True)]


# -- verify --


def verify(folder: Path) -> int:
    """Read a backup again, and look whether this server's key ring opens it.

    :returns: the exit code
    :raises CannotStart: it is damaged, or none
    """
    manifest = read_manifest(folder)
    check_parts(folder, manifest)
    pg_restore = program("pg_restore", restore.major(manifest), "the backup")
    with running(pg_restore, "--list", str(folder / DUMP), stdout=-1) as process:
        process.stdout.read()
    files = manifest["files"]
    tell(
        f"{folder} is whole: {manifest['database']} of {manifest['made_at']}, "
        f"{files['count']} files."
    )
    lacking = ring.lacking(manifest["keys"])
    if lacking:
        tell(restore.LACKING.format(keys=", ".join(lacking)))
    return NOT_WHOLE if lacking or files["missing"] else 0


# -- the command line --


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no whole number of backups")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.backup", description=(__doc__ or "").splitlines()[0]
    )
    words = parser.add_subparsers(dest="word", required=True)
    making = words.add_parser("make", help="back up the database of the settings")
    making.add_argument("folder", type=Path, help="gets one folder for each backup")
    making.add_argument(
        "--keep",
        type=_number,
        default=0,
        metavar="N",
        help="remove all but the newest N, and those with files that are missing now",
    )
    verifying = words.add_parser("verify", help="read a backup again")
    verifying.add_argument("backup", type=Path)
    for word, what in (
        ("restore", "fill a new database, which sends nothing until it is released"),
        ("staging", "the same for trying things out: neutralized, for good"),
    ):
        filling = words.add_parser(word, help=what)
        filling.add_argument("backup", type=Path)
        filling.add_argument("--as", dest="name", required=True, metavar="NAME")
    releasing = words.add_parser("release", help="let a restored database send e-mail")
    releasing.add_argument("name")
    choice = releasing.add_mutually_exclusive_group()
    choice.add_argument(
        "--send-waiting",
        dest="waiting",
        action="store_const",
        const="send",
        help="also what waited when the backup was made",
    )
    choice.add_argument(
        "--cancel-waiting",
        dest="waiting",
        action="store_const",
        const="cancel",
        help="cancel that: the original went on and may have sent it",
    )
    return parser


def _run(options: argparse.Namespace) -> int:
    check_configuration_file()
    name = use_settings(["--no-http", "--log-level=warn"])
    if options.word == "make":
        return make(name, options.folder, options.keep)
    if options.word == "verify":
        return verify(options.backup)
    if options.word == "release":
        return restore.release(options.name, options.waiting)
    return restore.restore(
        options.backup, options.name, is_staging=options.word == "staging"
    )


def main(arguments: list[str]) -> int:
    """Do what the command line says.

    :returns: the exit code
    """
    parser = _parser()
    try:
        options = parser.parse_args(arguments)
    except SystemExit as end:
        return EX_USAGE if end.code else 0
    try:
        return _run(options)
    except CannotStart as reason:
        sys.stderr.write(f"{options.word} was not done: {reason}\n")
        return reason.code
    except Exception as error:
        traceback.print_exc()
        sys.stderr.write(f"{options.word} was not done: {error!r}\n")
        return EX_SOFTWARE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
