"""``./run image``: what Docker would do with our files, without Docker.

A bare root gets what the official image has, then each step of ``config/Dockerfile``,
and its entry point runs there against a PostgreSQL, as ``docker-compose.yml`` has it:
as the user of the image, without a capability, on a file system that cannot be written,
with secrets from files. Left open: Docker and Compose themselves, the official image
(Ubuntu 24.04 with Odoo's own package; here Debian, with Debian's), its other
architectures.
"""

import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from tools.errors import SetupError
from tools.postgres import Cluster
from tools.progress import step
from tools.settings import HOST, ROOT, Settings, free_ports
from tools.stack import Stack

SUITE = "trixie"  # Python 3.13; noble, of the official image, has 3.12
BASE_PACKAGES = (
    *("adduser", "ca-certificates", "postgresql-client", "python3", "python3-pip"),
)
DATABASE = "bmasia_image"
START_LIMIT = 300  # seconds; an idle 2-core machine needs 10
STOP_LIMIT = 120  # seconds, docker-compose.yml's stop_grace_period
# Of the machine's own settings those by which packages are reached.
KEPT = re.compile(
    r"^(PIP_(CERT|INDEX_URL|DEFAULT_TIMEOUT)|SSL_CERT_FILE|\w+_proxy)$", re.I
)
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
COMMAND = "/opt/bmasia/command.py"
PRINT = (
    "import weasyprint; pdf = weasyprint.HTML(string='<p>ใบแจ้งหนี้</p>').write_pdf();"
    " assert pdf.startswith(b'%PDF')"
)
# $1 the root, then a command: other folders are mounted for it alone
ENTER = """
root=$1; shift
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
exec chroot "$root" "$@"
"""
# the same for the running container: $2 secrets, $3 and $4 its volumes
CONTAINER = """
root=$1 secrets=$2 data=$3 backups=$4; shift 4
mount --bind "$root" "$root"
mount --bind "$secrets" "$root/run/secrets"
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
mount -t tmpfs -o size=512m,mode=1777 tmpfs "$root/tmp"
mount --bind "$data" "$root/var/lib/odoo"
mount --bind "$backups" "$root/backups"
mount -o remount,bind,ro "$root"
exec chroot "$root" setpriv --reuid odoo --regid odoo --clear-groups --no-new-privs \
    --inh-caps=-all --bounding-set=-all "$@"
"""


@dataclass
class Recipe:
    """What a Dockerfile says."""

    steps: list[tuple[str, str]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    entry_point: list[str] = field(default_factory=list)
    user: str = "root"


def read_recipe(text: str) -> Recipe:
    """Read a Dockerfile of the kind that ours is.

    >>> recipe = read_recipe('FROM a\\nRUN b \\\\\\n  && c\\n# d\\nUSER e\\nENV F=g')
    >>> recipe.steps
    [('RUN', 'b   && c')]
    >>> recipe.user, recipe.environment
    ('e', {'F': 'g'})

    :param str text: of the file
    :raises ValueError: an instruction that is not known here
    """
    recipe = Recipe()
    lines = re.sub(r"^\s*#.*\n", "", text, flags=re.M).replace("\\\n", "")
    for line in filter(None, map(str.strip, lines.splitlines())):
        word, _, rest = line.partition(" ")
        if word in ("RUN", "COPY"):
            recipe.steps.append((word, rest))
        elif word == "ENV":
            name, _, value = rest.partition("=")
            recipe.environment[name] = value
        elif word == "USER":
            recipe.user = rest
        elif word == "ENTRYPOINT":
            recipe.entry_point = re.findall(r'"([^"]*)"', rest)
        elif word != "FROM":
            raise ValueError(f"{word} in config/Dockerfile is not known to ./run image")
    return recipe


def run_image(settings: Settings) -> int:
    """Make the root, take the steps, install, serve, stop.

    :param settings: of the normal installation
    :returns: 0, or it raises
    :raises SetupError: a step failed
    """
    if os.geteuid() != 0:
        raise SetupError("./run image changes its root", "Run it as root.")
    odoo = settings.state / "odoo"
    if not odoo.is_dir():
        raise SetupError("Debian's odoo-19 is not there", "Unset ODOO_DIR.")
    (folder := settings.state / "image").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="image-", dir=settings.state) as place:
        image = Image(Path(place), folder / "image.log", odoo)
        image.build()
        _try_out(image, settings)
    return 0


