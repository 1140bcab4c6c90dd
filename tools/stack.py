"""The running system: PostgreSQL, the local mail server, Odoo, and the demo in it."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from tools import keys
from tools.errors import SetupError
from tools.mailserver.certificates import ensure_certificates
from tools.postgres import Cluster
from tools.progress import step
from tools.released import addon_digest, addon_folders, addon_version
from tools.settings import EXAMPLES, HOST, MODULES, ROOT, Settings, require_free

MAIL_USERS = (
    "norbert@bmasiamusic.com",
    "pom@bmasiamusic.com",
    "nikki.h@bmasiamusic.com",
    "keith@bmasiamusic.com",
    "production@bmasiamusic.com",
    # what the system itself sends (sign-up codes, passwords) goes through this one
    "relay@bmasiamusic.com",
)
START_LIMIT = 120  # seconds until the login page; a loaded 2-core machine needs 15
KEY_RENEWAL_DAYS = 60  # the demo's API keys end after 90
NICENESS = 15  # of what goes on in the background: the processor is for who works
STOP_LIMIT = 20  # seconds for a process to end by itself

ODOO_CONF = """\
[options]
addons_path = {addons_path}
data_dir = {state}/data
dbfilter = ^{settings.database}$
gevent_port = {settings.gevent_port}
http_interface = {host}
http_port = {settings.odoo_port}
list_db = False
log_level = warn
max_cron_threads = 1
proxy_mode = False
server_wide_modules = base,rpc,web
workers = {settings.workers}
"""

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _end_with_parent() -> None:
    """Where ``./run`` is killed the hard way, so are its parts: else they keep the
    ports, and nothing knows them any more."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Stack:
    """One installation with everything that runs for it.

    :param tools.settings.Settings settings: its folder, database and ports
    :param bool durable: false for test data; then the example addons can be installed
    """

    def __init__(self, settings: Settings, durable: bool = True) -> None:
        self.settings = settings
        self.durable = durable
        self.state = settings.state
        self.cluster = Cluster(self.state, durable)
        self.mail_passwords, self.mail_users_file = keys.mailbox_passwords(
            self.state, MAIL_USERS
        )
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.history: subprocess.Popen[bytes] | None = (
            None  # the process that completes the demo, until it ends
        )
        self._log_starts: dict[str, int] = {}

    # -- the parts ---------------------------------------------------------------

    def require_ports(self) -> None:
        """Refuse to start where others listen; nothing has been touched yet.

        :raises SetupError: naming the port
        """
        settings = self.settings
        require_free(settings.odoo_port, "ODOO_PORT")
        require_free(settings.inbox_port, "INBOX_PORT")
        require_free(settings.smtp_port, "SMTP_PORT")
        require_free(settings.smtps_port, "SMTPS_PORT")

    def start(self) -> None:
        """Bring everything up; what is there already is used as it is.

        :raises SetupError: a part did not start
        """
        self.prepare_folder()
        with step("PostgreSQL"):
            self.cluster.start()
            self.write_configuration()
        with step("Local mail server (TLS, logins, inbox)"):
            self.start_mail_server()
        if not self._is_installed():
            self.drop_database()
            with step(f"Odoo database {self.settings.database}"):
                self.install()
            with step("Demo data"):
                self._load_demo()
        else:
            self._renew()
        self._install_extra_addons()
        self._remember_digests()
        with step("Odoo"):
            self.start_odoo()

    def prepare_folder(self) -> None:
        """Make the folders that every part writes to."""
        for name in ("log", "data"):
            (self.state / name).mkdir(parents=True, exist_ok=True)

    def stop(self) -> None:
        """Stop what this object started, then the database server."""
        self._end(self.history)
        self.stop_odoo()
        self._end(self.processes.pop("mailserver", None))
        self.cluster.stop()

    def _end(self, process: subprocess.Popen[bytes] | None) -> None:
        if process and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()

    @property
    def api_keys_file(self) -> Path:
        """Where the demo's API keys are: ``{login: key}``, mode 0600."""
        return self.state / "demo-api-keys.json"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of Odoo and its commands for this installation."""
        certificates = self.state / "certificates"
        kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            **self.cluster.environment,
            "PGDATABASE": self.settings.database,
            "ODOO_RC": str(self.state / "odoo.conf"),
            "ODOO_SECRET_KEYS_FILE": str(keys.key_ring(self.state)),
            "SSL_CERT_FILE": str(certificates / "ca-bundle.pem"),
            "SITE_URL": self.settings.odoo_url,
            "PYTHONPATH": str(ROOT),
        }

    def wait_until_up(self) -> None:
        """Wait for Odoo's login page.

        :raises SetupError: Odoo ended, or the page did not come in time
        """
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            process = self.processes["odoo"]
            if process.poll() is not None:
                raise SetupError(
                    f"Odoo ended with code {process.returncode}: {self._log_tail()}",
                    f"The whole log is in {self.state / 'log' / 'odoo.log'}; "
                    "./run clean starts over with a new demo.",
                )
            try:
                with urllib.request.urlopen(
                    f"{self.settings.odoo_url}/web/login", timeout=20
                ) as page:
                    if page.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise SetupError(
            f"Odoo did not answer within {START_LIMIT} s",
            f"The log is in {self.state / 'log' / 'odoo.log'}.",
        )

    # -- steps -----------------------------------------------------------------------

    def write_configuration(self) -> None:
        """Write the ``odoo.conf`` of this installation."""
        import odoo

        core = [f"{path}/addons" for path in odoo.__path__]
        paths = [*core, str(ROOT), str(ROOT / "addons")]
        paths += map(str, self.settings.extra_addons)
        if not self.durable:
            paths.append(str(EXAMPLES))
        (self.state / "odoo.conf").write_text(
            ODOO_CONF.format(
                addons_path=",".join(paths),
                state=self.state,
                settings=self.settings,
                host=HOST,
            )
        )

    def start_mail_server(self) -> None:
        """Start the local mail server and wait until it answers.

        :raises SetupError: it did not
        """
        ensure_certificates(self.state / "certificates", ["localhost", HOST])
        settings = self.settings
        self.processes["mailserver"] = self._spawn(
            "mailserver",
            [
                *("-m", "tools.mailserver"),
                *("--state", str(self.state)),
                *("--users", str(self.mail_users_file)),
                *("--smtp-port", str(settings.smtp_port)),
                *("--smtps-port", str(settings.smtps_port)),
                *("--inbox-port", str(settings.inbox_port)),
            ],
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                url = f"{settings.inbox_url}/readyz"
                with urllib.request.urlopen(url, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                if self.processes["mailserver"].poll() is not None:
                    break
                time.sleep(0.1)
        raise SetupError(
            "the local mail server did not start",
            f"Read {self.state / 'log' / 'mailserver.log'}.",
        )

    def start_odoo(self) -> None:
        """Start Odoo and wait for its login page.

        :raises SetupError: it did not come up
        """
        self.processes["odoo"] = self._spawn("odoo", ["-m", "tools.start"])
        self.wait_until_up()

    def stop_odoo(self) -> None:
        """Stop Odoo alone, if this object has started it."""
        self._end(self.processes.pop("odoo", None))

    # -- what goes on in the background ------------------------------------------------

    def start_history(self) -> bool:
        """Have the demo's sent documents printed, archived and given their deliveries,
        while people work; ``tools.load_history`` goes on where it was stopped.

        :returns: whether that is still to be done
        """
        if self._history_file.exists():
            return False
        arguments = ["-m", "tools.load_history", "--nice", str(NICENESS)]
        self.history = self._spawn("history", arguments)
        return True

    def follow_history(self) -> str:
        """Look whether that is done.

        :returns: what ``./run`` says then, once; else nothing
        """
        if not self.history or (code := self.history.poll()) is None:
            return ""
        self.history = None
        if code:
            log = self.state / "log" / "history.log"
            return f"Some documents of the demo lack their PDFs: {log} says why."
        self._history_file.touch()
        return "The demo's sent documents have their PDFs and deliveries."

    @property
    def _history_file(self) -> Path:
        """Says that all of the database's demo is complete."""
        return self.state / "history.done"

    def _spawn(self, name: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        with open(self.state / "log" / f"{name}.log", "ab") as log:
            self._log_starts[name] = log.tell()
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches this process only, which then stops its parts in order
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    def _is_installed(self) -> bool:
        """Whether the database is there as a whole. Where the machine went down during
        the set-up it is there in part, and nobody has worked in it yet."""
        return self._digests_file.exists() and bool(
            self._psql(
                "postgres",
                "SELECT 1 FROM pg_database WHERE datname = %s",
                self.settings.database,
            )
        )

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """A database without its addons or its demo must not pass for a whole one at
        the next start."""
        try:
            yield
        except BaseException:
            self.drop_database()
            raise

    def install(self, modules: Iterable[str] = MODULES, **further: str) -> None:
        """Make the database and install the addons, without demo data.

        :param modules: their names
        :param further: settings of ``tools.start``
        """
        name = self.settings.database
        self._digests_file.unlink(missing_ok=True)
        self._history_file.unlink(missing_ok=True)
        self._psql("postgres", f'CREATE DATABASE "{name}" TEMPLATE template0')
        with self._all_or_nothing():
            command = [sys.executable, "-m", "tools.start", "--init"]
            # the demo brings its language along, and tests speak English
            chosen = {"BMASIA_MODULES": ",".join(modules), "BMASIA_LANGUAGES": "en_US"}
            self._run(command, **chosen, **further)
            self._allow_demo_key()

    def _allow_demo_key(self) -> None:
        self._psql(
            self.settings.database,
            "INSERT INTO ir_config_parameter (key, value)"
            " VALUES ('encrypted_field.demo_key_ids', %s)"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            keys.key_ring_id(self.state),
        )

    def _renew(self) -> None:
        """Bring a database of an earlier start up to what is there now."""
        installed = json.loads(self._digests_file.read_text())
        known = installed.get("addons", {})
        changed = [n for n, d in self._addon_digests().items() if known.get(n) != d]
        if changed:
            with step("Upgrade of the addons that changed"):
                self._upgrade(changed)
        is_known = installed.get("access") == self._access_digest()
        if not (is_known and self._api_keys_are_fresh()):
            with step("Mailboxes and API keys"):
                self._allow_demo_key()
                self._demo("--only-access")

    def _load_demo(self) -> None:
        with self._all_or_nothing():
            self._demo()

    def _demo(self, *options: str) -> None:
        self._run(
            [
                *(sys.executable, "-m", "tools.load_demo"),
                *("--smtp-port", str(self.settings.smtp_port)),
                *("--smtps-port", str(self.settings.smtps_port)),
                *("--mail-users", str(self.mail_users_file)),
                *("--api-keys", str(self.api_keys_file)),
                *options,
            ]
        )

    def _api_keys_are_fresh(self) -> bool:
        """A demo that was set up long ago must not end with "invalid API key"."""
        path = self.api_keys_file
        limit = KEY_RENEWAL_DAYS * 24 * 3600
        return path.exists() and time.time() - path.stat().st_mtime < limit

    def drop_database(self) -> None:
        """Drop the installation's database."""
        name = self.settings.database
        self._psql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _upgrade(self, changed: list[str]) -> None:
        """As in production: what has a new version, by tools.start. What changed
        without one is somebody's work in progress, to be seen all the same."""
        same = [name for name in changed if not self._has_new_version(name)]
        ending = ("--stop-after-init", "--no-http", "--max-cron-threads=0")
        if len(same) < len(changed):
            self._run([sys.executable, "-m", "tools.start", *ending])
        if same:
            update = ("--update", ",".join(same))
            self._run([sys.executable, "-m", "odoo", "server", *update, *ending])

    def _install_extra_addons(self) -> None:
        """Addons of somebody else are installed, and upgraded after a change."""
        folders, known = self._extra_addons(), {}
        if self._digests_file.exists():
            known = json.loads(self._digests_file.read_text()).get("extra", {})
        changed = [
            n for n, path in folders.items() if known.get(n) != addon_digest(path)
        ]
        if changed:
            names = ",".join(changed)
            ending = ("--stop-after-init", "--no-http", "--max-cron-threads=0")
            with step(f"Your addons: {', '.join(changed)}"):
                odoo = (sys.executable, "-m", "odoo", "server")
                self._run([*odoo, "--init", names, "--update", names, *ending])

    def _extra_addons(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in self.settings.extra_addons:
            found.update(addon_folders(folder))
        return found

    def _has_new_version(self, addon: str) -> bool:
        installed = self._psql(
            self.settings.database,
            "SELECT latest_version FROM ir_module_module WHERE name = %s",
            addon,
        )
        return installed != (addon_version(addon_folders()[addon]),)

    def _run(self, command: list[str], **variables: str) -> None:
        log_path = self.state / "log" / "setup.log"
        with open(log_path, "ab") as log:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**self.environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            tail = "\n".join(log_path.read_text().splitlines()[-15:])
            raise SetupError(
                f"{' '.join(command[1:4])} ended with code {done.returncode}:\n{tail}",
                f"The whole log is in {log_path}.",
            )

    def _psql(
        self, database: str, statement: str, *parameters: object
    ) -> tuple[Any, ...] | None:
        import psycopg2

        connection = psycopg2.connect(
            host=HOST,
            port=self.cluster.port,
            user=self.cluster.environment["PGUSER"],
            password=self.cluster.password,
            dbname=database,
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters or None)
                return cursor.fetchone() if cursor.description else None
        finally:
            connection.close()

    def _log_tail(self) -> str:
        with open(self.state / "log" / "odoo.log", "rb") as log:
            log.seek(self._log_starts["odoo"])
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-5:])

    # -- what is installed ----------------------------------------------------------

    def _addon_digests(self) -> dict[str, str]:
        return {name: addon_digest(path) for name, path in addon_folders().items()}

    def _access_digest(self) -> str:
        """What the mailboxes in the database were made from."""
        digest = sha256(keys.key_ring(self.state).read_bytes())
        digest.update(self.mail_users_file.read_bytes())
        digest.update(f"{self.settings.smtp_port} {self.settings.smtps_port}".encode())
        return digest.hexdigest()

    @property
    def _digests_file(self) -> Path:
        """Written when a start has got as far as serving: the database is whole."""
        return self.state / "installed.json"

    def _remember_digests(self) -> None:
        extra = {n: addon_digest(path) for n, path in self._extra_addons().items()}
        digests = {
            "addons": self._addon_digests(),
            "extra": extra,
            "access": self._access_digest(),
        }
        self._digests_file.write_text(json.dumps(digests))
