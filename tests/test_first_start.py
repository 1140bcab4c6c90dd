"""``./run`` itself, from an empty folder: the README's first command, and what its
owner does afterwards (Ctrl-C, once more, kill, another port, clean)."""

import os
import shutil
import signal
import subprocess
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

import odoo.release

from tests.kit import answers, wait_for
from tools.postgres import Cluster
from tools.settings import HOST, ROOT, free_ports

START_LIMIT = 180  # seconds; a loaded 2-core machine needs 60 for the first start
STOP_LIMIT = 30  # seconds
PORTS = ("ODOO_PORT", "INBOX_PORT", "SMTP_PORT", "SMTPS_PORT")
NIKKI = "nikki.h@bmasiamusic.com"


class Place:
    """A state folder of its own, with a space in its name.

    What the machine has downloaded already (Odoo, the Python packages) is shared.
    """

    def __init__(self, folder, packages):
        self.state = folder / "a state"
        self.ports = dict(zip(PORTS, map(str, free_ports(4)), strict=True))
        environment = self.state / "venv"
        environment.mkdir(parents=True)
        for path in packages.iterdir():
            if path.name not in ("place", "requirements.lock"):
                (environment / path.name).symlink_to(path)
        (environment / "place").write_text(str(self.state))
        shutil.copy(ROOT / "requirements.lock", environment)

    @property
    def environment(self):
        return {
            **os.environ,
            **self.ports,
            "BMASIA_STATE": str(self.state),
            "BMASIA_DATABASE": "bmasia",
            "ODOO_DIR": str(Path(odoo.release.__file__).parent.parent),
        }

    def run(self, *arguments):
        return subprocess.run(
            [ROOT / "run", *arguments],
            env=self.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_LIMIT,
            check=False,
        )

    @contextmanager
    def starting(self):
        """``./run`` in the foreground.

        :returns: the process, and the file with what it prints
        """
        log = self.state.parent / "output.txt"
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [ROOT / "run"],
                env=self.environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process, log
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(STOP_LIMIT)

    @contextmanager
    def started(self):
        """``./run`` in the foreground, up to the line that says how to stop it.

        :returns: the process, and what it has printed so far
        """
        with self.starting() as (process, log):
            wait_for(
                lambda: process.poll() is not None
                or "stops everything" in log.read_text(),
                START_LIMIT,
            )
            assert process.poll() is None, log.read_text()
            yield process, log.read_text()

    def all_ports_are_free(self):
        with_listener = [port for port in self.ports.values() if answers(int(port))]
        return not with_listener


@pytest.fixture(scope="module")
def place(tmp_path_factory, settings):
    place = Place(tmp_path_factory.mktemp("first"), settings.state.parent / "venv")
    yield place
    if place.state.exists():
        place.run("clean")


def test_from_nothing_to_the_receipt_until_ctrl_c(place):
    with place.started() as (process, output):
        for title in ("AUTH login", "Envelope", "From", "Reply-To", "SHA-256", "Inbox"):
            assert f"\n  {title:<12} " in output
        assert f"AUTH login   {NIKKI}" in output
        assert "Demo data" in output
        # printing goes on after the first mail, and Ctrl-C ends it with the rest
        assert "In the background" in output and "history.log" in output
        login_page = f"http://{HOST}:{place.ports['ODOO_PORT']}/web/login"
        assert login_page.removesuffix("/web/login") in output
        with urllib.request.urlopen(login_page, timeout=30) as page:
            assert page.status == 200

        check = place.run("check")
        assert check.returncode == 0, check.stderr
        assert f"AUTH login   {NIKKI}" in check.stdout

        again = place.run()
        assert again.returncode == 1
        assert "is taken" in again.stderr and "./run down" in again.stderr

        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(STOP_LIMIT) == 0
    assert place.all_ports_are_free()


def test_after_a_kill_nothing_is_left_on_the_ports(place):
    with place.started() as (process, output):
        assert "Demo data" not in output
        process.kill()
        process.wait()
        wait_for(place.all_ports_are_free, STOP_LIMIT)


def test_another_port_and_a_lost_key_ring_leave_a_demo_that_sends(place):
    place.ports["SMTP_PORT"] = str(free_ports(1)[0])
    (place.state / "secrets" / "odoo-secret-keys").unlink()
    (place.state / "demo-api-keys.json").unlink()
    with place.started() as (process, output):
        assert "Mailboxes and API keys" in output
        assert f"AUTH login   {NIKKI}" in output
        assert place.run("down").returncode == 0
        assert process.wait(STOP_LIMIT) == 0


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [("nonsense", 0o400, "holds no encryption key"), (None, 0o444, "chmod 400")],
)
def test_key_ring_that_cannot_be_used_is_named(place, text, mode, words):
    path = place.state / "secrets" / "odoo-secret-keys"
    former = path.read_text()

    def put(content, mode):
        path.unlink()
        path.write_text(content)
        path.chmod(mode)

    put(text or former, mode)
    done = place.run()
    put(former, 0o400)
    assert done.returncode == 1
    assert "FAILED" in done.stderr and words in done.stderr
    assert str(path) in done.stderr and "Traceback" not in done.stderr


def test_half_a_database_is_made_anew(place):
    """Simulated by taking away what is written last; the set-up itself is stopped
    before it costs its minute."""
    (place.state / "installed.json").unlink()
    with place.starting() as (process, log):
        wait_for(lambda: "Odoo database bmasia" in log.read_text(), START_LIMIT)
        process.terminate()
        assert process.wait(STOP_LIMIT) == 0
    assert not (place.state / "installed.json").exists()
    assert place.all_ports_are_free()


def test_clean_leaves_nothing_behind(place):
    of_a_test_run = Cluster(place.state / "test_system", durable=False)
    of_a_test_run.start()
    assert place.run("clean").returncode == 0
    assert not place.state.exists()
    assert not of_a_test_run.home.exists() and not answers(of_a_test_run.port)
    assert "nothing is set up" in place.run("check").stderr