class Image:
    """A root with what the image would have.

    :param place: an empty folder
    :param log: what the steps print
    :param odoo: where Debian's package is unpacked
    """

    def __init__(self, place: Path, log: Path, odoo: Path) -> None:
        self.root, self.log, self.odoo = place / "root", log, odoo
        self.place = place
        self.recipe = read_recipe((ROOT / "config" / "Dockerfile").read_text())
        log.write_bytes(b"")

    def build(self) -> None:
        """Make the root and take every step."""
        suite = os.environ.get("IMAGE_SUITE", SUITE)
        with step(f"A bare root of {suite}"):
            mirror = os.environ.get("IMAGE_MIRROR") or _mirror()
            self._run("debootstrap", "--variant=minbase", suite, str(self.root), mirror)
        with step("What the official image has"):
            self._make_base()
        for word, rest in self.recipe.steps:
            with step(f"{word} {rest}"[:46]):
                if word == "COPY":
                    *sources, target = rest.split()
                    for source in sources:
                        self._copy(source, target)
                else:
                    self.enter("bash", "-o", "pipefail", "-ec", rest)

    def _make_base(self) -> None:
        self._know_the_network()
        self.enter("apt-get", "update")
        self.enter(
            *("apt-get", "install", "-y", "--no-install-recommends"), *BASE_PACKAGES
        )
        self.enter("update-ca-certificates")
        user = ("--system", "--home", "/var/lib/odoo", "--group", "odoo")
        self.enter("adduser", *user)
        self._run("cp", "-a", f"{self.odoo}/usr", str(self.root))
        for name in ("etc/odoo", "run/secrets"):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def _know_the_network(self) -> None:
        """How this machine reaches its package mirrors goes for the root, too."""
        for name in ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf"):
            if Path(name).exists():
                shutil.copy(name, self.root / name[1:])
        for name in ("/usr/local/share/ca-certificates", "/etc/ssl/certs"):
            if Path(name).is_dir():
                shutil.copytree(name, self.root / name[1:], dirs_exist_ok=True)
        dump = subprocess.run(
            ["apt-config", "dump"], capture_output=True, text=True, check=True
        ).stdout
        proxies = [x for x in dump.splitlines() if re.match(r"Acquire::\S+::Proxy", x)]
        (self.root / "etc/apt/apt.conf.d/00machine").write_text("\n".join(proxies))

    def _copy(self, source: str, target: str) -> None:
        to = self.root / target.lstrip("/")
        folder = to if target.endswith("/") else to.parent
        folder.mkdir(parents=True, exist_ok=True)
        if not (ROOT / source).is_dir():
            shutil.copy(ROOT / source, to)
            return
        # what .dockerignore keeps out, and no test stands in the image
        left_out = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / source, to, ignore=left_out)

    def enter(self, *command: str) -> None:
        """Run a command in the root, as root."""
        kept = {name: value for name, value in os.environ.items() if KEPT.match(name)}
        environment = {**kept, "PATH": PATH, "DEBIAN_FRONTEND": "noninteractive"}
        self._run(
            *("unshare", "--mount", "sh", "-euc", ENTER, "enter", str(self.root)),
            *command,
            environment=environment,
        )

    def container(
        self, command: Sequence[str], environment: dict[str, str], secrets: Path
    ) -> subprocess.Popen[bytes]:
        """Begin a command as docker-compose.yml has Odoo run.

        :param secrets: a folder with their files
        """
        volumes = (self._volume("var/lib/odoo"), self._volume("backups"))
        words = ("container", str(self.root), str(secrets), *volumes)
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                ["unshare", "--mount", "sh", "-euc", CONTAINER, *words, *command],
                env={"PATH": PATH, "HOME": "/var/lib/odoo", "LANG": "C.UTF-8"}
                | {"ODOO_RC": "/etc/odoo/odoo.conf"}
                | self.recipe.environment
                | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _volume(self, name: str) -> str:
        """A folder that takes over whose the image's one is, as a new volume does."""
        volume, taken = self.place / Path(name).name, self.root / name
        if not volume.exists():
            volume.mkdir()
            shutil.copystat(taken, volume)
            os.chown(volume, taken.stat().st_uid, taken.stat().st_gid)
        return str(volume)

    def _run(self, *command: str, environment: dict[str, str] | None = None) -> None:
        with open(self.log, "ab") as log:
            done = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            _fail(f"{' '.join(command)[-200:]} ended with {done.returncode}", self.log)


def _fail(what: str, log: Path) -> None:
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise SetupError(f"{what}:\n{tail}", f"The whole log is in {log}.")


