"""Debian's Postfix in a folder of its own: takes mail on a loopback port, drops it.

Unpacked, never installed: the package's own set-up would open port 25 of the machine
and write to /etc.
"""

import os
import shutil
import smtplib
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.errors import SetupError

HOST = "127.0.0.1"
OWNER, DROP_GROUP = "mail", "daemon"  # accounts that each Debian has
PATIENCE = 20  # seconds until Postfix answers
MAIN = """
compatibility_level = 3.6
maillog_file = {folder}/log/maillog
maillog_file_prefixes = {folder}
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = {root}/usr/sbin
daemon_directory = {root}/usr/lib/postfix/sbin
shlib_directory = no
mail_owner = {owner}
setgid_group = {group}
import_environment = LD_LIBRARY_PATH={libraries} MAIL_CONFIG={folder}/etc
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = bench.example.com
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
default_transport = discard
relay_transport = discard
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
discard unix - - n - - discard
postlog unix-dgram n - n - 1 postlogd
"""


@contextmanager
def running(port: int) -> Iterator[int]:
    """A Postfix that takes mail for everybody on a loopback port, while it lasts.

    :param int port: a free one
    :returns: the port
    :raises SetupError: not root, no package, or it does not answer
    """
    if os.geteuid():
        raise SetupError("Postfix runs as root only", "Run ./run bench as root.")
    # Its own account has to get there, and the state folder is root's alone; /tmp can
    # be in memory, which no real queue is.
    with TemporaryDirectory(prefix="bench-postfix-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield from _run(folder, port)


def _run(folder: Path, port: int) -> Iterator[int]:
    root = _unpack(folder)
    _configure(folder, root, port)
    with open(folder / "log" / "start.log", "ab") as log:
        master = subprocess.Popen(
            [root / "usr/lib/postfix/sbin/master", "-d", "-c", folder / "etc"],
            env={**os.environ, "LD_LIBRARY_PATH": str(root / "usr/lib/postfix")},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # when it ends it signals its whole process group
            start_new_session=True,
        )
    try:
        _wait_until_it_answers(master, folder, port)
        yield port
    finally:
        master.terminate()
        master.wait()


def _unpack(folder: Path) -> Path:
    root = folder / "root"
    root.mkdir()
    done = subprocess.run(
        ["apt-get", "download", "postfix"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupError("Debian's Postfix cannot be fetched", done.stderr.strip())
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    return root


def _configure(folder: Path, root: Path, port: int) -> None:
    places = {
        "folder": folder,
        "root": root,
        "libraries": root / "usr/lib/postfix",
        "owner": OWNER,
        "group": DROP_GROUP,
        "port": port,
    }
    for name in ("etc", "log", "data", "queue/pid"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold"):
        _own(folder / "queue" / name)
    for name in ("incoming", "private", "saved", "trace", "public", "maildrop"):
        _own(folder / "queue" / name)
    _own(folder / "data")
    (folder / "etc" / "main.cf").write_text(MAIN.format(**places))
    (folder / "etc" / "master.cf").write_text(MASTER.format(**places))


def _own(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    shutil.chown(path, OWNER)
    path.chmod(0o700)


def _wait_until_it_answers(
    master: subprocess.Popen[bytes], folder: Path, port: int
) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and master.poll() is None:
        try:
            with smtplib.SMTP(HOST, port, timeout=PATIENCE):
                return
        except OSError:
            time.sleep(0.1)
    said = (folder / "log" / "start.log").read_text()
    raise SetupError("Postfix does not answer", said[-500:])
