"""A private PostgreSQL cluster: own folder, own role, TCP on 127.0.0.1 only."""

import os
import pwd
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

from tools import keys
from tools.database_role import ROLE, SUPERUSER, ensure_role
from tools.errors import SetupError
from tools.settings import HOST, free_ports

# unprivileged account that Debian's package makes; PostgreSQL refuses to run as root
SERVER_ACCOUNT = "postgres"
# no unix socket: a state folder of 100 characters is longer than a socket may be
COMMON_OPTIONS = (
    "-c unix_socket_directories='' -c listen_addresses=127.0.0.1 -c max_connections=100"
    # PostgreSQL's default of 4 is for spinning disks: with it, parts of names are
    # searched by reading all rows
    " -c random_page_cost=1.1"
    # to compile a question takes three times as long as to answer it, for a first
    # screen over a million documents
    " -c jit=off"
)


class Cluster:
    """The PostgreSQL server of one installation.

    :param pathlib.Path state: the state folder
    :param bool durable: false for test data, which may be lost in a power cut
    """

    def __init__(self, state: Path, durable: bool = True) -> None:
        self.account = SERVER_ACCOUNT if os.geteuid() == 0 else None
        self.home = self._home(state)
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.password = keys.database_password(state)
        self.superuser_password = keys.superuser_password(state)
        self.durable = durable
        self.port = 0  # once it runs

    def _home(self, state: Path) -> Path:
        """As root the server runs under another account, which cannot reach into
        /root: its files then live below /var/lib, one folder per state folder."""
        if self.account is None:
            return state / "postgres"
        digest = sha256(str(state).encode()).hexdigest()[:12]
        return Path("/var/lib/bmasia-crm") / digest

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which PostgreSQL's tools, psycopg2 and Odoo find the cluster."""
        return {
            "PGHOST": HOST,
            "PGPORT": str(self.port),
            "PGUSER": ROLE,
            "PGPASSWORD": self.password,
        }

    def start(self) -> None:
        """Make the cluster if there is none, and start it on a free port.

        :raises SetupError: PostgreSQL is missing or did not start
        """
        if self._is_orphan():
            self.remove()
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._start()
        ensure_role(self.port, self.password, self.superuser_password)

    def _start(self) -> None:
        if self.is_running():
            self.port = self._running_port()
            return
        # a crash or a kill leaves the file behind; the process id may be anybody's now
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        # where it was, for who still knows that
        self.port = self.port or free_ports(1)[0]
        options = f"{COMMON_OPTIONS} -p {self.port}"
        if not self.durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        self._control("start", "-w", "-l", str(self.log), "-o", options)

    def stop(self) -> None:
        """Stop the server if it runs; whoever is connected is cut off."""
        if self.is_running():
            self._control("stop", "-m", "fast", "-w")

    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists() and self._run(
            "pg_ctl", "status", "-D", str(self.data)
        ).returncode == 0

    def remove(self) -> None:
        """Stop the server and delete its files."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _is_orphan(self) -> bool:
        """Whether the cluster outlived its state folder: with that went the password,
        the key ring and the attachments, so nobody can use it any more."""
        owner = self.home / "owner"
        return owner.exists() and owner.read_text() != self._fingerprint()

    def _fingerprint(self) -> str:
        return sha256(self.password.encode()).hexdigest()

    def _running_port(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[3])

    def _make(self) -> None:
        if self.home.exists():
            shutil.rmtree(self.home)
        self.home.mkdir(parents=True)
        if self.account:
            user = pwd.getpwnam(self.account)
            os.chown(self.home, user.pw_uid, user.pw_gid)
        (self.home / "owner").write_text(self._fingerprint())
        with tempfile.NamedTemporaryFile("w", dir=self.home, delete=False) as file:
            file.write(self.superuser_password)
        if self.account:
            os.chown(file.name, user.pw_uid, user.pw_gid)
        try:
            done = self._run(
                "initdb",
                "-D",
                str(self.data),
                "-U",
                SUPERUSER,
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--auth=scram-sha-256",
                f"--pwfile={file.name}",
            )
        finally:
            os.unlink(file.name)
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise SetupError(
                f"PostgreSQL could not make its folder: {done.stderr.strip()}",
                f"Check the free disk space and the rights of {self.home}.",
            )

    def _control(self, *arguments: str) -> None:
        done = self._run("pg_ctl", "-D", str(self.data), *arguments)
        if done.returncode:
            tail = self.log.read_text()[-600:] if self.log.exists() else done.stderr
            raise SetupError(
                f"PostgreSQL did not {arguments[0]}: {tail.strip()}",
                f"Read {self.log}; ./run clean starts over with an empty database.",
            )

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(bin_folder() / program), *arguments]
        return subprocess.run(
            command,
            user=self.account,
            group=self.account,
            extra_groups=[] if self.account else None,
            cwd=self.home if self.home.exists() else "/",
            stdin=subprocess.DEVNULL,
            # pg_ctl's server inherits stdout: a pipe would never end
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            text=True,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            check=False,
        )


def bin_folder() -> Path:
    """The programs of the newest server that Debian's packages installed.

    :rtype: pathlib.Path
    :raises SetupError: there is none
    """
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name)
    )
    if not folders:
        raise SetupError(
            "PostgreSQL's server is not installed",
            "Install it: apt-get install postgresql",
        )
    return folders[-1]
