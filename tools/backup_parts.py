"""What a backup consists of: a folder with a dump, the files of the filestore, and a
manifest with the SHA-256 of both. Everything is read and written piece by piece.

::

    crm-20261130T020000Z/
        database.dump    pg_dump's custom format
        filestore.tar    the files that the database names: ab/ab12…
        manifest.json    what it was made of, and by what
"""

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from odoo.tools.misc import exec_pg_environ, find_pg_tool

from tools.database import EX_CONFIG, EX_DATAERR, EX_IOERR, EX_UNAVAILABLE, CannotStart

FORMAT = 1
DUMP, FILES, MANIFEST = "database.dump", "filestore.tar", "manifest.json"
PIECE = 1024 * 1024  # bytes
STORED = re.compile(r"[0-9a-f]{2}/[0-9a-f]{40}")  # how Odoo names a file
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
Manifest = dict[str, Any]


class Hashed:
    """A file that counts and digests what is read from it or written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.file.write(data)
        self._count(data)
        return len(data)

    def read(self, size: int = PIECE) -> bytes:
        data = self.file.read(size)
        self._count(data)
        return data

    def _count(self, data: bytes) -> None:
        self.digest.update(data)
        self.size += len(data)

    def summary(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {"size": self.size, "sha256": self.digest.hexdigest()}


@contextmanager
def room_on(path: Path) -> Iterator[None]:
    """Name a disk that is full, or that cannot be written.

    :raises CannotStart: it is
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise CannotStart(
                EX_IOERR, f"{error.filename or path}: {error.strerror}"
            ) from error
        place = path if path.exists() else path.parent
        free = shutil.disk_usage(place).free // PIECE
        raise CannotStart(
            EX_IOERR,
            f"there is no room in {place} ({error.strerror}; {free} MB are free): "
            "nothing was kept",
        ) from error


# -- PostgreSQL's programs --


def program(name: str, least: int, why: str) -> str:
    """The path of one of PostgreSQL's programs.

    :param int least: the major version that it must have at least
    :param str why: whose version that is
    :raises CannotStart: it is not there, or too old
    """
    remedy = (
        f"install postgresql-client-{least} or newer, or name the folder of its "
        "programs in PGPATH"
    )
    try:
        path = str(find_pg_tool(name))
    except Exception as error:  # Odoo raises nothing more special
        raise CannotStart(EX_UNAVAILABLE, f"{name} is not found: {remedy}") from error
    told = subprocess.run([path, "--version"], capture_output=True, text=True)
    found = VERSION.search(told.stdout)
    if told.returncode or not found:
        reason = told.stderr.strip() or told.stdout.strip()
        raise CannotStart(EX_UNAVAILABLE, f"{path} does not run: {reason}")
    if int(found.group(1)) < least:
        raise CannotStart(
            EX_UNAVAILABLE,
            f"{path} is of version {found.group(1)}, {why} of {least}: {remedy}",
        )
    return path


@contextmanager
def running(*command: str, **streams: Any) -> Iterator[Any]:
    """One of PostgreSQL's programs. Left by an error, it is killed.

    :returns: its ``subprocess.Popen``
    :raises CannotStart: it failed; with its last words
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, env=exec_pg_environ(), stderr=said, **streams
        )
        try:
            yield process
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait():
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            reason = next((line for line in lines if "error" in line.lower()), "")
            raise CannotStart(
                EX_UNAVAILABLE,
                f"{os.path.basename(command[0])} failed: "
                f"{reason or ' '.join(lines[-1:]) or process.returncode}",
            )


# -- a backup that is there --


def read_manifest(folder: Path) -> Manifest:
    """
    :raises CannotStart: this is no backup, or one of another format
    """
    path = folder / MANIFEST
    try:
        manifest: Manifest = json.loads(path.read_text(encoding="utf-8"))
        known = manifest["format"], manifest["parts"], manifest["made_at"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotStart(
            EX_DATAERR, f"{folder} is no whole backup: {path.name} cannot be read"
        ) from error
    if known[0] != FORMAT:
        raise CannotStart(
            EX_CONFIG,
            f"{folder} has the format {known[0]}, this code reads {FORMAT}: use the "
            "release that made it",
        )
    return manifest


def check_parts(folder: Path, manifest: Manifest) -> None:
    """Read every byte again.

    :raises CannotStart: something is missing, or was changed since
    """
    for name in (DUMP, FILES):
        try:
            with open(folder / name, "rb") as file:
                part = Hashed(file)
                while part.read():
                    pass
        except OSError as error:
            raise CannotStart(
                EX_DATAERR, f"{folder / name} cannot be read ({error.strerror})"
            ) from error
        if part.summary() != manifest["parts"].get(name):
            raise CannotStart(
                EX_DATAERR,
                f"{folder / name} is damaged: its SHA-256 is not that of the "
                "manifest. Take another backup",
            )


def stored_files(folder: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The files of the filestore, one after the other.

    :raises CannotStart: one has a name that Odoo gives no file
    """
    with tarfile.open(folder / FILES, mode="r|") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is None or not STORED.fullmatch(member.name):
                raise CannotStart(
                    EX_DATAERR, f"{FILES} holds {member.name!r}, which is no file"
                )
            yield member.name, content


def add_stored_file(tar: tarfile.TarFile, name: str, path: str) -> bool:
    """Put a file of the filestore into the archive.

    :returns: whether it was there
    """
    try:
        file = open(path, "rb")
    except FileNotFoundError:
        return False
    with file:
        entry = tarfile.TarInfo(name)
        entry.size = os.fstat(file.fileno()).st_size
        tar.addfile(entry, file)
    return True