def _mirror() -> str:
    """Where this machine has its Debian packages from."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for line in listed.splitlines():
        origin, _, address = line.partition(" ")
        if origin == "Debian" and "security" not in address:
            return address
    raise SetupError(
        "no Debian mirror is configured on this machine",
        "Name one in IMAGE_MIRROR, and its release in IMAGE_SUITE.",
    )


def compose_service(name: str) -> dict[str, Any]:
    """A service of docker-compose.yml, with the defaults of its variables.

    :param str name: of the service
    """
    import yaml

    text = (ROOT / "docker-compose.yml").read_text()
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
    service: dict[str, Any] = yaml.safe_load(text)["services"][name]
    return service


@contextmanager
def _database(settings: Settings) -> Iterator[Cluster]:
    """An empty database in a PostgreSQL of its own."""
    stack = Stack(settings.apart("image"), durable=False)
    stack.prepare_folder()
    stack.cluster.start()
    try:
        stack._psql("postgres", f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        stack._psql("postgres", f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')
        yield stack.cluster
    finally:
        stack.cluster.stop()


def _make_secrets(image: Image, cluster: Cluster) -> Path:
    """As config/secrets.sh makes them; the database's is the one that it has."""
    (image.place / "config").mkdir()
    script = shutil.copy(ROOT / "config" / "secrets.sh", image.place / "config")
    subprocess.run([script], check=True, stdout=subprocess.DEVNULL)
    secrets = image.place / "secrets"
    secrets.chmod(0o755)
    (secrets / "postgres-password").unlink()
    password = secrets / "database-password"
    password.unlink()
    password.write_text(f"{cluster.password}\n")
    password.chmod(0o444)
    os.chown(
        secrets / "odoo-secret-keys", (image.root / "var/lib/odoo").stat().st_uid, 0
    )
    return secrets


def _try_out(image: Image, settings: Settings) -> None:
    service, backup = compose_service("odoo"), compose_service("backup")
    http, live = free_ports(2)
    ports = [f"--http-port={http}", f"--gevent-port={live}"]
    check = [word.replace("8069", str(http)) for word in service["healthcheck"]["test"]]
    with _database(settings) as cluster:
        secrets = _make_secrets(image, cluster)
        user = cluster.environment["PGUSER"]
        environment = {
            **service["environment"],
            "DATABASE_URL": f"postgresql://{user}@{HOST}:{cluster.port}/{DATABASE}",
        }

        def run(what: str, *command: str) -> None:
            with step(what):
                code = image.container(command, environment, secrets).wait(1800)
                if code:
                    _fail(f"{command[0]} ended with {code}", image.log)

        run("Prints as the image's user", "python3", "-c", PRINT)
        run("Entry point with --init", *image.recipe.entry_point, "--init")
        run("Backup", *backup["entrypoint"], *backup["command"])
        run("Command of Odoo", "python3", COMMAND, "secrets", "status")
        with step("Entry point, until the health check passes"):
            command = [*image.recipe.entry_point, *ports]
            server = image.container(command, environment, secrets)
            _wait_until(lambda: _is_healthy(image, check[1:], secrets), server, image)
        with step("Login page"):
            with urllib.request.urlopen(f"http://{HOST}:{http}/web/login") as page:
                assert page.status == 200
        with step("Stops in order"):
            server.terminate()
            if server.wait(STOP_LIMIT):
                _fail(f"the server ended with {server.returncode}", image.log)
    refuse_troubles(image.log.read_text(errors="replace"))


def _is_healthy(image: Image, check: list[str], secrets: Path) -> bool:
    return not image.container(check, {}, secrets).wait(60)


def _wait_until(condition: Any, server: subprocess.Popen[bytes], image: Image) -> None:
    deadline = monotonic() + START_LIMIT
    while not condition():
        if server.poll() is not None or monotonic() > deadline:
            server.kill()
            _fail("the server is not healthy", image.log)
        sleep(1)


def refuse_troubles(text: str) -> None:
    """Let no error of Odoo's pass that the exit codes did not show.

    >>> refuse_troubles("2026-11-30 18:00:00,000 7 INFO bmasia odoo: ready")
    >>> refuse_troubles("2026-11-30 18:00:00,000 7 ERROR bmasia odoo: no")
    Traceback (most recent call last):
    tools.errors.SetupError: Odoo logged an error: ... bmasia odoo: no
    Read it in the log.

    :param str text: of the log
    :raises SetupError: it has one
    """
    for line in text.splitlines():
        if re.match(r"[\d-]+ [\d:,]+ \d+ (ERROR|CRITICAL) ", line):
            raise SetupError(f"Odoo logged an error: {line}", "Read it in the log.")
